// <Dial> of people, over loopback sockets.
import { afterEach, describe, expect, test } from 'vitest';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { wavOf } from './dial.ts';
import { closeRigs, networkRig } from './network-rig.ts';

afterEach(closeRigs);

const NUMBER = '+12025550111';
const DIAL = `<Dial answerOnBridge="true" timeout="2" callerId="+12025550100" action="/over">
  <Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">${NUMBER}</Number></Dial>`;
const person = (more: Partial<Person>): Person => ({
  number: NUMBER,
  does: 'answers',
  ringsMs: 200,
  ...more,
});

test('somebody answers: both hear each other, every callback in order, the action knows all of it', async () => {
  const { call, network, forms } = await networkRig(
    { '/twilio/voice': DIAL },
    { people: [person({ says: wavOf(400), leavesAfterMs: 2_000 })] },
  );
  const phone = call({ script: [{ say: wavOf(300, -9_000), when: { agentSpokeForMs: 200 } }] });
  const leg = await network.called(NUMBER);
  await phone.until('connected');
  expect(phone.status).toBe('in-progress');
  await Promise.all([phone.done, leg.done]);
  const types = phone.events.map(({ type }) => type);
  expect(types.indexOf('dialling')).toBeLessThan(types.indexOf('connected'));
  expect(phone.events).toContainEqual(expect.objectContaining({ type: 'connected', with: leg.callSid }));
  expect(leg.events).toContainEqual(expect.objectContaining({ type: 'disconnected', with: phone.callSid }));
  // A tick is 5 ms of the network's own time, and each may lose a part of one at either end.
  expect(Math.abs(phone.heardMs - 400)).toBeLessThan(60);
  expect(Math.abs(leg.heardMs - 300)).toBeLessThan(60);
  expect(forms('/leg').map((form) => form['CallStatus'])).toEqual([
    ...['initiated', 'ringing', 'in-progress', 'completed'],
  ]);
  expect(forms('/leg').map((form) => form['SequenceNumber'])).toEqual(['0', '1', '2', '3']);
  for (const form of forms('/leg'))
    expect(form).toMatchObject({
      ...{ CallSid: leg.callSid, ParentCallSid: phone.callSid, Direction: 'outbound-dial' },
      ...{ From: '+12025550100', To: NUMBER },
    });
  expect(forms('/over')).toEqual([
    expect.objectContaining({
      ...{
        DialCallStatus: 'completed',
        DialCallSid: leg.callSid,
        DialCallDuration: expect.stringMatching(/^[23]$/) as string,
      },
      CallStatus: 'in-progress',
    }),
  ]);
});

describe('what no telephone can be shown is refused: nobody rings', () => {
  const SIP = 'sip:desk@example.com';
  const own = `<Dial action="/over"><Number>${NUMBER}</Number></Dial>`;
  const as = (callerId: string, noun = `<Number>${NUMBER}</Number>`): string =>
    `<Dial action="/over" callerId="${callerId}">${noun}</Dial>`;
  test.each([
    ['an address', as('sip:+12025550100@example.com'), NUMBER, undefined, [{ code: 13_214 }]],
    ['a name', as('desk'), NUMBER, undefined, [{ code: 13_214 }]],
    ['that of a caller on SIP', own, NUMBER, 'sip:ada@example.com', [{ code: 13_214 }]],
    ['a number', as('+12025550100'), NUMBER, 'sip:ada@example.com', []],
    ['by SIP an address', as('sip:us@example.com', `<Sip>${SIP}</Sip>`), SIP, undefined, [{ code: 13_214 }]],
    [
      'by SIP that of a caller on SIP',
      own.replaceAll('Number', 'Sip').replace(NUMBER, SIP),
      SIP,
      'sip:ada@example.com',
      [],
    ],
    ['by SIP a name', as('desk', `<Sip>${SIP}</Sip>`), SIP, undefined, []],
  ])('%s', async (_, twiml, number, from, errors) => {
    const people = [person({ number, leavesAfterMs: 100 })];
    const { call, forms, network } = await networkRig({ '/twilio/voice': twiml }, { people });
    const { errors: got } = await call(from === undefined ? {} : { from }).done;
    expect(got).toMatchObject(errors);
    expect(got).toHaveLength(errors.length);
    expect(forms('/over')).toMatchObject([{ DialCallStatus: errors.length > 0 ? 'failed' : 'completed' }]);
    expect(network.callsTo(number)).toHaveLength(errors.length > 0 ? 0 : 1);
  });
});

