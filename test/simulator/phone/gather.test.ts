// <Gather> over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { closeRigs, networkRig, said } from './network-rig.ts';

afterEach(closeRigs);

const MENU = 'Press 1 for sales, 2 for everything else, or stay on the line and be patient with us.';

test('a digit stops the prompt and is posted to the action', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': `<Gather numDigits="1" action="/chosen"><Say language="en-US">${MENU}</Say></Gather><Say>late</Say>`,
    '/chosen': '<Hangup/>',
  });
  const phone = call({ script: [{ press: '2', when: { agentSpokeForMs: 300 } }] });
  const outcome = await phone.done;
  expect(forms('/chosen')).toEqual([expect.objectContaining({ Digits: '2', CallSid: phone.callSid })]);
  expect(said(phone)).toEqual([MENU]);
  expect(outcome.heardMs).toBeLessThan(MENU.length * 65);
  expect(phone.events).toContainEqual(expect.objectContaining({ type: 'digit', digit: '2', sent: true }));
});

test('several digits until the finishing key; the time starts again with each', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': '<Gather timeout="3" finishOnKey="*" action="/chosen"/>',
  });
  const phone = call({
    script: [
      { press: '1', when: { afterMs: 1_800 } },
      { press: '#', when: { afterMs: 1_800 } },
      { press: '3*', when: { afterMs: 1_800 } },
      { press: '9' },
    ],
  });
  await phone.done;
  expect(forms('/chosen')).toEqual([expect.objectContaining({ Digits: '1#3', FinishedOnKey: '*' })]);
});

test('without an action, digits go to the document itself', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': ({ form }) =>
      form['Digits'] === undefined ? '<Gather numDigits="2"><Say>A</Say></Gather>' : '<Hangup/>',
  });
  await call({ script: [{ press: '42', when: { spoken: /a/i } }] }).done;
  expect(forms('/twilio/voice').map(({ Digits }) => Digits)).toEqual([undefined, '42']);
});

test('nobody presses anything: the next verb, or the action when it asks for it', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': '<Gather timeout="1" action="/chosen"/><Redirect>/again</Redirect>',
    '/again': '<Gather timeout="1" action="/chosen" actionOnEmptyResult="true"/><Say>never</Say>',
  });
  const phone = call();
  await phone.done;
  expect(forms('/again')).toHaveLength(1);
  expect(forms('/chosen')).toEqual([expect.objectContaining({ Digits: '' })]);
  expect(said(phone)).toEqual([]);
});

test('who hangs up in a Gather is asked nothing more', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': '<Gather action="/chosen" actionOnEmptyResult="true"/>',
  });
  const outcome = await call({ script: [{ hangUp: true, when: { afterMs: 50 } }] }).done;
  expect(outcome).toMatchObject({ hungUpBy: 'caller', status: 'completed', errors: [] });
  expect(forms('/chosen')).toEqual([]);
});

test('every request for TwiML may come twice', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': '<Gather numDigits="1" action="/chosen"/>',
    '/chosen': '<Say>ok</Say>',
  });
  const phone = call({
    faults: { duplicateActions: true },
    script: [{ press: '5', when: { afterMs: 50 } }],
  });
  await phone.done;
  expect(forms('/twilio/voice')).toHaveLength(2);
  expect(forms('/chosen').map(({ Digits }) => Digits)).toEqual(['5', '5']);
  expect(said(phone)).toEqual(['ok']);
});
