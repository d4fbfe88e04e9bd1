// Routes with a scripted carrier and scripted agents, on a manual clock; the test asks what the carrier would.
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { Errand } from '../../src/carrier/webhooks.ts';
import { TALK_LASTS_AT_LEAST_MS } from '../../src/ivr/after-stream.ts';
import type { CallbackKeeper } from '../../src/ivr/called-back.ts';
import { queueName } from '../../src/ivr/go-to.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import type { Promising } from '../../src/tools/callbacks.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, CALLER, OURS, NOW_MS, PERSON, to } from './routes-rig.ts';
import {
  ANSWERED,
  errandOf,
  INCOMING,
  keys,
  OTHER,
  person,
  PROFILE,
  settled,
  stepOf,
  world,
  type World,
} from './routes-world.ts';

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
  clock.advance(94_999);
  expect(control.reached.map((reached) => reached.do)).toEqual(['place']);
  clock.advance(1);
  await settled();
  expect(control.reached.map((reached) => reached.do)).toEqual(['place', 'hang-up', 'take-back']);
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
  const again = { callId: CALL, step, queue: undefined, digits: '' };
  expect(await routes.waits(again)).toMatchObject({ do: 'music' });
  await settled();
  expect(
    control.reached.filter((reached) => reached.do === 'take-back'),
    'is on its way',
  ).toHaveLength(1);
  clock.advance(15_000);
  await routes.waits(again);
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
  expect(control.reached.slice(1).map((reached) => reached.do)).toEqual(['hang-up', 'take-back']);
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
  expect(one.ask({ of: 'keys', digits: '5' }, stepOf(next))).toMatchObject({ do: 'record' });
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
  const { sent, routes, control, clock } = world(book());
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
    ...{ do: 'take-from-queue', queue: queueName(PROFILE.name, 'support') },
  });
  for (let minute = 0; minute < 9; minute += 1) {
    await settled();
    clock.advance(60_000);
  }
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed(), 'they talk').toHaveLength(1);
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  await settled();
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
  await settled();
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

