import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import {
  DAY_MS,
  dayOf,
  dayOfCount,
  happensOn,
  latestOnOrBefore,
  type Rule,
} from '../../src/agents/recurrence.ts';

const day = (date: string): number => dayOf(Date.parse(`${date}T00:00:00Z`));
const dateOf = (of: number): string => new Date(of * DAY_MS).toISOString().slice(0, 10);

const yearly: Rule = {
  every: 'year',
  interval: 1,
  untilDay: undefined,
  months: [],
  monthDays: [],
  weekdays: [],
  positions: [],
  weekStart: 1,
};

function datesOf(first: string, rule: Partial<Rule>, until: string): string[] {
  const on = { firstDay: day(first), rule: { ...yearly, ...rule } };
  const dates: string[] = [];
  for (let each = day(first) - 3; each <= day(until); each += 1)
    if (happensOn(on, each)) dates.push(dateOf(each));
  return dates;
}

describe('happens', () => {
  test('once, without a rule', () => {
    const on = { firstDay: day('2026-12-25'), rule: undefined };
    expect(['2026-12-24', '2026-12-25', '2027-12-25'].map((date) => happensOn(on, day(date)))).toEqual([
      false,
      true,
      false,
    ]);
  });

  test.each<[string, string, Partial<Rule>, string, string[]]>([
    ['every year', '2026-12-25', {}, '2028-12-31', ['2026-12-25', '2027-12-25', '2028-12-25']],
    [
      'on a leap day, and on no other',
      '2024-02-29',
      {},
      '2032-12-31',
      ['2024-02-29', '2028-02-29', '2032-02-29'],
    ],
    [
      'on the fourth Thursday of November',
      '2025-11-27',
      { months: [11], weekdays: [{ nth: 4, weekday: 4 }] },
      '2027-12-31',
      ['2025-11-27', '2026-11-26', '2027-11-25'],
    ],
    [
      'on the last Monday of May',
      '2026-05-25',
      { months: [5], weekdays: [{ nth: -1, weekday: 1 }] },
      '2027-12-31',
      ['2026-05-25', '2027-05-31'],
    ],
    [
      'on the last day of each month that has 31',
      '2026-01-31',
      { every: 'month' },
      '2026-06-30',
      ['2026-01-31', '2026-03-31', '2026-05-31'],
    ],
    [
      'on the last day of each month',
      '2026-01-31',
      { every: 'month', monthDays: [-1] },
      '2026-04-30',
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
    ],
    [
      'on the last working day of each month',
      '2026-01-30',
      {
        every: 'month',
        weekdays: [1, 2, 3, 4, 5].map((weekday) => ({ nth: 0, weekday })),
        positions: [-1],
      },
      '2026-03-31',
      ['2026-01-30', '2026-02-27', '2026-03-31'],
    ],
    [
      'every other week, which begins on a Sunday',
      '2026-11-23',
      {
        every: 'week',
        interval: 2,
        weekdays: [
          { nth: 0, weekday: 1 },
          { nth: 0, weekday: 0 },
        ],
        weekStart: 0,
      },
      '2026-12-21',
      ['2026-11-23', '2026-12-06', '2026-12-07', '2026-12-20', '2026-12-21'],
    ],
    [
      'every other week, which begins on a Monday',
      '2026-11-23',
      {
        every: 'week',
        interval: 2,
        weekdays: [
          { nth: 0, weekday: 1 },
          { nth: 0, weekday: 0 },
        ],
        weekStart: 1,
      },
      '2026-12-21',
      ['2026-11-23', '2026-11-29', '2026-12-07', '2026-12-13', '2026-12-21'],
    ],
    [
      'every third day, until one',
      '2026-11-23',
      { every: 'day', interval: 3, untilDay: day('2026-11-29') },
      '2026-12-31',
      ['2026-11-23', '2026-11-26', '2026-11-29'],
    ],
    [
      'on a day that never comes: the first alone',
      '2026-02-01',
      { months: [2], monthDays: [30] },
      '2030-12-31',
      ['2026-02-01'],
    ],
  ])('%s', (_, first, rule, until, dates) => expect(datesOf(first, rule, until)).toEqual(dates));

  test('in a hundred years as in one', () => {
    const on = { firstDay: day('1999-12-25'), rule: yearly };
    expect([happensOn(on, day('2126-12-25')), happensOn(on, day('2126-12-26'))]).toEqual([true, false]);
  });
});

