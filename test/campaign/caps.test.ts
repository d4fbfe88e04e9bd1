// How often a number may be called.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import { AFTER_ABANDONED_MS, capsVerdict, type Caps, type PastCall } from '../../src/campaign/caps.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 5, 1);
const ago = (ms: number, outcome: AttemptOutcome | undefined = 'no-answer'): PastCall => ({
  atMs: NOW - ms,
  outcome,
});
const limits = (of: Omit<Caps, 'of'>): Caps[] => [{ of: 'campaign', ...of }];

describe('until exactly then', () => {
  test.each<[string, Caps[], PastCall[], number]>([
    ['caps.day', limits({ perDay: 2 }), [ago(20 * HOUR), ago(3 * HOUR)], 4 * HOUR],
    ['caps.day', limits({ perDay: 1 }), [ago(20 * HOUR), ago(3 * HOUR)], 21 * HOUR],
    ['caps.week', limits({ perWeek: 2, perDay: 2 }), [ago(6 * DAY), ago(5 * DAY)], DAY],
    [
      'caps.month',
      limits({ per30Days: 4 }),
      [ago(28 * DAY), ago(20 * DAY), ago(15 * DAY), ago(9 * DAY)],
      2 * DAY,
    ],
    ['caps.gap', limits({ minGapHours: 4 }), [ago(60_000, 'blocked')], 4 * HOUR - 60_000],
    ['caps.gap', limits({ minGapHours: 4 }), [ago(HOUR), ago(2 * HOUR)], 3 * HOUR],
    ['caps.abandoned', limits({}), [ago(DAY, 'abandoned')], AFTER_ABANDONED_MS - DAY],
    ['caps.day', [...limits({ perDay: 3 }), { of: 'US-FL 2026', perDay: 2 }], [ago(2), ago(1)], DAY - 2],
  ])('%s', (rule, caps, past, inMs) => {
    expect(capsVerdict(caps, past, NOW)).toMatchObject({ may: 'wait', rule, untilMs: NOW + inMs });
  });
});

test('a call that is as old as the window is out of it', () => {
  expect(capsVerdict(limits({ perDay: 1 }), [ago(DAY)], NOW).may).toBe('ring');
  expect(capsVerdict(limits({ perDay: 1 }), [ago(DAY - 1)], NOW).may).toBe('wait');
});

test('a busy line did not ring, so the gap does not count; the day does', () => {
  expect(capsVerdict(limits({ minGapHours: 4 }), [ago(1, 'busy')], NOW).may).toBe('ring');
  expect(capsVerdict(limits({ perDay: 1 }), [ago(1, 'busy')], NOW).may).toBe('wait');
});

test('who was never called does not count as called', () => {
  expect(capsVerdict(limits({ perDay: 1, total: 1, minGapHours: 9 }), [ago(1, 'not-placed')], NOW).may).toBe(
    'ring',
  );
});

test('as often as ever', () => {
  expect(capsVerdict(limits({ total: 2 }), [ago(900 * DAY), ago(800 * DAY)], NOW)).toMatchObject({
    may: 'never',
    rule: 'caps.total',
  });
});

test.each<[string, Caps[], PastCall[], number]>([
  ['caps.open', limits({}), [{ atMs: NOW - 9 * DAY, outcome: undefined }], NOW],
  ['caps.unreadable', limits({}), [ago(NaN)], NOW],
  ['caps.unreadable', limits({}), [], NaN],
  ['caps.unreadable', limits({ perDay: NaN }), [], NOW],
  ['caps.unreadable', limits({ minGapHours: -1 }), [], NOW],
  ['caps.unreadable', limits({ per30Days: NaN }), [], NOW],
  ['caps.day', limits({ perDay: 0 }), [], NOW],
])('what is not known, or never allowed, waits for somebody: %s', (rule, caps, past, nowMs) => {
  expect(capsVerdict(caps, past, nowMs)).toMatchObject({ may: 'wait', rule, untilMs: undefined });
});

const past = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 32 * 24 * 60 }).map((minutes) => NOW - minutes * 60_000),
    outcome: fc.constantFrom<AttemptOutcome>(
      'no-answer',
      'busy',
      'blocked',
      'failed',
      'human',
      'machine',
      'not-placed',
      'canceled',
      'abandoned',
    ),
  }),
  { maxLength: 12 },
);
const optional = (least: number, most: number) =>
  fc.option(fc.integer({ min: least, max: most }), { nil: undefined });
const caps = fc.array(
  fc.record({
    of: fc.constant('x'),
    perDay: optional(1, 4),
    perWeek: optional(1, 8),
    per30Days: optional(1, 10),
    minGapHours: optional(0, 30),
  }),
  { maxLength: 3 },
);

/** Counted by hand. */
function isWithin(all: readonly Caps[], calls: readonly PastCall[], nowMs: number): boolean {
  const made = calls.filter(({ outcome }) => outcome !== 'not-placed');
  const since = (ms: number): number => made.filter(({ atMs }) => nowMs - atMs < ms).length;
  return (
    !made.some(({ atMs, outcome }) => outcome === 'abandoned' && nowMs - atMs < AFTER_ABANDONED_MS) &&
    all.every(
      ({ perDay = Infinity, perWeek = Infinity, per30Days = Infinity, minGapHours = 0 }) =>
        since(DAY) < perDay &&
        since(7 * DAY) < perWeek &&
        since(30 * DAY) < per30Days &&
        made.every(
          ({ atMs, outcome }) =>
            outcome === 'busy' || outcome === 'failed' || nowMs - atMs >= minGapHours * HOUR,
        ),
    )
  );
}

test('says what counting says, and the moment it names is the first', () => {
  fc.assert(
    fc.property(caps, past, (all, calls) => {
      const verdict = capsVerdict(all, calls, NOW);
      expect(verdict.may === 'ring').toBe(isWithin(all, calls, NOW));
      if (verdict.may !== 'wait') return;
      expect(verdict.untilMs).toBeDefined();
      expect(capsVerdict(all, calls, verdict.untilMs!).may).toBe('ring');
      expect(capsVerdict(all, calls, verdict.untilMs! - 1).may).toBe('wait');
    }),
    { numRuns: 500 },
  );
});
