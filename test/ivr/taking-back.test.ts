// Callers who are taken back from where they wait: once, and from there alone; and whom they wait for. Real routes, a scripted
// carrier, a manual clock.
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { PersonStatus } from '../../src/carrier/webhooks.ts';
import { TALK_LASTS_AT_LEAST_MS } from '../../src/ivr/after-stream.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import type { RouteStore } from '../../src/ivr/route-store.ts';
import type { Route } from '../../src/ivr/route.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, NOW_MS, PERSON, to } from './routes-rig.ts';
import {
  ANSWERED,
  errandOf,
  INCOMING,
  keys,
  person,
  PROFILE,
  settled,
  stepOf,
  world,
} from './routes-world.ts';

const music = (step: number) => ({ callId: CALL, step, queue: undefined, digits: '' });
type World = ReturnType<typeof world>;
const takenBack = ({ control }: World) => control.reached.filter((reached) => reached.do === 'take-back');

/** The caller hears music, and the person has just picked up. */
async function briefed(given: Parameters<typeof world>[0] = {}) {
  const one = world(given);
  const step = stepOf(one.sent('billing'));
  await settled();
  const errand = errandOf(one.control);
  await one.routes.personAsks(person(errand, ANSWERED));
  const status = (of: PersonStatus['status'], id = PERSON) =>
    one.routes.personStatus({ id, errand, status: of });
  return { one, step, errand, status };
}

test('the carrier asks for music while a caller is being taken back: one request all the same', async () => {
  const { one, step, errand } = await briefed();
  await one.routes.personAsks(person(errand, keys('2')));
  await one.routes.waits(music(step));
  await settled();
  await one.routes.waits(music(step));
  await settled();
  expect(takenBack(one)).toEqual([{ do: 'take-back', id: CALL, step }]);
});

test('the carrier does not do what it said that it would: asked again', async () => {
  const { one, step, errand } = await briefed();
  await one.routes.personAsks(person(errand, keys('2')));
  await settled();
  one.clock.advance(15_000);
  await one.routes.waits(music(step));
  await settled();
  expect(takenBack(one)).toHaveLength(2);
});

test('the second person declines at once: the caller is taken back from them as well', async () => {
  const { one, step, errand } = await briefed();
  await one.routes.personAsks(person(errand, keys('2')));
  await settled();
  const back = one.ask(undefined, step);
  one.routes.depart(CALL, to('billing'));
  const again = stepOf(one.ask(undefined, stepOf(back)));
  await settled();
  await one.routes.personAsks(person(errandOf(one.control), keys('2')));
  await settled();
  expect(takenBack(one)).toMatchObject([{ step }, { step: again }]);
});

test('another process has sent the caller on meanwhile: they are not taken out of there', async () => {
  const clock = new ManualClock(NOW_MS);
  const store = createMemoryRoutes(clock);
  const { one, step, errand } = await briefed({ store, clock });
  const other = world({ store, clock });
  await other.routes.recall(CALL);
  expect(other.ask({ of: 'dial', result: 'answered', talkedS: 1 }, step)).toMatchObject({ do: 'stream' });
  await one.routes.personAsks(person(errand, keys('2')));
  await settled();
  expect(takenBack(one)).toEqual([]);
});

test('the call turns out to be over when its caller is to be taken back: its agent knows', async () => {
  const { one, errand } = await briefed();
  one.control.end(CALL);
  await one.routes.personAsks(person(errand, keys('2')));
  await settled();
  expect(one.gone).toEqual([CALL]);
  expect(one.returned).toEqual([]);
  expect(one.routes.again(CALL)).toEqual({ do: 'hang-up' });
});

test('who picks up at the last ring has as long as anybody to listen', async () => {
  const one = world();
  one.sent('billing');
  await settled();
  one.clock.advance(24_000);
  const errand = errandOf(one.control);
  await one.routes.personAsks(person(errand, ANSWERED));
  one.clock.advance(74_999);
  await settled();
  expect(takenBack(one)).toEqual([]);
  expect(await one.routes.personAsks(person(errand, keys('1')))).toMatchObject({ do: 'join' });
});

test('who listens, and presses nothing, is not waited for longer; pressed then, no lie is told', async () => {
  const { one, errand } = await briefed();
  one.clock.advance(75_000);
  await settled();
  expect(takenBack(one)).toHaveLength(1);
  expect(await one.routes.personAsks(person(errand, keys('1')))).toMatchObject({
    text: 'Sorry, the caller is no longer waiting. Goodbye.',
  });
});