test('the latest, and the n-th', () => {
  const march = {
    firstDay: day('1601-01-01'),
    rule: { ...yearly, months: [3], weekdays: [{ nth: -1, weekday: 0 }] },
  };
  const latest = (date: string): string => dateOf(latestOnOrBefore(march, day(date)) ?? NaN);
  expect([latest('2026-03-28'), latest('2026-03-29'), latest('2027-01-01')]).toEqual([
    '2025-03-30',
    '2026-03-29',
    '2026-03-29',
  ]);
  expect(latestOnOrBefore(march, day('1600-12-31'))).toBeUndefined();
  const leap = { firstDay: day('2096-02-29'), rule: yearly };
  expect(dateOf(latestOnOrBefore(leap, day('2104-02-28')) ?? NaN)).toBe('2096-02-29');
  const ended = { firstDay: day('2020-12-25'), rule: { ...yearly, untilDay: day('2021-12-25') } };
  expect(dateOf(latestOnOrBefore(ended, day('2060-01-01')) ?? NaN)).toBe('2021-12-25');
  expect(dateOf(dayOfCount({ firstDay: day('2026-12-25'), rule: yearly }, 3) ?? NaN)).toBe('2028-12-25');
  expect(dayOfCount({ firstDay: day('2026-12-25'), rule: yearly }, 60)).toBeUndefined();
});

const NAMES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const EVERY = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' } as const;

/** The kinds of rules that holidays have, and that the other program has right: it puts 30 February into March. */
const rules = fc
  .record({
    every: fc.constantFrom('day', 'week', 'month', 'year'),
    interval: fc.integer({ min: 1, max: 4 }),
    month: fc.integer({ min: 1, max: 12 }),
    monthDay: fc.integer({ min: 1, max: 28 }),
    weekday: fc.integer({ min: 0, max: 6 }),
    nth: fc.constantFrom(1, 2, 3, 4, -1),
    weekStart: fc.integer({ min: 0, max: 6 }),
    by: fc.constantFrom('nothing', 'monthDay', 'weekday'),
  })
  .map(({ every, interval, month, monthDay, weekday, nth, weekStart, by }) => {
    const isWide = every === 'month' || every === 'year';
    const rule: Rule = {
      ...{ every, interval, weekStart, untilDay: undefined, positions: [] },
      months: every === 'year' && by !== 'nothing' ? [month] : [],
      monthDays: isWide && by === 'monthDay' ? [monthDay] : [],
      weekdays: every !== 'day' && by === 'weekday' ? [{ nth: isWide ? nth : 0, weekday }] : [],
    };
    const parts = [
      `FREQ=${EVERY[every]}`,
      `INTERVAL=${interval}`,
      `WKST=${NAMES[weekStart]}`,
      ...rule.months.map((one) => `BYMONTH=${one}`),
      ...rule.monthDays.map((one) => `BYMONTHDAY=${one}`),
      ...rule.weekdays.map((one) => `BYDAY=${one.nth === 0 ? '' : one.nth}${NAMES[one.weekday]}`),
    ];
    return { rule, written: parts.join(';') };
  });

test('as another program has it', () => {
  const first = fc.integer({ min: day('1990-01-01'), max: day('2030-01-01') });
  fc.assert(
    fc.property(rules, first, ({ rule, written }, at) => {
      const from = ICAL.Time.fromDateString(dateOf(at));
      fc.pre(from.day <= 28);
      const others = ICAL.Recur.fromString(written).iterator(from);
      const theirs = Array.from({ length: 8 }, () => day(others.next().toString().slice(0, 10)));
      // Which days a series has before it comes into step with its rule is nowhere said.
      const begin = theirs[1]!;
      const ours: number[] = [];
      for (let each = begin; each <= theirs.at(-1)!; each += 1)
        if (happensOn({ firstDay: at, rule }, each)) ours.push(each);
      expect(ours.map(dateOf)).toEqual(theirs.slice(1).map(dateOf));
    }),
    { numRuns: 300 },
  );
});
