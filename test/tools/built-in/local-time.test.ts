import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localTimeOf, momentsOf } from '../../../src/tools/built-in/local-time.ts';

const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe', // half an hour of summer time
  'America/Sao_Paulo', // no summer time since 2019
  'Asia/Kathmandu', // 5:45
  'Pacific/Apia', // UTC+13
  'Pacific/Chatham', // 12:45
  'Africa/Casablanca', // set back for Ramadan
  'Asia/Beirut', // changes at midnight
  'America/Santiago', // changes at midnight
];
const MINUTE_MS = 60_000;

const clocks = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA-u-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }),
  ]),
);

/** The clock on the wall by another library: ICU. */
function wallClock(epochMs: number, timeZone: string): { date: string; time: string } {
  const shown = clocks.get(timeZone)!.formatToParts(epochMs);
  const part = (type: string): string => shown.find((each) => each.type === type)!.value;
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

const anyMoment = fc
  .integer({ min: Date.UTC(2024, 0) / MINUTE_MS, max: Date.UTC(2032, 0) / MINUTE_MS })
  .map((minutes) => minutes * MINUTE_MS);

describe('momentsOf', () => {
  test('every moment is among those that its own clock time means, in every zone', () => {
    fc.assert(
      fc.property(anyMoment, fc.constantFrom(...ZONES), (epochMs, zone) => {
        const shown = wallClock(epochMs, zone);
        expect(momentsOf(shown, zone)).toContain(epochMs);
        expect(localTimeOf(epochMs, zone)).toEqual(shown);
      }),
    );
  });

  test('and it means no moment at which the clock shows anything else', () => {
    const anyTime = fc.record({
      day: fc.integer({ min: 0, max: 8 * 365 }),
      minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
    });
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...ZONES), ({ day, minute }, zone) => {
        const asked = new Date(Date.UTC(2024, 0, 1 + day, 0, minute)).toISOString();
        const at = { date: asked.slice(0, 10), time: asked.slice(11, 16) };
        for (const moment of momentsOf(at, zone)) expect(wallClock(moment, zone)).toEqual(at);
      }),
    );
  });

  // Every quarter of an hour of the days around each change of 2026 and 2027, against a search through all moments.
  test.each(ZONES)(
    'around the changes of the clock in %s there are none, one or two, as on the wall',
    (zone) => {
      const changes: number[] = [];
      const offset = (ms: number): number => {
        const { date, time } = wallClock(ms, zone);
        return Date.parse(`${date}T${time}Z`) - ms;
      };
      for (let ms = Date.UTC(2026, 0); ms < Date.UTC(2028, 0); ms += 24 * 60 * MINUTE_MS)
        if (offset(ms) !== offset(ms + 24 * 60 * MINUTE_MS)) changes.push(ms);
      const counts = new Set<number>();
      for (const change of changes) {
        const meant = Map.groupBy(
          Array.from({ length: 4 * 24 * 4 }, (_, i) => change + (i - 24 * 4) * 15 * MINUTE_MS),
          (ms) => JSON.stringify(wallClock(ms, zone)),
        );
        for (let i = 0; i < 24 * 4; i++) {
          const wall = new Date(change + offset(change) + i * 15 * MINUTE_MS).toISOString();
          const at = { date: wall.slice(0, 10), time: wall.slice(11, 16) };
          const expected = meant.get(JSON.stringify(at)) ?? [];
          expect(momentsOf(at, zone)).toEqual(expected);
          counts.add(expected.length);
        }
      }
      expect([...counts].sort()).toEqual(changes.length === 0 ? [] : [0, 1, 2]);
    },
  );

  test.each([
    ['2027-03-14', '02:30', 'America/New_York', 0],
    ['2026-11-01', '01:30', 'America/New_York', 2],
    ['2027-03-28', '02:30', 'Europe/Berlin', 0],
    ['2026-10-25', '02:30', 'Europe/Berlin', 2],
    ['2026-10-04', '02:15', 'Australia/Lord_Howe', 0],
    ['2027-04-04', '01:45', 'Australia/Lord_Howe', 2],
    ['2011-12-30', '12:00', 'Pacific/Apia', 0], // a day that Samoa left out
    ['2027-02-29', '12:00', 'UTC', 0],
  ])('%s %s in %s: %i', (date, time, zone, count) => {
    expect(momentsOf({ date, time }, zone)).toHaveLength(count);
  });

  test('of two, the earlier comes first', () => {
    expect(momentsOf({ date: '2026-11-01', time: '01:30' }, 'America/New_York')).toEqual([
      Date.parse('2026-11-01T01:30:00-04:00'),
      Date.parse('2026-11-01T01:30:00-05:00'),
    ]);
  });
});