test('a talk is over, and the carrier does not ask what is next: the caller is fetched after 3 s', async () => {
  const { one, step, errand, status } = await briefed();
  await one.routes.personAsks(person(errand, keys('1')));
  one.clock.advance(60_000);
  await settled();
  status('completed');
  one.clock.advance(2_999);
  await settled();
  expect(takenBack(one)).toEqual([]);
  one.clock.advance(1);
  await settled();
  expect(takenBack(one)).toEqual([{ do: 'take-back', id: CALL, step }]);
  expect(one.ask(undefined, step)).toEqual({ do: 'hang-up' });
});

test.each([
  ['who declined', '2', 'take-back'],
  ['who has talked and left', '1', 'take-back'],
])(
  'the request to fetch the caller of a person %s is lost for good: tried again with the music',
  async (_, key) => {
    const { one, step, errand, status } = await briefed();
    one.control.fail(...Array.from({ length: 5 }, () => 'away' as const));
    await one.routes.personAsks(person(errand, keys(key)));
    if (key === '1') {
      one.clock.advance(60_000);
      await settled();
      status('completed');
    }
    for (const ms of [3_000, 500, 2_000, 5_000, 15_000]) {
      one.clock.advance(ms);
      await settled();
    }
    expect(takenBack(one), 'all five failed').toEqual([]);
    await one.routes.waits(music(step));
    await settled();
    expect(takenBack(one)).toHaveLength(1);
  },
);

test('the end of another leg than the one that has joined breaks no talk', async () => {
  const { one, errand, status, step } = await briefed();
  await one.routes.personAsks(person(errand, keys('1')));
  status('completed', callId('CA000000000000000000000000000000ff'));
  one.clock.advance(TALK_LASTS_AT_LEAST_MS);
  await settled();
  expect(one.handedOver).toEqual([CALL]);
  one.clock.advance(3_000);
  await settled();
  expect(takenBack(one)).toEqual([]);
  expect(one.ask({ of: 'dial', result: 'answered', talkedS: 8 }, step)).toEqual({ do: 'hang-up' });
});

test('a caller is sent on ten times in a call, and not an eleventh time', () => {
  const one = world();
  let at = stepOf(one.routes.begin(INCOMING, PROFILE));
  for (let time = 1; time <= 10; time += 1) {
    one.routes.depart(CALL, to('sales'));
    const dialled = one.ask(undefined, at);
    expect(dialled, `time ${time}`).toMatchObject({ do: 'dial' });
    at = stepOf(one.ask({ of: 'dial', result: 'busy', talkedS: 0 }, stepOf(dialled)));
  }
  one.routes.depart(CALL, to('sales'));
  expect(one.ask(undefined, at)).toMatchObject({ do: 'stream' });
  expect(one.returned.at(-1)).toContain('did not come about');
});

test.each([
  { what: 'of an earlier step', step: -1, revision: 9, wins: false },
  { what: 'of the same step, decided earlier', step: 0, revision: -1, wins: false },
  { what: 'of the same step, decided later', step: 0, revision: 1, wins: true },
  { what: 'of a later step', step: 1, revision: -1, wins: true },
])('a route from the store $what: known afterwards $wins', async ({ step, revision, wins }) => {
  const clock = new ManualClock(NOW_MS);
  const kept = createMemoryRoutes(clock);
  let mine: Route | undefined;
  const store: RouteStore = {
    ...kept,
    save: (route) => void (mine = route),
    load: () =>
      Promise.resolve(
        mine && {
          ...{ ...mine, step: mine.step + step, revision: mine.revision + revision },
          given: { do: 'say-and-hang-up', text: 'From the store.', language: 'en-US' },
        },
      ),
  };
  const one = world({ store, clock });
  one.sent('billing');
  await one.routes.recall(CALL);
  expect(one.routes.again(CALL)?.do).toBe(wins ? 'say-and-hang-up' : 'hold');
});

test('whose stream is of no use is taken back from it, once; the agent waits for another', async () => {
  const one = world();
  const step = stepOf(one.routes.begin(INCOMING, PROFILE));
  one.routes.point(CALL);
  one.routes.point(CALL);
  await settled();
  expect(takenBack(one)).toEqual([{ do: 'take-back', id: CALL, step }]);
  expect(one.ask(undefined, step)).toMatchObject({ do: 'stream' });
});

test('who is with a person, or whom nobody knows, is not taken back for a stream', async () => {
  const { one } = await briefed();
  one.routes.point(CALL);
  one.routes.point(callId('CA-unknown'));
  await settled();
  expect(takenBack(one)).toEqual([]);
});
