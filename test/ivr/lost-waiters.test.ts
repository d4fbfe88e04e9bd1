// Callers who wait for somebody of whom nothing is known any more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Waiting } from '../../src/carrier/webhooks.ts';
import { LOST_AFTER_MS, LostWaiters } from '../../src/ivr/lost-waiters.ts';
import type { Route, Where } from '../../src/ivr/route.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CALL, NOW_MS, route } from './routes-rig.ts';

const held: Where = {
  ...{ at: 'held', destination: 'billing', sinceMs: NOW_MS, untilMs: NOW_MS },
  person: { is: 'called', id: undefined },
};
const QUEUE = { position: 1, waitedS: 300, averageS: 0 };
const waiting = (more: Partial<Waiting> = {}): Waiting => ({
  ...{ callId: CALL, step: 3, queue: undefined, digits: '' },
  ...more,
});

/** What is said of the second time that they ask. */
function asksTwice(first: Waiting, second: Waiting, known: Route | undefined, afterMs = LOST_AFTER_MS) {
  const clock = new ManualClock(NOW_MS);
  const waiters = new LostWaiters(clock);
  expect(waiters.isLeft(first, known), 'at once').toBe(false);
  clock.advance(afterMs);
  return waiters.isLeft(second, known);
}

test.each<[string, Route | undefined, boolean]>([
  ['nothing is known of them', undefined, true],
  ['they are with the agent, as far as is known', route({ at: 'agent' }), true],
  ['they are held since an earlier verb, as far as is known', route(held, { step: 2 }), true],
  ['their call is over, as far as is known', route({ at: 'over' }), true],
  ['they are held', route(held), false],
  [
    'they are in a queue',
    route({ ...{ at: 'queued', destination: 'support', sinceMs: NOW_MS }, leaves: undefined }),
    false,
  ],
])('%s', (_what, known, isLeft) => {
  expect(asksTwice(waiting(), waiting(), known)).toBe(isLeft);
});

test('nobody is given up while somebody may still come', () => {
  fc.assert(
    fc.property(fc.nat(LOST_AFTER_MS + 60_000), (afterMs) => {
      expect(asksTwice(waiting(), waiting(), undefined, afterMs)).toBe(afterMs >= LOST_AFTER_MS);
    }),
  );
});

test('whoever waits after another verb is looked at anew, and a queue is left in another way', () => {
  expect(asksTwice(waiting(), waiting({ step: 4 }), undefined)).toBe(false);
  expect(asksTwice(waiting({ queue: QUEUE }), waiting({ queue: QUEUE }), undefined)).toBe(false);
});
