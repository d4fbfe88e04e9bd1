// The console's phone with a scripted switchboard, on a manual clock.
import { expect, test } from 'vitest';
import { profileSchema, type Profile } from '../../src/agents/profile.ts';
import { callId, type CallId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import type { CarrierCall, Question, Verb } from '../../src/carrier/webhooks.ts';
import { besidePhone, isOfPhone, newPhoneCallId } from '../../src/console/phone-carrier.ts';
import { outcomeOf, phoneVerb } from '../../src/console/phone-verbs.ts';
import type { PhoneBegun } from '../../src/console/phone-view.ts';
import { ConsolePhone, NOBODY_WITHIN_MS } from '../../src/console/phone.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const profile = (name: string, more: object): Profile =>
  profileSchema().parse({ name, instructions: 'Help.', greeting: 'Hello.', ...more });

const PROFILES = [
  profile('anyone', { numbers: '*' }),
  profile('sales', { numbers: ['+15550100101', '+15550100102'] }),
  profile('reminder', { direction: 'outbound' }),
];
const STREAM: Verb = { do: 'stream', token: 't1', step: 1 };

function rig(next: Verb = { do: 'hang-up' }) {
  const clock = new ManualClock();
  const answered: CarrierCall[] = [];
  const questions: Question[] = [];
  const over: CarrierCall[] = [];
  const recalled: CallId[] = [];
  const phone = new ConsolePhone({
    lobby: {
      answer: (call) => {
        answered.push(call);
        return Promise.resolve(STREAM);
      },
      carrierStatus: () => {},
    },
    switchboard: {
      afterStream: (question) => {
        questions.push(question);
        return next;
      },
      carrierStatus: (call) => void over.push(call),
      routes: {
        recall: (id) => {
          recalled.push(id);
          return Promise.resolve();
        },
      },
    },
    profiles: () => PROFILES,
    clock,
    log: createLog({ level: 'silent', secrets: [] }),
  });
  const sales = (): Promise<PhoneBegun> => phone.call({ profile: 'sales', from: '+1 (555) 010-0123' });
  return { phone, clock, answered, questions, over, recalled, sales };
}

test('a call rings as one of a carrier does: at the number of the profile that was chosen', async () => {
  const { phone, answered, sales } = rig();
  const { call, verb } = await sales();
  expect(verb).toEqual({ do: 'stream', token: 't1', step: 1, keys: undefined });
  expect(call).toMatchObject({ from: '+15550100123', to: '+15550100101', profile: 'sales' });
  expect(isOfPhone(call.callId)).toBe(true);
  expect(answered).toEqual([
    {
      ...{ id: call.callId, from: '+15550100123', to: '+15550100101', profile: 'sales' },
      ...{ direction: 'inbound', status: 'ringing' },
    },
  ]);
  const other = await phone.call({ profile: 'anyone', from: 'anonymous' });
  expect(other.call).toMatchObject({ from: 'anonymous', to: '+15550100100' });
});

test('each profile says whether it takes calls', () => {
  expect(rig().phone.profiles.map(({ name, takesCalls }) => [name, takesCalls])).toEqual([
    ['anyone', true],
    ['sales', true],
    ['reminder', false],
  ]);
});

test.each([
  [{ profile: 'nobody', from: '+15550100123' }, 'body.profile'],
  [{ profile: 'reminder', from: '+15550100123' }, 'body.profile'],
  [{ profile: 'sales', from: '0123' }, 'body.from'],
])('%o is refused, naming the field', async (asked, field) => {
  const { phone, answered } = rig();
  await expect(phone.call(asked)).rejects.toThrow(field);
  expect(answered).toEqual([]);
});

test('what is next is asked as the carrier asks, of what is known by then', async () => {
  const { phone, questions, recalled, sales } = rig({ ...STREAM, step: 3 });
  const { call } = await sales();
  const verb = await phone.next({ call, step: 2, by: 'dial' });
  expect(verb).toMatchObject({ do: 'stream', step: 3 });
  expect(recalled).toEqual([call.callId]);
  expect(questions).toMatchObject([
    {
      call: { id: call.callId, status: 'in-progress', profile: 'sales' },
      step: 2,
      outcome: { of: 'dial', result: 'no-answer' },
    },
  ]);
});

test('a call of a carrier is not asked about', async () => {
  const { phone, questions } = rig();
  const call = { callId: `CA${'1'.repeat(32)}`, from: '+15550100123', to: '+15550100101', profile: 'sales' };
  await expect(phone.next({ call })).rejects.toThrow('body.call.callId');
  await expect(phone.next({ call, isOver: true })).rejects.toThrow('body.call.callId');
  expect(questions).toEqual([]);
});

test('whoever hangs up, the switchboard knows that the call is over', async () => {
  const { phone, questions, over, sales } = rig();
  const { call } = await sales();
  expect(await phone.next({ call, isOver: true })).toMatchObject({ do: 'hang-up' });
  expect(questions).toEqual([]);
  await phone.next({ call });
  expect(over).toMatchObject([
    { id: call.callId, status: 'completed' },
    { id: call.callId, status: 'completed' },
  ]);
});

test('a page that goes without a word is waited for, and its call is then over', async () => {
  const { phone, clock, over, sales } = rig();
  const { call } = await sales();
  const left = phone.attend(callId(call.callId));
  clock.advance(10 * NOBODY_WITHIN_MS);
  expect(over, 'a stream is open').toEqual([]);
  left();
  clock.advance(NOBODY_WITHIN_MS - 1);
  expect(over).toEqual([]);
  clock.advance(1);
  expect(over).toMatchObject([{ id: call.callId, status: 'completed' }]);
});

test('a page that never opens its stream is given up; a stream that opens again holds the call', async () => {
  const { phone, clock, over, sales } = rig(STREAM);
  const first = await sales();
  const second = await sales();
  phone.attend(callId(second.call.callId))();
  await phone.next({ call: second.call, step: 1 });
  phone.attend(callId(second.call.callId));
  clock.advance(10 * NOBODY_WITHIN_MS);
  expect(over).toMatchObject([{ id: first.call.callId }]);
});

test('a server that stops gives up no call any more', async () => {
  const { phone, clock, over, sales } = rig();
  await sales();
  phone.close();
  clock.advance(10 * NOBODY_WITHIN_MS);
  expect(over).toEqual([]);
});

const say = { text: 'One moment.', language: 'en-US' };
const errand = { is: 'transfer', of: 'CA1', attempt: 1 } as const;

test.each<[Verb, object]>([
  [
    { do: 'stream', token: 't', step: 4, keys: '12' },
    { do: 'stream', token: 't', step: 4, keys: '12' },
  ],
  [{ do: 'hang-up' }, { do: 'hang-up', say: undefined }],
  [
    { do: 'say-and-hang-up', ...say },
    { do: 'hang-up', say: 'One moment.' },
  ],
  [
    { do: 'dial', step: 2, say, to: '+15550100155', ringS: 20, errand },
    { by: 'dial', step: 2, say: 'One moment.', to: '+15550100155' },
  ],
  [
    { do: 'refer', step: 2, to: 'sip:desk@example.com' },
    { by: 'refer', to: 'sip:desk@example.com' },
  ],
  [{ do: 'hold', step: 2, say, callId: callId('CA1'), conference: 'CA1-1' }, { by: 'conference' }],
  [
    { do: 'queue', step: 2, callId: callId('CA1'), queue: 'sales-1' },
    { by: 'queue', to: 'sales-1' },
  ],
  [{ do: 'record', step: 2, say, longestS: 60 }, { by: 'record' }],
  [
    { do: 'ask-key', say: [say, say], withinS: 5, of: { step: 7 } },
    { by: 'menu', step: 7, say: 'One moment. One moment.' },
  ],
])('%o is %o on the page', (verb, expected) => expect(phoneVerb(verb)).toMatchObject(expected));

test('nobody answers, wherever the caller was sent', () => {
  expect(outcomeOf(undefined, '')).toEqual({ of: 'stream' });
  expect(outcomeOf('conference', '')).toEqual({ of: 'stream' });
  expect(outcomeOf('refer', '')).toEqual({ of: 'refer', result: 'refused' });
  expect(outcomeOf('queue', '')).toMatchObject({ of: 'queue', result: 'left' });
  expect(outcomeOf('record', '')).toMatchObject({ of: 'recording', id: undefined });
  expect(outcomeOf('menu', '2')).toEqual({ of: 'keys', digits: '2' });
});

test('the carrier is asked nothing about a call of the phone, and all about others', async () => {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const carrier = besidePhone({
    hangUp: (id) => note(`hangUp ${id}`, undefined),
    takeBack: (id) => note(`takeBack ${id}`, 'over' as const),
    place: ({ errand: { of } }) => note(`place ${of}`, callId('CA3')),
    isOn: (id) => note(`isOn ${id}`, false),
    send: (_message, _signal, id) => note(`send ${id ?? ''}`, { id: 'SM1' }),
  });
  const ours = newPhoneCallId();
  const person = (of: string) => ({
    to: '+15550100155',
    from: '+15550100101',
    ringS: 20,
    errand: { ...errand, of },
  });
  const text = { from: '+15550100101', to: '+15550100123', body: 'Hello.' };
  const { signal } = new AbortController();
  await carrier.hangUp(ours);
  expect(await carrier.takeBack(ours, 1)).toBe('asked');
  expect(await carrier.isOn(ours)).toBe(true);
  await expect(carrier.place(person(ours))).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
  await expect(carrier.send(text, signal, ours)).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
  expect(asked).toEqual([]);
  const other = callId(`CA${'1'.repeat(32)}`);
  await carrier.hangUp(other);
  expect(await carrier.takeBack(other, 1)).toBe('over');
  expect(await carrier.isOn(other)).toBe(false);
  await carrier.place(person(other));
  await carrier.send(text, signal, other);
  await carrier.send(text, signal);
  expect(asked).toEqual([
    `hangUp ${other}`,
    `takeBack ${other}`,
    `isOn ${other}`,
    `place ${other}`,
    `send ${other}`,
    'send ',
  ]);
});
