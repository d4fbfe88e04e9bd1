// What becomes of a call that the CRM was to be told of.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError, type ErrorCode } from '../../src/base/errors.ts';
import { pauseAfter, verdictOn, type Step } from '../../src/records/crm-log-policy.ts';

const CODES = ['CRM_UNAVAILABLE', 'CRM_REFUSED', 'CRM_UNSUPPORTED', 'CRM_IN_DOUBT', 'CRM_UNKNOWN'] as const;
const MOST_TRIES = 30;

test('pauses double from 30 s to an hour, and end after a day', () => {
  const pauses = Array.from({ length: 9 }, (_, n) => pauseAfter(n + 1)! / 1_000);
  expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
  let sumMs = 0;
  let tries = 1;
  for (let pauseMs = pauseAfter(tries); pauseMs !== undefined; pauseMs = pauseAfter(++tries))
    sumMs += pauseMs;
  expect(tries).toBe(MOST_TRIES);
  expect(sumMs).toBeGreaterThan(23 * 3_600_000);
  expect(sumMs).toBeLessThanOrEqual(24 * 3_600_000);
});

const verdict = (
  thrown: ErrorCode | Error,
  over: Partial<Parameters<typeof verdictOn>[1]> = {},
): ReturnType<typeof verdictOn> =>
  verdictOn(typeof thrown === 'string' ? new LivelineError(thrown, 'x') : thrown, {
    ...{ step: 'telling', isLate: false, tries: 1, keepsKeys: true },
    ...over,
  });

test.for<[ErrorCode | Error, Step, boolean, boolean, object]>([
  ['CRM_UNAVAILABLE', 'telling', false, false, { is: 'due', isAway: true, afterMs: 30_000 }],
  ['CRM_UNAVAILABLE', 'finding', false, false, { is: 'due', isAway: true, afterMs: 30_000 }],
  ['CRM_REFUSED', 'telling', false, true, { is: 'failed', isAway: false }],
  ['CRM_REFUSED', 'finding', false, false, { is: 'failed', isAway: false }],
  ['CRM_UNSUPPORTED', 'telling', false, true, { is: 'failed', isAway: false }],
  ['CRM_UNKNOWN', 'telling', false, true, { is: 'failed', isAway: false }],
  ['CRM_IN_DOUBT', 'telling', false, true, { is: 'due', isAway: true, afterMs: 30_000 }],
  ['CRM_IN_DOUBT', 'telling', false, false, { is: 'in-doubt', isAway: true }],
  [new TypeError('a defect'), 'telling', false, false, { is: 'in-doubt', isAway: false }],
  [new TypeError('a defect'), 'telling', false, true, { is: 'due', isAway: false, afterMs: 30_000 }],
  [new TypeError('a defect'), 'finding', false, false, { is: 'failed', isAway: false }],
  // It was asked and did not answer in time: only before it was told anything is that harmless.
  ['CRM_UNAVAILABLE', 'finding', true, false, { is: 'due', isAway: true, afterMs: 30_000 }],
  ['CRM_UNAVAILABLE', 'telling', true, false, { is: 'in-doubt', isAway: true }],
  ['CRM_UNAVAILABLE', 'telling', true, true, { is: 'due', isAway: true, afterMs: 30_000 }],
])('%s while %s, late: %s, keys: %s', ([thrown, step, isLate, keepsKeys, expected]) => {
  expect(verdict(thrown, { step, isLate, keepsKeys })).toEqual(expected);
});

test.for<Step>(['finding', 'telling'])('%s: who is not let in at all is tried again', (step) => {
  const shut = { step, keepsKeys: false, isShut: true };
  expect(verdict('CRM_REFUSED', shut)).toEqual({ is: 'due', isAway: true, afterMs: 30_000 });
  expect(verdict('CRM_REFUSED', { ...shut, tries: MOST_TRIES })).toEqual({ is: 'failed', isAway: true });
});

test('without keys nothing that may have been done is done again; and nothing is due for ever', () => {
  const facts = fc.record({
    thrown: fc.oneof(
      fc.constantFrom(...CODES).map((code) => new LivelineError(code, 'x')),
      fc.constant(new Error('x')),
    ),
    step: fc.constantFrom<Step>('finding', 'telling'),
    isLate: fc.boolean(),
    isShut: fc.boolean(),
    tries: fc.integer({ min: 1, max: 2 * MOST_TRIES }),
    keepsKeys: fc.boolean(),
  });
  fc.assert(
    fc.property(facts, ({ thrown, ...at }) => {
      const { is } = verdictOn(thrown, at);
      const isSurelyUndone =
        at.step === 'finding' ||
        (!at.isLate && thrown instanceof LivelineError && thrown.code !== 'CRM_IN_DOUBT');
      if (is === 'due') {
        expect(at.tries).toBeLessThan(MOST_TRIES);
        expect(at.keepsKeys || isSurelyUndone).toBe(true);
      }
      if (is === 'in-doubt') expect(isSurelyUndone).toBe(false);
    }),
  );
});