function book(promise: CallbackKeeper['promise'] = () => Promise.resolve<Promising>('promised')) {
  const promised: Parameters<CallbackKeeper['promise']>[0][] = [];
  const connected: string[] = [];
  const callbacks: CallbackKeeper = {
    promise: async (callback, key, signal) => {
      const done = await promise(callback, key, signal);
      if (done !== 'too-often') promised.push(callback);
      return done;
    },
    mayCall: (to) => to !== '+12025550166',
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
  await settled();
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
  await settled();
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

/** Somebody is first in the queue, and the person presses 1; the caller's words for each step are in `step`. */
async function taken(given: World = {}) {
  const one = world(given);
  const step = stepOf(one.sent('support'));
  await one.routes.waits(waiting(step, 1));
  await settled();
  const errand = errandOf(one.control);
  await one.routes.personAsks(person(errand, ANSWERED));
  return { ...one, step, errand };
}

test('the screen pop of a queue: whichever process is asked posts it, once', async () => {
  const clock = new ManualClock(NOW_MS);
  const store = createMemoryRoutes(clock);
  const { errand, pops } = await taken({ store, clock });
  const other = world({ store, clock });
  const pressed = person(errand, keys('1'));
  const take = await other.routes.personAsks(pressed);
  expect(take).toMatchObject({ do: 'take-from-queue' });
  await settled();
  expect(other.pops).toMatchObject([
    { url: 'https://crm.example.com/queue', callId: CALL, destination: 'support', reason: 'a question' },
  ]);
  const third = world({ store, clock });
  for (const again of [other, third]) expect(await again.routes.personAsks(pressed)).toEqual(take);
  await settled();
  expect([...pops, ...other.pops, ...third.pops]).toHaveLength(1);
});

test('the caller for whom they were called is gone by then: nobody else is shown as them', async () => {
  const { routes, pops, errand } = await taken();
  routes.over(CALL);
  await routes.personAsks(person(errand, keys('1')));
  await settled();
  expect(pops).toEqual([]);
});

test('a person takes the first of an empty queue: they hear that the caller is gone; after a talk nothing', async () => {
  const { routes, errand, clock } = await taken();
  await routes.personAsks(person(errand, keys('1')));
  clock.advance(5_000);
  expect(await routes.personAsks(person(errand, { of: 'over' }))).toMatchObject({
    ...{ do: 'say-and-hang-up', text: expect.stringContaining('the caller is no longer waiting') as string },
  });
  const talked = await taken();
  await talked.routes.personAsks(person(talked.errand, keys('1')));
  talked.clock.advance(60_000);
  expect(await talked.routes.personAsks(person(talked.errand, { of: 'over' }))).toEqual({ do: 'hang-up' });
});

/** How long after somebody was taken the person is rung again, in minutes; nobody tells of the end of the talk. */
async function rungAgainAfterMin(isOn: (atMin: number) => Promise<boolean>): Promise<number> {
  const clock = new ManualClock(NOW_MS);
  const store = createMemoryRoutes(clock);
  let minute = 0;
  const one = await taken({ store, clock, isOn: () => isOn(minute) });
  await one.routes.personAsks(person(one.errand, keys('1')));
  await settled();
  for (; minute < 60; minute += 1) {
    const before = one.control.placed().length;
    const from = { ...INCOMING, id: callId(`CA000000000000000000000000000001${10 + minute}`) };
    const first = one.routes.begin(from, PROFILE);
    one.here.add(from.id);
    one.routes.depart(from.id, to('support'));
    const verb = one.routes.ask({ call: from, step: stepOf(first), outcome: { of: 'stream' } });
    await one.routes.waits({ ...waiting(stepOf(verb), 1), callId: from.id });
    await settled();
    if (one.control.placed().length > before) return minute;
    clock.advance(60_000);
    await settled();
  }
  return minute;
}

test.each([
  ['they talk on', () => true, 60],
  ['the talk was over at once', () => false, 5],
  ['the talk is over in the tenth minute', (atMin: number) => atMin < 10, 13],
])('nobody tells of the end of a talk: %s', async (_, isOn, afterMin) => {
  expect(await rungAgainAfterMin((atMin) => Promise.resolve(isOn(atMin)))).toBe(afterMin);
});

test('nor can the carrier be asked', async () => {
  expect(await rungAgainAfterMin(() => Promise.reject(new Error('away')))).toBe(60);
});

test('what is told late of an earlier talk does not free the queue', async () => {
  const { routes, errand, clock, control, step } = await taken();
  await routes.personAsks(person(errand, keys('1')));
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  await settled();
  clock.advance(5_000);
  await settled();
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
  const next = callId('CA0000000000000000000000000000000e');
  await routes.personAsks(person(errandOf(control), keys('1'), next));
  await settled();
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  await settled();
  clock.advance(60_000);
  await routes.waits(waiting(step, 1));
  await settled();
  expect(control.placed()).toHaveLength(2);
});

test.each([
  ['may not be called', 'support', '+12025550166', false],
  ['may be called, and somebody is there then', 'support', CALLER, true],
  ['may be called, and nobody is there any more then', 'till_ten_past', CALLER, false],
])('a callback is offered only to who can be: a number that %s', async (_, queue, from, key) => {
  const { routes } = world(book());
  const call = { ...INCOMING, from };
  const first = routes.begin(call, PROFILE);
  routes.depart(CALL, to(queue));
  const step = stepOf(routes.ask({ call, step: stepOf(first), outcome: { of: 'stream' } }));
  expect(await routes.waits(waiting(step, 2))).toMatchObject({ do: 'music', key });
  expect(await routes.waits(waiting(step, 2, '1'))).toMatchObject({ do: key ? 'leave-queue' : 'music' });
});

test('called too often in a day: not promised, and the caller hears so', async () => {
  const { callbacks, promised } = book(() => Promise.resolve('too-often'));
  const { sent, routes } = world({ callbacks });
  const step = stepOf(sent('support'));
  expect(await routes.waits(waiting(step, 3, '1'))).toMatchObject({
    ...{ do: 'music', say: [{ text: expect.stringContaining('could not arrange') as string }] },
  });
  expect(promised).toEqual([]);
});

test('nobody knows any more why somebody is called back: they hear that, and in the language of the line', async () => {
  const { callbacks } = book();
  const { routes } = world({ callbacks });
  const errand: Errand = { is: 'callback', of: 'nobody', attempt: 1 };
  const back = callId('CA0000000000000000000000000000000c');
  expect(await routes.personAsks(person(errand, ANSWERED, back))).toMatchObject({
    ...{ do: 'say-and-hang-up', text: expect.stringContaining('we cannot connect you any more') as string },
  });
});

test.each([
  ['the caller was still told where they go', 6_500, { do: 'ask-key' }],
  ['they have talked for five seconds', 7_500, { do: 'hang-up' }],
])('a person is in at once, and out again while %s', async (_, afterMs, next) => {
  const { routes, ask, control, here, clock } = world();
  here.clear();
  const menu = routes.fallBack(INCOMING, PROFILE, 'no-session');
  const held = ask({ of: 'keys', digits: '2' }, stepOf(menu));
  expect(held).toMatchObject({ do: 'hold', say: { text: 'Connecting you to billing.' } });
  await settled();
  const errand = errandOf(control);
  await routes.personAsks(person(errand, keys('1')));
  clock.advance(afterMs);
  routes.personStatus({ id: PERSON, errand, status: 'completed' });
  expect(ask({ of: 'dial', result: 'answered', talkedS: 4 }, stepOf(held))).toMatchObject(next);
});

test('[HO5] a call that was handed to another agent has the places and the ladder of that one', async () => {
  const { routes, ask, store } = world();
  routes.begin(INCOMING, PROFILE);
  routes.handedTo(CALL, OTHER.name);
  routes.depart(CALL, { to: 'destination', name: 'workshop', reason: 'a pipe', briefing: '' });
  expect(ask()).toMatchObject({ do: 'dial', to: '+12025550121' });
  expect((await store.load(CALL, new AbortController().signal))?.profile).toBe('Repairs');
  const other = world();
  other.routes.begin(INCOMING, PROFILE);
  other.routes.handedTo(CALL, OTHER.name);
  other.routes.depart(CALL, { to: 'fallback', because: 'model-failed' });
  expect(other.ask()).toMatchObject({ do: 'dial', to: '+12025550121' });
});

test('what is next hangs on an agent while the caller is with one, or may be back with one', async () => {
  const { routes } = world();
  expect(routes.needsAgent(CALL), 'nothing is known of it').toBe(true);
  const verb = routes.begin(INCOMING, PROFILE);
  expect(routes.needsAgent(CALL)).toBe(true);
  routes.depart(CALL, { to: 'keys', keys: '1' });
  expect(routes.needsAgent(CALL), 'it listens to what comes of the keys').toBe(true);
  routes.depart(CALL, to('support'));
  expect(routes.needsAgent(CALL), 'the agent has let go').toBe(false);
  routes.ask({ call: INCOMING, step: stepOf(verb), outcome: { of: 'stream' } });
  expect(routes.needsAgent(CALL), 'nobody may take them').toBe(true);
  routes.over(CALL);
  expect(routes.needsAgent(CALL)).toBe(false);
  await settled();
});
