import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openingHours } from '../../src/agents/hours-field.ts';
import { hoursInWords, isOpenAt } from '../../src/agents/hours.ts';

const BERLIN = 'Europe/Berlin';
const at = (iso: string): number => Date.parse(iso);

const hours = openingHours.parse({
  every_day: '10:00-11:00',
  weekdays: ['13:00 - 17:00', '9:00-12:00'],
  wed: 'closed',
  fri: '18:00-02:00',
  dates: { '2026-12-24': '09:00-12:00', '2026-12-25': 'closed', '2026-12-27': '00:00-24:00' },
});

describe('open', () => {
  test.each([
    ['the first minute', '2026-11-23T09:00:00+01:00', true],
    ['just before', '2026-11-23T08:59:59.999+01:00', false],
    ['the end is closed', '2026-11-23T12:00:00+01:00', false],
    ['the break', '2026-11-23T12:30:00+01:00', false],
    ['the second window', '2026-11-23T16:59:59+01:00', true],
    ['a day of its own', '2026-11-25T10:30:00+01:00', false],
    ['a day for which nothing else is written', '2026-11-22T10:30:00+01:00', true],
    ['before midnight', '2026-11-27T23:59:59+01:00', true],
    ['after midnight, on the hours of the day before', '2026-11-28T01:59:59+01:00', true],
    ['the end of those', '2026-11-28T02:00:00+01:00', false],
    ['a date is stronger than its day', '2026-12-24T14:00:00+01:00', false],
    ['a date that is open', '2026-12-24T11:59:00+01:00', true],
    ['a date that is closed', '2026-12-25T19:00:00+01:00', false],
    ['what began on a closed date would have gone on', '2026-12-26T01:00:00+01:00', false],
    ['a whole day, its first minute', '2026-12-27T00:00:00+01:00', true],
    ['a whole day, its last', '2026-12-27T23:59:59+01:00', true],
    ['not the day after', '2026-12-28T00:00:00+01:00', false],
    ['the same moment, written elsewhere', '2026-11-23T03:00:00-05:00', true],
  ])('%s', (_, iso, isOpen) => expect(isOpenAt(hours, BERLIN, at(iso))).toBe(isOpen));
});

describe('when clocks change', () => {
  const night = openingHours.parse({ sun: '02:30-04:00' });

  test('a start in the hour that is left out is the moment after it', () => {
    // 29 March 2026, 02:00 CET is 03:00 CEST.
    expect(isOpenAt(night, BERLIN, at('2026-03-29T01:59:59+01:00'))).toBe(false);
    expect(isOpenAt(night, BERLIN, at('2026-03-29T03:00:00+02:00'))).toBe(true);
    expect(isOpenAt(night, BERLIN, at('2026-03-29T04:00:00+02:00'))).toBe(false);
  });

  test('an hour that comes twice is open both times', () => {
    // 25 October 2026, 03:00 CEST is 02:00 CET.
    for (const offset of ['+02:00', '+01:00']) {
      expect(isOpenAt(night, BERLIN, at(`2026-10-25T02:45:00${offset}`))).toBe(true);
      expect(isOpenAt(night, BERLIN, at(`2026-10-25T02:15:00${offset}`))).toBe(false);
    }
  });
});

const ZONES = [
  'UTC',
  BERLIN,
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });
const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
const clock = (of: number): string =>
  `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;

/** What a clock on the wall shows there, by other means than the code’s. */
const wall = (zone: string, epochMs: number): string =>
  new Date(epochMs).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);

test('in every zone and at every moment the clock on the wall decides', () => {
  const property = fc.property(
    fc.constantFrom(...ZONES),
    moment,
    minute,
    minute,
    (zone, epochMs, start, end) => {
      fc.pre(start !== end);
      const [date = '', time = ''] = wall(zone, epochMs).split(' ');
      const midnight = Date.parse(`${date}T00:00:00Z`);
      const window = `${clock(start)}-${clock(end)}`;
      const isWithin =
        start < end ? clock(start) <= time && time < clock(end) : clock(start) <= time || time < clock(end);
      expect(isOpenAt(openingHours.parse({ every_day: window }), zone, epochMs)).toBe(isWithin);

      // Only the day on which a window starts has it, by its name or by its date.
      const startsToday = start < end ? isWithin : clock(start) <= time;
      const today = DAYS[new Date(midnight).getUTCDay()]!;
      expect(isOpenAt(openingHours.parse({ [today]: window }), zone, epochMs)).toBe(startsToday);
      expect(isOpenAt(openingHours.parse({ dates: { [date]: window } }), zone, epochMs)).toBe(startsToday);
      const closedToday = openingHours.parse({ every_day: window, dates: { [date]: 'closed' } });
      expect(isOpenAt(closedToday, zone, epochMs)).toBe(isWithin && !startsToday);
    },
  );
  fc.assert(property, { numRuns: 300 });
});

describe('in words', () => {
  const said = (iso: string, language = 'en-US'): string =>
    hoursInWords(hours, { language, timeZone: BERLIN }, at(iso));

  test.each([
    ['2026-11-23T20:00:00+01:00', 'en-US', '9:00 AM to 12:00 PM and 1:00 PM to 5:00 PM'],
    ['2026-11-23T20:00:00+01:00', 'de-DE', '09:00 bis 12:00 und 13:00 bis 17:00'],
    ['2026-11-23T20:00:00+01:00', 'fr-FR', '09:00 à 12:00 et 13:00 à 17:00'],
    ['2026-11-27T12:00:00+01:00', 'en-GB', '18:00 to 02:00'],
    ['2026-12-25T12:00:00+01:00', 'en-US', 'closed'],
    ['2026-12-25T12:00:00+01:00', 'es-ES', 'cerrado'],
    ['2026-12-27T12:00:00+01:00', 'en-US', 'all day'],
    ['2026-12-25T12:00:00+01:00', 'ja-JP', 'closed'],
    // Still the 26th in UTC.
    ['2026-12-27T00:30:00+01:00', 'en-US', 'all day'],
  ])('%s, %s: %s', (iso, language, words) => expect(said(iso, language)).toBe(words));
});

test.each([
  '9-17',
  '09:00',
  '25:00-26:00',
  '24:00-25:00',
  '09:60-10:00',
  '09:00–10:00',
  '',
  'open',
  9,
  true,
  null,
  [],
])('no hours: %j', (written) => {
  const { error } = openingHours.safeParse({ mon: written });
  expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [['mon'], 'expected hours such as "09:00-17:00", a list of them, or "closed"'],
  ]);
});
