// How long it will still take.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateMs, remaining } from '../../src/campaign/progress.ts';
import type { Progress } from '../../src/campaign/store.ts';

const MINUTE_MS = 60_000;
const progress = (over: Partial<Progress> = {}): Progress => ({
  contacts: { waiting: 90, dialling: 10, done: 50, never: 5 },
  ...{ outcomes: {}, attempts: {}, waits: {}, endedLately: 50, nextAtMs: undefined, lastAtMs: undefined },
  ...over,
});

test('who waits or is called is still to be done', () => {
  expect(remaining(progress({ contacts: { waiting: 2, dialling: 3, done: 4, stopped: 5 } }))).toBe(5);
});

test.each([
  { what: 'as fast as lately', over: {}, runningMs: 60 * MINUTE_MS, ms: 20 * MINUTE_MS },
  {
    what: 'in the first minutes, as fast as since the start',
    over: {},
    runningMs: MINUTE_MS,
    ms: 2 * MINUTE_MS,
  },
  {
    what: 'nobody is due before',
    over: { nextAtMs: 5 * MINUTE_MS },
    runningMs: 60 * MINUTE_MS,
    ms: 25 * MINUTE_MS,
  },
  {
    what: 'some of them wait for longer than that',
    over: { nextAtMs: 5 * MINUTE_MS, lastAtMs: 240 * MINUTE_MS },
    runningMs: 60 * MINUTE_MS,
    ms: 240 * MINUTE_MS,
  },
  {
    what: 'the last of them is due sooner than all can be called',
    over: { lastAtMs: MINUTE_MS },
    runningMs: 60 * MINUTE_MS,
    ms: 20 * MINUTE_MS,
  },
  {
    what: 'nobody came to an end yet, and all wait for the morning',
    over: { endedLately: 0, lastAtMs: 720 * MINUTE_MS },
    runningMs: 60 * MINUTE_MS,
    ms: 720 * MINUTE_MS,
  },
  { what: 'nobody came to an end yet', over: { endedLately: 0 }, runningMs: 60 * MINUTE_MS, ms: undefined },
  { what: 'nobody is left', over: { contacts: { done: 3 } }, runningMs: 60 * MINUTE_MS, ms: 0 },
])('$what', ({ over, runningMs, ms }) => {
  expect(estimateMs(progress(over), 0, runningMs)).toBe(ms);
});

test('never less than nothing, and never no number', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.integer(),
      fc.integer(),
      fc.integer(),
      (waiting, endedLately, nextAtMs, lastAtMs, runningMs) => {
        const of = progress({ contacts: { waiting }, endedLately, nextAtMs, lastAtMs });
        const ms = estimateMs(of, 0, runningMs);
        expect(ms === undefined || ms >= 0).toBe(true);
        if (waiting > 0 && ms !== undefined) expect(ms).toBeGreaterThanOrEqual(lastAtMs);
      },
    ),
  );
});
