// With which number of ours people are called, whichever way the call itself came about, and which number they see.
import { describe, expect, test } from 'vitest';
import { numberOf, ownNumber } from '../../src/agents/own-number.ts';
import type { CarrierCall } from '../../src/carrier/webhooks.ts';
import { afterStream } from '../../src/ivr/after-stream.ts';
import { ours, theirs } from '../../src/ivr/answer.ts';
import { CALL, CALLER, FULL, OURS, route, to, view, wanting } from './routes-rig.ts';
import { errandOf, INCOMING, PROFILE, settled, stepOf, world } from './routes-world.ts';

const SIP = 'sip:ada@pbx.example.com';
const TO = `sip:${OURS}@harbour.sip.example.com`;

/** What is asked of the carrier when the agent sends the caller of this call there. */
async function sent(name: string, more: Partial<CarrierCall>) {
  const one = world();
  const call = { ...INCOMING, ...more };
  const step = stepOf(one.routes.begin(call, PROFILE));
  one.routes.depart(CALL, to(name));
  const verb = one.routes.ask({ call, step, outcome: { of: 'stream' } });
  if (verb?.do === 'queue')
    await one.routes.waits({
      ...{ callId: CALL, step: stepOf(verb), digits: '' },
      queue: { position: 1, waitedS: 0, averageS: 0 },
    });
  await settled();
  return { ...one, verb };
}

test.each([
  ['at a SIP address with our number', TO],
  ['at one without the plus', TO.replace('+', '')],
  ['at one without a number: the first of the profile', 'sip:desk@harbour.sip.example.com'],
])('a caller on SIP who called %s: people see that number, and are called from it', async (_, called) => {
  const call = { from: SIP, to: called };
  expect((await sent('sales', call)).verb).toMatchObject({ do: 'dial', callerId: OURS });
  expect((await sent('billing', call)).control.placed()).toMatchObject([{ call: { from: OURS } }]);
  expect((await sent('support', call)).control.placed()).toMatchObject([{ call: { from: OURS } }]);
});

test('in a call that we placed, our own number is the one it was placed from', async () => {
  const placed = { from: OURS, to: CALLER, direction: 'outbound' } as const;
  expect((await sent('sales', placed)).verb).toMatchObject({ do: 'dial', callerId: OURS });
  const warm = await sent('billing', placed);
  expect(warm.control.placed()).toMatchObject([{ call: { from: OURS } }]);
  expect(errandOf(warm.control)).toMatchObject({ of: CALL });
  expect((await sent('support', placed)).control.placed()).toMatchObject([{ call: { from: OURS } }]);
  const out = route({ at: 'agent' }, placed);
  expect([ours(out), theirs(out)]).toEqual([OURS, CALLER]);
});

test('whom we called at a SIP address stays who they are', async () => {
  const them = { from: OURS, to: SIP, direction: 'outbound' } as const;
  const { routes } = await sent('sales', them);
  expect(Object.values(routes.messageIn(CALL) ?? {})).toContain(SIP);
});

describe('the number that a person sees', () => {
  const seen = (more: object, callerId: 'caller' | 'ours' = 'caller', dials = '+12025550111') => {
    const [sales, ...others] = FULL.destinations;
    const plan = { ...FULL, destinations: [{ ...sales!, callerId, to: dials }, ...others] };
    const { given } = afterStream(
      { ...wanting(to('sales')), ...more },
      { of: 'stream' },
      view({ plan }),
    ).route;
    return given.do === 'dial' ? given.callerId : given.do;
  };

  test.each([
    ['of a call that we placed: ours', { from: OURS, to: CALLER, direction: 'outbound' }, OURS],
    ['of a caller on SIP: ours', { from: SIP }, OURS],
    ['of one on SIP, who wrote a number: ours', { from: `sip:${CALLER}@pbx.example.com` }, OURS],
    ['of one on SIP who called no number: left out', { from: SIP, to: 'sip:desk@example.com' }, undefined],
    ['of one on the telephone: theirs', {}, undefined],
  ])('%s', (_, more, expected) => expect(seen(more)).toBe(expected));

  test('is the caller’s own by SIP, if the profile wants it', () => {
    expect(seen({ from: SIP }, 'caller', 'sip:sales@example.com')).toBeUndefined();
    expect(seen({ from: SIP }, 'ours', 'sip:sales@example.com')).toBe(OURS);
  });
});

test.each([
  ['+1 (202) 555-0100', OURS],
  [TO, OURS],
  [`sips:${OURS}`, undefined],
  ['sip:1001@pbx.example.com', undefined],
  ['sip:@pbx.example.com', undefined],
  ['sip:0012025550100@pbx.example.com', undefined],
  ['client:+12025550100', undefined],
  ['', undefined],
])('the number in "%s": %s', (address, number) => expect(numberOf(address)).toBe(number));

test('a profile for any number lends none', () => {
  expect(ownNumber('sip:desk@example.com', { numbers: '*' })).toBeUndefined();
});
