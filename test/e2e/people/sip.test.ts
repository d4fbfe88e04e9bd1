// Callers on SIP in whole calls: their addresses are URIs, which no telephone can be shown and nobody can be called from.
import { expect, test, vi, type TestContext } from 'vitest';
import type { Person } from '../../../src/simulator/phone/people.ts';
import {
  BILLING,
  connected,
  openOffice,
  OURS,
  prompts,
  sends,
  spokenTo,
  transfer,
  type OfficeOptions,
} from './office.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const FROM = 'sip:ada@pbx.example.com';
const TO = `sip:${OURS}@harbour.sip.example.com`;
const destination = (more: string): string =>
  `destinations: { billing: { to: "${BILLING}", description: Bills, ${more} } }`;

async function office(context: TestContext, profile: string, more: Partial<OfficeOptions> = {}) {
  const people: Person[] = [
    { number: BILLING, does: 'answers', keys: [{ press: '1', afterMs: 500 }], leavesAfterMs: 6_000 },
  ];
  return openOffice(context, { profile, script: sends([transfer('billing')]), people, ...more });
}

test.concurrent.for([
  ['cold', TO] as const,
  ['warm', TO] as const,
  ['queue', TO] as const,
  // As some phones write it.
  ['cold', `sip:${OURS.slice(1)}@harbour.sip.example.com;transport=tls`] as const,
])('%s, called at %s: connected; the person sees our number', async ([by, to], context) => {
  const { place, network, told } = await office(context, destination(`transfer: ${by}`));
  const call = place({ from: FROM, to });
  const leg = await network.called(BILLING);
  expect(leg.from).toBe(OURS);
  await connected(call, leg);
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
  expect(told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
});

test.concurrent('a SIP address is shown the caller’s own', async (context) => {
  const other = 'sip:billing@example.com';
  const { place, network } = await office(context, destination('transfer: cold').replace(BILLING, other), {
    people: [{ number: other, does: 'answers', leavesAfterMs: 6_000 }],
  });
  const call = place({ from: FROM, to: TO });
  const leg = await network.called(other);
  expect(leg.from).toBe(FROM);
  await connected(call, leg);
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
});

test.concurrent.for([['cold', [{ code: 13_214 }]] as const, ['warm', []] as const])(
  '%s, called at an address without a number: nobody can be called, and the agent knows',
  async ([by, errors], context) => {
    const one = await office(context, destination(`transfer: ${by}`));
    const call = one.place({ from: FROM, to: 'sip:desk@harbour.sip.example.com' });
    await spokenTo(call, 2);
    expect(prompts(one).join('\n')).toContain('the connection there did not come about');
    expect(one.network.callsTo(BILLING)).toEqual([]);
    expect(one.log.some((line) => line.includes('lists no number'))).toBe(true);
    call.hangUp();
    expect((await call.done).errors).toMatchObject(errors);
  },
);
