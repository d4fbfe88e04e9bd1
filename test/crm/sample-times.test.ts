import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { SampleDay } from '../../src/crm/contacts-file.ts';
import { startsOf } from '../../src/crm/sample-times.ts';

const ZONE = 'America/New_York';
const at = (day: SampleDay, from: string, count = 2): string[] =>
  [...startsOf({ day, hour: 9, minute: 30 }, ZONE, Date.parse(from)).take(count)].map((ms) =>
    DateTime.fromMillis(ms, { zone: ZONE }).toFormat('ccc yyyy-MM-dd HH:mm'),
  );

test('the next such day of the week is never today', () => {
  // A Thursday, before and after the hour.
  expect(at({ weekday: 4 }, '2026-11-26T08:00:00-05:00')).toEqual([
    'Thu 2026-12-03 09:30',
    'Thu 2026-12-10 09:30',
  ]);
  expect(at({ weekday: 4 }, '2026-11-25T23:00:00-05:00')[0]).toBe('Thu 2026-11-26 09:30');
});

test('working days leave weekends out', () => {
  expect(at({ inWorkingDays: 1 }, '2026-11-27T12:00:00-05:00')).toEqual([
    'Mon 2026-11-30 09:30',
    'Tue 2026-12-01 09:30',
  ]);
  expect(at({ inWorkingDays: 1 }, '2026-11-28T12:00:00-05:00')[0]).toBe('Mon 2026-11-30 09:30');
  expect(at({ inWorkingDays: 6 }, '2026-11-25T12:00:00-05:00')[0]).toBe('Thu 2026-12-03 09:30');
});

test('what day it is goes by the clock of the office, and so does the hour, over the change of clocks', () => {
  // In London it is Thursday already; on 8 March clocks go forward in New York.
  expect(at({ weekday: 4 }, '2026-11-26T03:00:00Z')[0]).toBe('Thu 2026-11-26 09:30');
  expect(at({ inWorkingDays: 1 }, '2026-03-06T12:00:00-05:00')[0]).toBe('Mon 2026-03-09 09:30');
});

test('always in the future, on a working day, and later each time', () => {
  const day = fc.oneof(
    fc.record({ weekday: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ inWorkingDays: fc.integer({ min: 1, max: 60 }) }),
  );
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 4_000_000_000_000 }), (on, epochMs) => {
      let last = epochMs;
      for (const ms of startsOf({ day: on, hour: 0, minute: 0 }, ZONE, epochMs).take(5)) {
        expect(ms).toBeGreaterThan(last);
        expect(DateTime.fromMillis(ms, { zone: ZONE }).weekday).toBeLessThanOrEqual(5);
        last = ms;
      }
    }),
  );
});
