// When a connection is renewed by us: quiet, settled, or at the latest possible moment.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isTime,
  RENEW_AT_AGE_MS,
  renewalAtAge,
  renewalAtGoAway,
  sooner,
} from '../../../src/live/gemini/renewal.ts';

test.each([
  [50_000, 49_000],
  [9_500, 8_500],
  [1_000, 0],
  [200, 0],
  [0, 0],
  [-5_000, 0],
  [undefined, 9_000],
])('goAway with %s ms left: by %s ms from now', (leftMs, withinMs) => {
  const { plannedMs, byMs } = renewalAtGoAway(leftMs, 1_000);
  expect([plannedMs, byMs - plannedMs]).toEqual([1_000, withinMs]);
});

test('by age it is over well before the ten minutes are', () => {
  const { byMs } = renewalAtAge(RENEW_AT_AGE_MS);
  expect(byMs).toBe(570_000);
});

describe('the moment', () => {
  const renewal = { why: '', plannedMs: 0, byMs: 30_000 };

  test.each([
    [0, 'settled', true],
    [0, 'quiet', false],
    [19_999, 'quiet', false],
    [20_000, 'quiet', true],
    [29_999, 'quiet', true],
    [29_999, 'busy', false],
    [30_000, 'busy', true],
    [40_000, 'busy', true],
  ] as const)('after %s of 30,000 ms, %s: %s', (nowMs, moment, is) => {
    expect(isTime(renewal, nowMs, moment)).toBe(is);
  });

  test('no time left: at once, whatever is going on', () => {
    expect(isTime(renewalAtGoAway(200, 5_000), 5_000, 'busy')).toBe(true);
  });
});

test('of two plans the one that must be done first holds, in either order', () => {
  const late = renewalAtAge(0);
  const soon = renewalAtGoAway(5_000, 100);
  expect(sooner(undefined, late)).toBe(late);
  expect(sooner(late, soon)).toBe(soon);
  expect(sooner(soon, late)).toBe(soon);
});

test('a better moment, or a later one, never makes it too early again; the deadline always holds', () => {
  const rank = ['busy', 'quiet', 'settled'] as const;
  fc.assert(
    fc.property(
      fc.option(fc.integer({ min: -1_000, max: 60_000 }), { nil: undefined }),
      fc.nat(70_000),
      fc.nat(70_000),
      fc.nat(2),
      fc.nat(2),
      (leftMs, oneMs, otherMs, one, other) => {
        const renewal = renewalAtGoAway(leftMs, 0);
        const nowMs = Math.min(oneMs, otherMs);
        const moment = Math.min(one, other);
        if (isTime(renewal, nowMs, rank[moment]!))
          expect(isTime(renewal, Math.max(oneMs, otherMs), rank[Math.max(one, other)]!)).toBe(true);
        expect(isTime(renewal, renewal.byMs + oneMs, 'busy')).toBe(true);
      },
    ),
    { seed: 1 },
  );
});
