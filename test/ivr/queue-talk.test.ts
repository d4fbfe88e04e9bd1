// How long somebody out of a queue has talked: counted from when they were in it, whatever they had to hear before.
import { expect, test } from 'vitest';
import { keys as pressed, PROFILE, INCOMING, stepOf, world } from './routes-world.ts';
import { CALL } from './routes-rig.ts';

/** Without an agent, from the menu into the queue; `saidMs`: how long that takes to say. */
function queued(saidMs: number) {
  const one = world();
  one.here.clear();
  const menu = one.routes.fallBack(INCOMING, PROFILE, 'no-session');
  const verb = one.ask(pressed('3'), stepOf(menu));
  expect(verb).toMatchObject({ do: 'queue', say: { text: expect.stringContaining('support') as string } });
  const step = stepOf(verb);
  const waits = (waitedS: number) =>
    one.routes.waits({ callId: CALL, step, digits: '', queue: { position: 1, waitedS, averageS: 0 } });
  one.clock.advance(saidMs);
  return { ...one, waits, step };
}

test.each([
  ['half a second', 500, { do: 'ask-key' }],
  ['just less than five', 4_999, { do: 'ask-key' }],
  ['five seconds', 5_000, { do: 'hang-up' }],
])('after 6 s of words and 30 s of music they talk for %s', async (_, talkMs, next) => {
  const { clock, waits, ask, step } = queued(6_000);
  await waits(0);
  clock.advance(8_000);
  await waits(8);
  clock.advance(22_000 + talkMs);
  expect(ask({ of: 'queue', result: 'bridged', waitedS: 30 }, step)).toMatchObject(next);
});

test.each([
  [500, { do: 'ask-key' }],
  [6_000, { do: 'hang-up' }],
])('the first request for music comes late; they talk for %i ms', async (talkMs, next) => {
  const { clock, waits, ask, step } = queued(6_000);
  clock.advance(10_000);
  await waits(10);
  clock.advance(20_000 + talkMs);
  expect(ask({ of: 'queue', result: 'bridged', waitedS: 30 }, step)).toMatchObject(next);
});

test('a carrier that counts no time: they still wait no longer than the profile lets them', async () => {
  const { clock, waits } = queued(6_000);
  await waits(0);
  clock.advance(10 * 60_000 - 1);
  expect(await waits(0)).toMatchObject({ do: 'music' });
  clock.advance(1);
  expect(await waits(0)).toEqual({ do: 'leave-queue' });
});
