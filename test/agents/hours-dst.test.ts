// Hours, dated exceptions and holidays where clocks change, in every zone, minute by minute, against a second opinion.
import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { expect, test } from 'vitest';
import { readCalendar } from '../../src/agents/calendar.ts';
import { openingHours } from '../../src/agents/hours-field.ts';
import { isOpenAt } from '../../src/agents/hours.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Moments at which an offset changes, of one year; found hour by hour. Without any, midnight of New Year. */
function changesIn(zone: string, year: number): number[] {
  const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  const offsetAt = (ms: number): number => DateTime.fromMillis(ms, { zone }).offset;
  const changes: number[] = [];
  // In long steps first: most zones have none, and nobody changes twice in ten days.
  const LONG_MS = 240 * HOUR_MS;
  for (let first = from; first < to; first += LONG_MS) {
    if (offsetAt(first) === offsetAt(first + LONG_MS)) continue;
    for (let at = first; at < first + LONG_MS; at += 30 * MINUTE_MS)
      if (offsetAt(at) !== offsetAt(at + 30 * MINUTE_MS)) changes.push(at + 30 * MINUTE_MS);
  }
  return changes.length > 0 ? changes : [from];
}

interface Rig {
  readonly windows: readonly (readonly [number, number])[];
  readonly closedDate: string;
  readonly openDate: string;
  readonly holiday: string;
  readonly pause: { readonly date: string; readonly from: number; readonly minutes: number };
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** As a person would look it up: what the calendar and the clock on the wall show, and what is written of that. */
function isOpenOnTheWall(rig: Rig, zone: string, ms: number): boolean {
  const now = DateTime.fromMillis(ms, { zone });
  const shown = now.toFormat('yyyy-MM-dd HH:mm');
  const { date, from, minutes } = rig.pause;
  const pauseFrom = DateTime.fromISO(`${date}T${clock(from)}`, { zone: 'utc' });
  const isPaused =
    shown >= pauseFrom.toFormat('yyyy-MM-dd HH:mm') &&
    shown < pauseFrom.plus({ minutes }).toFormat('yyyy-MM-dd HH:mm');
  if (isPaused) return false;
  const today = DateTime.fromISO(now.toFormat('yyyy-MM-dd'), { zone: 'utc' });
  return [today, today.minus({ days: 1 })].some((day, back) => {
    const written = day.toFormat('yyyy-MM-dd');
    if (written === rig.closedDate) return false;
    const isOpenDate = written === rig.openDate;
    if (written === rig.holiday && !isOpenDate) return false;
    const [start, end] = isOpenDate ? [0, 1_440] : rig.windows[day.weekday % 7]!;
    const minute = now.hour * 60 + now.minute + back * 1_440;
    return minute >= start && minute < (end < start ? end + 1_440 : end);
  });
}

const zones = Intl.supportedValuesOf('timeZone').filter((zone) => IANAZone.isValidZone(zone));
const minuteOfDay = fc.integer({ min: 0, max: 1_439 });

const rigs = fc.record({
  zone: fc.constantFrom(...zones),
  year: fc.integer({ min: 2005, max: 2035 }),
  windows: fc.array(
    fc.tuple(minuteOfDay, minuteOfDay).filter(([start, end]) => start !== end),
    { minLength: 7, maxLength: 7 },
  ),
  // From the change on: the day before, of it, and after.
  offsets: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: -2, max: 2 }))),
  pause: fc.tuple(minuteOfDay, fc.integer({ min: 1, max: 2_000 })),
  step: fc.integer({ min: 1, max: 7 }),
});

test('in every zone, on both sides of every change, the clock on the wall decides', () => {
  const property = fc.property(rigs, ({ zone, year, windows, offsets, pause: [from, minutes], step }) => {
    for (const change of changesIn(zone, year).slice(0, 2)) {
      const [closedDate, openDate, holiday, pauseDate] = offsets.map((days) =>
        DateTime.fromMillis(change, { zone }).plus({ days }).toFormat('yyyy-MM-dd'),
      ) as [string, string, string, string];
      fc.pre(closedDate !== openDate);
      const rig: Rig = { windows, closedDate, openDate, holiday, pause: { date: pauseDate, from, minutes } };
      const bare = (date: string): string => date.replaceAll('-', '');
      const text = [
        ...['BEGIN:VCALENDAR', 'BEGIN:VEVENT', `DTSTART;VALUE=DATE:${bare(holiday)}`, 'END:VEVENT'],
        ...['BEGIN:VEVENT', `DTSTART:${bare(pauseDate)}T${clock(from).replace(':', '')}00`],
        ...[`DURATION:PT${minutes}M`, 'END:VEVENT', 'END:VCALENDAR'],
      ].join('\n');
      const { closings, faults } = readCalendar(text, zone);
      expect(faults).toEqual([]);
      const hours = {
        ...openingHours.parse({
          ...Object.fromEntries(DAYS.map((day, at) => [day, windows[at]!.map(clock).join('-')])),
          dates: { [closedDate]: 'closed', [openDate]: '00:00-24:00' },
        }),
        holidays: { file: '', closings },
      };
      for (let at = change - 5 * HOUR_MS; at < change + 5 * HOUR_MS; at += step * MINUTE_MS)
        if (isOpenAt(hours, zone, at) !== isOpenOnTheWall(rig, zone, at))
          expect.fail(`${zone} at ${new Date(at).toISOString()}: ${JSON.stringify(rig)}`);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('every zone there is, around its changes of one year', () => {
  const hours = openingHours.parse({ every_day: '00:30-02:30' });
  const rig: Rig = {
    windows: Array.from({ length: 7 }, () => [30, 150] as const),
    ...{ closedDate: '', openDate: '', holiday: '', pause: { date: '1970-01-01', from: 0, minutes: 0 } },
  };
  for (const zone of zones)
    for (const change of changesIn(zone, 2026))
      for (let at = change - 2 * HOUR_MS; at < change + 2 * HOUR_MS; at += 10 * MINUTE_MS)
        if (isOpenAt(hours, zone, at) !== isOpenOnTheWall(rig, zone, at))
          expect.fail(`${zone} at ${new Date(at).toISOString()}`);
});
