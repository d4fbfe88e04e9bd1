import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localTimeOf } from '../../../src/tools/built-in/local-time.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import type { Office } from '../../../src/tools/tool.ts';
import { visitStart } from '../../../src/tools/built-in/visit-time.ts';

const NOW = Date.parse('2026-10-20T15:00:00Z');
const office: Office = { timeZone: 'America/New_York', language: 'en-US' };
/** Nine to five in UTC with a break from twelve to one. */
const nineToFive: Office = {
  ...office,
  timeZone: 'UTC',
  isOpenAt(epochMs) {
    const hour = new Date(epochMs).getUTCHours();
    return hour >= 9 && hour < 17 && hour !== 12;
  },
};

test('a time in the future is the moment of the clock there, in summer and in winter', () => {
  expect(visitStart({ date: '2026-10-31', time: '09:30' }, 30, office, NOW)).toBe(
    Date.parse('2026-10-31T09:30:00-04:00'),
  );
  expect(visitStart({ date: '2026-11-01', time: '09:30' }, 30, office, NOW)).toBe(
    Date.parse('2026-11-01T09:30:00-05:00'),
  );
});

test.each([
  ['2027-03-14', '02:30', /does not exist/],
  ['2026-11-01', '01:30', /comes twice/],
  ['2026-10-20', '11:00', /in the past: it is now Tuesday, October 20 at 11:00 AM, 2026-10-20/],
  ['2025-10-27', '11:00', /in the past/],
  ['2062-10-27', '11:00', /too far ahead/],
])('%s %s is refused in words', (date, time, words) => {
  expect(() => visitStart({ date, time }, 30, office, NOW)).toThrow(ToolRefusal);
  expect(() => visitStart({ date, time }, 30, office, NOW)).toThrow(words);
});

test.each([
  ['09:00', 30, true],
  ['08:59', 30, false],
  ['11:30', 30, true],
  ['11:31', 30, false],
  ['11:30', 120, false], // over the break
  ['13:00', 240, true],
  ['13:00', 241, false],
  ['16:59', 1, true],
  ['17:00', 1, false],
])('%s for %i minutes, open all the while: %s', (time, minutes, isOpen) => {
  const start = (): number => visitStart({ date: '2026-10-21', time }, minutes, nineToFive, NOW);
  if (isOpen) expect(start()).toBe(Date.parse(`2026-10-21T${time}:00Z`));
  else expect(start).toThrow(/not open for all of this time/);
});

test('whatever is not refused shows the asked time on the wall, and is ahead', () => {
  const zones = fc.constantFrom('America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Beirut');
  const days = fc.integer({ min: -30, max: 800 });
  const minutesOfDay = fc.integer({ min: 0, max: 24 * 60 - 1 });
  fc.assert(
    fc.property(zones, days, minutesOfDay, (timeZone, day, minute) => {
      const wall = new Date(Date.UTC(2026, 9, 20 + day, 0, minute)).toISOString();
      const at = { date: wall.slice(0, 10), time: wall.slice(11, 16) };
      let startsAtMs: number;
      try {
        startsAtMs = visitStart(at, 30, { timeZone, language: 'en-US' }, NOW);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ToolRefusal);
        return;
      }
      expect(localTimeOf(startsAtMs, timeZone)).toEqual(at);
      expect(startsAtMs).toBeGreaterThan(NOW);
    }),
  );
});
