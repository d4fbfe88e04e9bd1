// Queues over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { wavOf } from './dial.ts';
import { closeRigs, networkRig, said } from './network-rig.ts';

afterEach(closeRigs);

const NUMBER = '+12025550111';
const ENQUEUE = '<Enqueue action="/over" waitUrl="/wait">sales</Enqueue>';
const ANSWERS = {
  '/twilio/voice': ENQUEUE,
  '/wait': ({ form }: { form: Record<string, string> }) => `<Say>${form['QueuePosition']}</Say>`,
  '/person': '<Dial action="/left"><Queue>sales</Queue></Dial>',
};

const take = [
  ['To', NUMBER],
  ['From', '+12025550100'],
] as const;

test('callers are told their place, and taken in order', async () => {
  const rig = await networkRig(ANSWERS, {
    people: [{ number: NUMBER, does: 'answers', says: wavOf(300), leavesAfterMs: 1_000 }],
  });
  const first = rig.call();
  await first.until('queued');
  const second = rig.call({ from: '+12025550144' });
  await second.until('said-by-carrier', ({ text }) => text === '2');
  await rig.rest('POST', 'Calls.json', [...take, ['Url', `${rig.server.url}/person`]]);
  const leg = await rig.network.called(NUMBER);
  await Promise.all([first.until('connected', (event) => event.with === leg.callSid), leg.done]);
  await first.done;
  await second.until('said-by-carrier', ({ text }) => text === '1');
  const wait = rig.forms('/wait').find(({ CallSid }) => CallSid === second.callSid)!;
  expect(wait).toMatchObject({ QueuePosition: '2', CurrentQueueSize: '2', AvgQueueTime: '0' });
  expect(wait['QueueSid']).toMatch(/^QU/);
  expect(rig.forms('/over')).toEqual([
    expect.objectContaining({ CallSid: first.callSid, QueueResult: 'bridged', QueueSid: wait['QueueSid'] }),
  ]);
  expect(rig.forms('/left')).toEqual([
    expect.objectContaining({ DialCallStatus: 'completed', DialCallSid: first.callSid }),
  ]);
  second.hangUp();
  await second.done;
  expect(rig.forms('/over').at(-1)).toMatchObject({ QueueResult: 'hangup', CallSid: second.callSid });
});

test('who takes from an empty queue waits for the next caller, or for the timeout', async () => {
  const rig = await networkRig(
    { ...ANSWERS, '/impatient': '<Dial timeout="1" action="/left"><Queue>sales</Queue></Dial>' },
    { people: [{ number: NUMBER, does: 'answers', leavesAfterMs: 100 }] },
  );
  await rig.rest('POST', 'Calls.json', [...take, ['Url', `${rig.server.url}/impatient`]]);
  await (
    await rig.network.called(NUMBER)
  ).done;
  expect(rig.forms('/left')).toEqual([expect.objectContaining({ DialCallStatus: 'no-answer' })]);
  await rig.rest('POST', 'Calls.json', [...take, ['Url', `${rig.server.url}/person`]]);
  const leg = await rig.network.called(NUMBER, 2);
  await leg.until('verb');
  const phone = rig.call();
  await phone.until('connected');
  await Promise.all([phone.done, leg.done]);
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ QueueResult: 'bridged' })]);
});

test('a caller may be asked for a key in the queue, and leave it', async () => {
  const rig = await networkRig({
    '/twilio/voice': ENQUEUE,
    '/wait': '<Gather numDigits="1" timeout="1" action="/key"><Say>Press 1.</Say></Gather>',
    '/key': ({ form }) => (form['Digits'] === '1' ? '<Leave/><Say>never</Say>' : '<Say>no</Say>'),
    '/over': '<Say>gone</Say>',
  });
  const phone = rig.call({
    script: [
      { press: '7', when: { spoken: /press 1/i } },
      { press: '1', when: { spoken: /press 1/i } },
    ],
  });
  await phone.done;
  expect(rig.forms('/key').map(({ Digits }) => Digits)).toEqual(['7', '1']);
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ QueueResult: 'leave' })]);
  expect(said(phone)).toEqual(['Press 1.', 'no', 'Press 1.', 'gone']);
});

test('a queue may be full, and Leave is nothing outside of one', async () => {
  const rig = await networkRig({
    '/twilio/voice': '<Enqueue action="/over" maxQueueSize="0">sales</Enqueue>',
    '/over': '<Leave/><Say>still here</Say>',
  });
  const phone = rig.call();
  const outcome = await phone.done;
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ QueueResult: 'queue-full' })]);
  expect(outcome.errors.map(({ code }) => code)).toEqual([12200]);
  expect(said(phone)).toEqual(['still here']);
});

test('a waitUrl that fails leaves the caller with music, not without a line', async () => {
  const rig = await networkRig(
    { ...ANSWERS, '/wait': '<Say>' },
    { people: [{ number: NUMBER, does: 'answers', ringsMs: 4_000, leavesAfterMs: 100 }] },
  );
  const phone = rig.call({ patienceMs: 2_000 });
  await phone.until('queued');
  await rig.rest('POST', 'Calls.json', [...take, ['Url', `${rig.server.url}/person`]]);
  await phone.until('connected');
  expect(await phone.done).toMatchObject({ hungUpBy: 'server', errors: [{ code: 12100 }] });
});