describe('nobody is connected', () => {
  test.each([
    ['busy', [person({ does: 'busy' })], 'busy'],
    ['rings too long', [person({ ringsMs: 60_000 })], 'no-answer'],
    ['does not answer', [person({ does: 'no-answer' })], 'no-answer'],
    ['fails', [person({ does: 'fails' })], 'failed'],
    ['nobody has the number', [], 'failed'],
  ])('%s', async (_, people, status) => {
    const { call, forms } = await networkRig({ '/twilio/voice': DIAL }, { people });
    await call().done;
    expect(forms('/over')).toEqual([expect.objectContaining({ DialCallStatus: status })]);
    expect(forms('/over')[0]).not.toHaveProperty('DialCallDuration');
    expect(forms('/leg').at(-1)).toMatchObject({ CallStatus: status, CallDuration: '0' });
  });

  test('the caller hangs up while it rings: it stops ringing', async () => {
    const { call, network, forms } = await networkRig(
      { '/twilio/voice': DIAL.replace('answerOnBridge="true"', '') },
      { people: [person({ ringsMs: 1_500 })] },
    );
    const phone = call();
    const leg = await network.called(NUMBER);
    await leg.until('ringing');
    phone.hangUp();
    await Promise.all([phone.done, leg.done]);
    expect(leg.status).toBe('canceled');
    expect(forms('/over')).toEqual([
      expect.objectContaining({ DialCallStatus: 'canceled', CallStatus: 'completed' }),
    ]);
  });
});

test('with answerOnBridge the call rings until somebody answers; without, it is answered at once', async () => {
  const people = [person({ ringsMs: 1_000, leavesAfterMs: 100 })];
  const bridge = await networkRig({ '/twilio/voice': DIAL }, { people });
  const ringing = bridge.call();
  await ringing.until('dialling');
  expect(ringing.status).toBe('ringing');
  await ringing.done;
  const plain = await networkRig({ '/twilio/voice': `<Dial>${NUMBER}</Dial>` }, { people });
  const answered = plain.call();
  await answered.until('dialling');
  expect(answered.status).toBe('in-progress');
  await answered.done;
});

test('ringing keeps a caller on the line longer than silence would', async () => {
  const people = [person({ ringsMs: 3_000, leavesAfterMs: 100 })];
  const { call } = await networkRig({ '/twilio/voice': `<Dial>${NUMBER}</Dial>` }, { people });
  const phone = call({ patienceMs: 1_000 });
  expect(await phone.done).toMatchObject({ hungUpBy: 'server' });
  expect(phone.events.map(({ type }) => type)).toContain('connected');
});

describe('a whisper', () => {
  const WHISPERED = `<Dial action="/over"><Number url="/whisper">${NUMBER}</Number></Dial>`;
  const answers = {
    '/twilio/voice': WHISPERED,
    '/whisper': '<Gather numDigits="1" timeout="1" action="/asked"/><Hangup/>',
    '/asked': ({ form }: { form: Record<string, string> }) => (form['Digits'] === '1' ? '' : '<Hangup/>'),
  };
  test.each([
    ['1 takes the call', [{ press: '1', afterMs: 100 }], 'completed'],
    ['2 declines it', [{ press: '2', afterMs: 100 }], 'no-answer'],
    ['so does nothing', [], 'no-answer'],
  ])('%s', async (_, keys, status) => {
    const people = [person({ keys, leavesAfterMs: 200 })];
    const { call, forms, network } = await networkRig(answers, { people });
    await call().done;
    expect(forms('/over')).toEqual([expect.objectContaining({ DialCallStatus: status })]);
    expect(forms('/whisper')[0]).toMatchObject({ CallSid: network.callsTo(NUMBER)[0]!.callSid });
  });
});

test('several ring: the first to answer is connected, the others stop ringing', async () => {
  const other = 'sip:second@example.com';
  const { call, network, forms } = await networkRig(
    { '/twilio/voice': `<Dial action="/over"><Number>${NUMBER}</Number><Sip>${other}</Sip></Dial>` },
    { people: [person({ ringsMs: 2_000 }), { number: other, does: 'answers', leavesAfterMs: 100 }] },
  );
  await call().done;
  const [[slow], [quick]] = [network.callsTo(NUMBER), network.callsTo(other)];
  expect([slow!.status, quick!.status]).toEqual(['canceled', 'completed']);
  expect(forms('/over')[0]).toMatchObject({ DialCallSid: quick!.callSid });
});

test('timeLimit ends what goes on too long', async () => {
  const { call, forms } = await networkRig(
    { '/twilio/voice': `<Dial timeLimit="1" action="/over">${NUMBER}</Dial>` },
    { people: [person({})] },
  );
  await call().done;
  expect(forms('/over')[0]).toMatchObject({
    DialCallStatus: 'completed',
    DialCallDuration: expect.stringMatching(/^[12]$/) as string,
  });
});

test('a person who does something so many times does something else afterwards', async () => {
  const { call, network } = await networkRig(
    { '/twilio/voice': `<Dial>${NUMBER}</Dial>` },
    { people: [person({ does: 'busy', times: 2 }), person({ hangsUpAfterMs: 100 })] },
  );
  for (let count = 0; count < 3; count++) await call().done;
  expect(network.callsTo(NUMBER).map(({ status }) => status)).toEqual(['busy', 'busy', 'completed']);
});
