// Routes with a scripted carrier and scripted agents, on a manual clock; the test asks what the carrier would.
import { expect, test } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';
import { callId, type CallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { CarrierCall, Errand, Outcome, PersonQuestion, Verb } from '../../src/carrier/webhooks.ts';
import { TALK_LASTS_AT_LEAST_MS } from '../../src/ivr/after-stream.ts';
import type { RouteNotice } from '../../src/ivr/answer.ts';
import type { CallbackKeeper } from '../../src/ivr/called-back.ts';
import type { RouteStore } from '../../src/ivr/route-store.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import { Routes } from '../../src/ivr/routes.ts';
import { FakeControl } from '../doubles/fake-control.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, CALLER, OURS, NOW_MS, PERSON, to } from './routes-rig.ts';

const PROFILE = profileSchema().parse({
  name: 'Desk',
  numbers: [OURS],
  instructions: 'Be kind.',
  greeting: 'Hello!',
  destinations: {
    sales: { to: '+12025550111', description: 'Sales' },
    billing: {
      ...{ to: '+12025550112', description: 'Bills', transfer: 'warm' },
      screen_pop: 'https://crm.example.com/pop',
    },
    support: { to: '+12025550113', description: 'Support', transfer: 'queue' },
  },
  voicemail: { greeting: 'Please leave a message, {{caller}}.' },
  fallback: { steps: ['menu', { destination: 'sales' }, 'voicemail', 'apology'] },
});
const INCOMING: CarrierCall = {
  ...{ id: CALL, from: CALLER, to: OURS, direction: 'inbound', status: 'in-progress' },
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

interface World {
  readonly store?: RouteStore;
  readonly callbacks?: CallbackKeeper;
  readonly clock?: ManualClock;
}

function world({ store, callbacks, clock = new ManualClock(NOW_MS) }: World = {}) {
  const control = new FakeControl();
  const here = new Set<CallId>([CALL]);
  const returned: string[] = [];
  const handedOver: CallId[] = [];
  const lost: CallId[] = [];
  const pops: unknown[] = [];
  const notices: RouteNotice[] = [];
  const kept = store ?? createMemoryRoutes(clock);
  const routes = new Routes({
    ...{ control, clock, callbacks, store: kept, log: silentLog },
    agents: {
      isHere: (id) => here.has(id),
      mint: () => 'token',
      streamLost: (id) => void lost.push(id),
      returned: (_id, told) => void returned.push(told),
      handedOver: (id) => void handedOver.push(id),
    },
    profiles: () => [PROFILE],
    profileNamed: (name) => (name === PROFILE.name ? PROFILE : undefined),
    profileOf: (call) => (call.to === OURS ? PROFILE : undefined),
    mayDial: () => true,
    musicOf: () => 'hold',
    popScreen: (url, about) => void pops.push({ url, ...about }),
    notice: (notice) => void notices.push(notice),
  });
  const ask = (outcome: Outcome = { of: 'stream' }, step?: number): Verb | undefined =>
    routes.ask({ call: INCOMING, step, outcome });
  return {
    ...{ routes, control, clock, here, returned, handedOver, lost, pops, notices, ask, store: kept },
    /** The call is answered, and the agent sends the caller somewhere. */
    sent: (name: string): Verb | undefined => {
      const first = routes.begin(INCOMING, PROFILE);
      routes.depart(CALL, to(name));
      return ask(undefined, stepOf(first));
    },
  };
}

function stepOf(verb: Verb | undefined): number {
  if (verb?.do === 'ask-key') return 'step' in verb.of ? verb.of.step : 0;
  return verb !== undefined && 'step' in verb ? (verb.step ?? 0) : 0;
}
const errandOf = (control: FakeControl): Errand => control.placed().at(-1)!.call.errand;
const person = (errand: Errand, outcome: PersonQuestion['outcome'], id = PERSON): PersonQuestion => ({
  call: { ...INCOMING, id, from: OURS, to: '+12025550112', direction: 'outbound' },
  ...{ errand, outcome },
});
const ANSWERED = { of: 'answered' } as const;
const keys = (digits: string) => ({ of: 'keys', digits }) as const;

test('the same question again gets the same verb, and does nothing again', async () => {
  const { sent, ask, control } = world();
  const held = sent('billing');
  expect(held).toMatchObject({ do: 'hold' });
  expect(ask(undefined, 1)).toEqual(held);
  expect(ask({ of: 'dial', result: 'busy', talkedS: 0 }, 1), 'of a verb that is long over').toEqual(held);
  expect(ask(undefined, undefined), 'without a number').toEqual(held);
  await settled();
  expect(control.placed()).toHaveLength(1);
});

test('a warm transfer: called, told, asked, in; the agent lets go once they talk', async () => {
  const { sent, routes, control, clock, handedOver, pops, ask } = world();
  const held = sent('billing');
  await settled();
  expect(control.placed()[0]?.call).toMatchObject({ to: '+12025550112', from: OURS, ringS: 20 });
  const errand = errandOf(control);
  const asked = await routes.personAsks(person(errand, ANSWERED));
  expect(asked).toMatchObject({ do: 'ask-key' });
  const said = asked?.do === 'ask-key' ? asked.say.map(({ text }) => text).join(' ') : '';
  expect(said).toContain('Ada has a question about invoice nine.');
  expect(pops).toEqual([]);
  const join = await routes.personAsks(person(errand, keys('1')));
  expect(join).toMatchObject({ do: 'join', conference: held?.do === 'hold' ? held.conference : '' });
  expect(await routes.personAsks(person(errand, keys('1'))), 'a repetition').toEqual(join);
  expect(pops).toMatchObject([{ url: 'https://crm.example.com/pop', callId: CALL, destination: 'billing' }]);
  expect(handedOver).toEqual([]);
  clock.advance(TALK_LASTS_AT_LEAST_MS);
  await settled();
  expect(handedOver).toEqual([CALL]);
  expect(ask({ of: 'dial', result: 'answered', talkedS: 5 }, stepOf(held))).toEqual({ do: 'hang-up' });
});

test.each([
  ['declines', keys('2')],
  ['presses nothing', keys('')],
])('a person who %s: the caller is taken back, and the agent knows', async (_, outcome) => {
  const { sent, routes, control, returned, ask } = world();
  const held = sent('billing');
  await settled();
  await routes.personAsks(person(errandOf(control), ANSWERED));
  expect(await routes.personAsks(person(errandOf(control), outcome))).toMatchObject({
    do: 'say-and-hang-up',
  });
  await settled();
  expect(control.reached.at(-1)).toEqual({ do: 'take-back', id: CALL, step: stepOf(held) });
  expect(ask(undefined, stepOf(held))).toMatchObject({ do: 'stream', token: 'token' });
  expect(returned).toEqual([expect.stringContaining('cannot take the call')]);
});

test.each(['busy', 'no-answer', 'failed', 'canceled', 'completed'] as const)(
  'the person’s call ends as %s before they have joined: taken back, once',
  async (status) => {
    const { sent, routes, control } = world();
    sent('billing');
    await settled();
    const { id } = control.placed()[0]!;
    const errand = errandOf(control);
    routes.personStatus({ id, errand, status: 'ringing' });
    routes.personStatus({ id, errand, status });
    routes.personStatus({ id, errand, status });
    routes.personStatus({ id, errand, status: 'ringing' });
    await settled();
    expect(control.reached.filter((reached) => reached.do === 'take-back')).toHaveLength(1);
    expect(await routes.personAsks(person(errand, keys('1'), id)), 'too late').toMatchObject({
      do: 'say-and-hang-up',
    });
  },
);

test('nobody comes to the phone, and nobody says so: the caller does not wait for ever', async () => {
  const { sent, control, clock } = world();
  sent('billing');
  await settled();
  clock.advance(79_999);
  expect(control.reached.map((reached) => reached.do)).toEqual(['place']);
  clock.advance(1);
  await settled();
  expect(control.reached.map((reached) => reached.do)).toEqual(['place', 'take-back', 'hang-up']);
});

test('the caller hangs up while the person rings: they are not called any longer', async () => {
  const { sent, routes, control } = world();
  sent('billing');
  await settled();
  routes.over(CALL);
  await settled();
  expect(control.reached.at(-1)).toEqual({ do: 'hang-up', id: control.placed()[0]!.id });
  expect(await routes.personAsks(person(errandOf(control), ANSWERED))).toMatchObject({
    do: 'say-and-hang-up',
  });
});

test('the caller hangs up before the carrier has taken the call to the person', async () => {
  const { sent, routes, control } = world();
  sent('billing');
  routes.over(CALL);
  await settled();
  await settled();
  expect(control.reached.at(-1)).toEqual({ do: 'hang-up', id: control.placed()[0]!.id });
});

test('the caller hangs up when the person has joined: nobody is left alone', async () => {
  const { sent, routes, control } = world();
  sent('billing');
  await settled();
  await routes.personAsks(person(errandOf(control), ANSWERED));
  await routes.personAsks(person(errandOf(control), keys('1')));
  routes.over(CALL);
  await settled();
  expect(control.reached.at(-1)).toEqual({ do: 'hang-up', id: PERSON });
});

test('the carrier is away when the caller is to be taken back: tried again, and by what it asks meanwhile', async () => {
  const { sent, routes, control, clock } = world();
  const held = sent('billing');
  await settled();
  await routes.personAsks(person(errandOf(control), ANSWERED));
  control.fail('away', 'busy');
  await routes.personAsks(person(errandOf(control), keys('2')));
  await settled();
  clock.advance(500);
  await settled();
  clock.advance(2_000);
  await settled();
  expect(control.reached.filter((reached) => reached.do === 'take-back')).toHaveLength(1);
  const step = stepOf(held);
  expect(await routes.waits({ callId: CALL, step, queue: undefined, digits: '' })).toMatchObject({
    do: 'music',
  });
  await settled();
  expect(control.reached.filter((reached) => reached.do === 'take-back')).toHaveLength(2);
});

test('a person who cannot be called at all', async () => {
  const { sent, control } = world();
  control.fail('refused');
  sent('billing');
  await settled();
  await settled();
  expect(control.reached.map((reached) => reached.do)).toEqual(['take-back']);
});

test('nobody knows whether the person is called: it is waited for, as they may answer', async () => {
  const { sent, routes, control, clock } = world();
  control.fail('lost');
  sent('billing');
  await settled();
  const { id } = control.placed()[0]!;
  expect(await routes.personAsks(person(errandOf(control), ANSWERED, id))).toMatchObject({ do: 'ask-key' });
  clock.advance(80_000);
  await settled();
  expect(control.reached.slice(1).map((reached) => reached.do)).toEqual(['take-back', 'hang-up']);
});

test('another process knows what this one does not: asked there, the same call goes on', async () => {
  const clock = new ManualClock(NOW_MS);
  const store = createMemoryRoutes(clock);
  const one = world({ store, clock });
  const other = world({ store, clock });
  other.here.clear();
  const dialled = one.sent('sales');
  await other.routes.recall(CALL);
  const next = other.ask({ of: 'dial', result: 'busy', talkedS: 0 }, stepOf(dialled));
  expect(next, 'the agent is not there: the ladder').toMatchObject({ do: 'ask-key' });
  await one.routes.recall(CALL);
  expect(one.ask({ of: 'keys', digits: '4' }, stepOf(next))).toMatchObject({ do: 'record' });
});

test('where routes are kept does not answer: the fallback of the number, and no error', async () => {
  const never = new Promise<never>(() => undefined);
  const clock = new ManualClock(NOW_MS);
  const store = { ...createMemoryRoutes(clock), load: () => never };
  const { routes, ask, here } = world({ store, clock });
  here.clear();
  const recalled = routes.recall(CALL);
  clock.advance(1_000);
  await recalled;
  expect(ask(undefined, 2)).toMatchObject({ do: 'ask-key' });
});

test('a call that nobody knows, of a number that nobody answers', () => {
  const { routes } = world();
  const call = { ...INCOMING, to: '+12025550199' };
  expect(routes.ask({ call, step: undefined, outcome: { of: 'stream' } })).toBeUndefined();
});

test('a stream that nobody let go of: the agent decides whether it is opened again', () => {
  const { routes, ask, lost, here } = world();
  const first = routes.begin(INCOMING, PROFILE);
  const again = ask(undefined, stepOf(first));
  expect(again).toMatchObject({ do: 'stream' });
  expect(lost).toEqual([CALL]);
  expect(ask(undefined, stepOf(first)), 'a repetition').toMatchObject({ do: 'stream' });
  expect(lost).toEqual([CALL]);
  here.clear();
  expect(ask(undefined, stepOf(again))).toMatchObject({ do: 'ask-key' });
});

const waiting = (step: number, position: number, digits = '') => ({
  ...{ callId: CALL, step, digits },
  queue: { position, waitedS: 1, averageS: 0 },
});

test('a queue: the first is called for, once; whoever takes it is not called while they talk', async () => {
  const { sent, routes, control, clock } = world();
  const step = stepOf(sent('support'));
  expect(await routes.waits(waiting(step, 2))).toMatchObject({ do: 'music', key: true });
  await settled();
  expect(control.placed()).toHaveLength(0);
  await routes.waits(waiting(step, 1));
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(1);
  const errand = errandOf(control);
  expect(await routes.personAsks(person(errand, ANSWERED))).toMatchObject({ do: 'ask-key' });
  expect(await routes.personAsks(person(errand, keys('1')))).toMatchObject({
    ...{ do: 'take-from-queue', queue: errand.of },
  });
  clock.advance(300_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed(), 'they talk').toHaveLength(1);
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  clock.advance(5_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
});

test('who does not come to the phone is rung again after a pause', async () => {
  const { sent, routes, control, clock } = world();
  const step = stepOf(sent('support'));
  await routes.waits(waiting(step, 1));
  await settled();
  routes.personStatus({ id: PERSON, errand: errandOf(control), status: 'no-answer' });
  clock.advance(29_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(1);
  clock.advance(1_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
});

test('a queue that takes too long is left, and the agent offers what else there is', async () => {
  const { sent, routes, clock, ask, returned } = world();
  const step = stepOf(sent('support'));
  clock.advance(600_000);
  expect(await routes.waits(waiting(step, 3))).toEqual({ do: 'leave-queue' });
  expect(ask({ of: 'queue', result: 'left', waitedS: 600 }, step)).toMatchObject({ do: 'stream' });
  expect(returned).toEqual([expect.stringContaining('nobody was free')]);
});

function book(promise: CallbackKeeper['promise'] = () => Promise.resolve()) {
  const promised: Parameters<CallbackKeeper['promise']>[0][] = [];
  const connected: string[] = [];
  const callbacks: CallbackKeeper = {
    promise: async (callback, key, signal) => {
      await promise(callback, key, signal);
      promised.push(callback);
    },
    of: (id) => Promise.resolve(id === 'b1' && connected.length === 0 ? promised[0] : undefined),
    connected: (id) => void connected.push(id),
    status: () => undefined,
  };
  return { callbacks, promised, connected };
}

test('called back instead of waiting: promised first, then told; the promise is kept', async () => {
  const { callbacks, promised, connected } = book();
  const { sent, routes, ask } = world({ callbacks });
  const step = stepOf(sent('support'));
  expect(await routes.waits(waiting(step, 3, '1'))).toEqual({ do: 'leave-queue' });
  expect(promised).toMatchObject([
    { callId: CALL, to: CALLER, from: OURS, destination: 'support', reason: 'a question' },
  ]);
  expect(ask({ of: 'queue', result: 'left', waitedS: 9 }, step)).toMatchObject({ do: 'say-and-hang-up' });
  const errand: Errand = { is: 'callback', of: 'b1', attempt: 1 };
  const back = callId('CA0000000000000000000000000000000c');
  expect(await routes.personAsks(person(errand, ANSWERED, back))).toMatchObject({ do: 'ask-key' });
  expect(await routes.personAsks(person(errand, keys(''), back)), 'a machine').toMatchObject({
    do: 'say-and-hang-up',
  });
  const queued = await routes.personAsks(person(errand, keys('1'), back));
  expect(queued).toMatchObject({ do: 'queue' });
  expect(await routes.personAsks(person(errand, keys('1'), back)), 'a repetition').toEqual(queued);
  expect(connected).toEqual(['b1']);
});

test('a callback that cannot be written down is not promised', async () => {
  const { callbacks } = book(() => Promise.reject(new Error('no database')));
  const { sent, routes } = world({ callbacks });
  const step = stepOf(sent('support'));
  expect(await routes.waits(waiting(step, 3, '1'))).toMatchObject({
    do: 'music',
    say: [{ text: expect.stringMatching(/sorry|not/i) as string }],
  });
});

test('a caller without a number is not offered a callback', async () => {
  const { routes } = world();
  const anonymous = { ...INCOMING, from: 'anonymous' };
  const first = routes.begin(anonymous, PROFILE);
  routes.depart(CALL, to('support'));
  const step = stepOf(routes.ask({ call: anonymous, step: stepOf(first), outcome: { of: 'stream' } }));
  expect(await routes.waits(waiting(step, 1))).toMatchObject({ do: 'music', key: false });
});

test('the words of the profile are filled in', () => {
  const { routes } = world();
  const verb = routes.begin(INCOMING, { ...PROFILE, destinations: [] }, undefined);
  routes.depart(CALL, { to: 'voicemail' });
  const record = routes.ask({ call: INCOMING, step: stepOf(verb), outcome: { of: 'stream' } });
  expect(record).toMatchObject({
    do: 'record',
    longestS: 120,
    say: { text: expect.stringContaining(CALLER) as string },
  });
});

test('a mailbox that picks up, or who declines, is rung again after the same pause as who does not answer', async () => {
  const { sent, routes, control, clock } = world();
  const step = stepOf(sent('support'));
  await routes.waits(waiting(step, 1));
  await settled();
  const errand = errandOf(control);
  await routes.personAsks(person(errand, ANSWERED));
  await routes.personAsks(person(errand, keys('2')));
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  clock.advance(29_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(1);
  clock.advance(1_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
});

test('the status of who has taken somebody is lost: the end of their talk frees the queue all the same', async () => {
  const { sent, routes, control, clock } = world();
  const step = stepOf(sent('support'));
  await routes.waits(waiting(step, 1));
  await settled();
  const errand = errandOf(control);
  await routes.personAsks(person(errand, ANSWERED));
  await routes.personAsks(person(errand, keys('1')));
  await routes.personAsks(person(errand, { of: 'over' }));
  clock.advance(5_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
});

test('the database is away when somebody who is called back answers: an apology, and no error', async () => {
  const callbacks: CallbackKeeper = { ...book().callbacks, of: () => Promise.reject(new Error('away')) };
  const { routes } = world({ callbacks });
  const errand: Errand = { is: 'callback', of: 'b1', attempt: 1 };
  expect(await routes.personAsks(person(errand, ANSWERED))).toMatchObject({ do: 'say-and-hang-up' });
});
