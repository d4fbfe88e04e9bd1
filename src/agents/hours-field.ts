// How opening hours are written in a profile, and what is wrong with them. What they mean is not known here.
import { z } from 'zod';
import { fieldsOf, words } from './fields.ts';
import type { DayHours, Hours, OpenWindow } from './hours.ts';

const WRITTEN = /^(?:[01]?\d|2[0-3]):[0-5]\d ?- ?(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$/;
const EXPECTED = 'expected hours such as "09:00-17:00", a list of them, or "closed"';
const DAY_MINUTES = 24 * 60;

const minuteOf = (text: string): number => {
  const [hour, minute] = text.split(':').map(Number);
  return hour! * 60 + minute!;
};

const openWindow = z
  .string(EXPECTED)
  .regex(WRITTEN, EXPECTED)
  .transform((text): OpenWindow => {
    const [start, end] = text.split('-').map((time) => minuteOf(time.trim()));
    return { startMinute: start!, endMinute: end! < start! ? end! + DAY_MINUTES : end! };
  });

const day = z
  .union(
    [
      z.literal('closed').transform((): DayHours => []),
      openWindow.transform((only): DayHours => [only]),
      z.array(openWindow).min(1, EXPECTED),
    ],
    EXPECTED,
  )
  .transform((windows, context): DayHours => {
    const sorted = windows.toSorted((one, other) => one.startMinute - other.startMinute);
    if (sorted.some(({ startMinute, endMinute }) => startMinute === endMinute))
      context.addIssue('expected an end that is not the start; the whole day is "00:00-24:00"');
    if (sorted.some(({ startMinute }, at) => at > 0 && startMinute < sorted[at - 1]!.endMinute))
      context.addIssue('expected hours that do not overlap');
    return sorted;
  });

const DATE = 'expected a date such as 2026-12-25';

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, DATE)
  .refine((text) => {
    const parsed = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
  }, DATE);

/** Sunday first, as in `Hours`. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const NAMES = {
  sun: 'Sunday',
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
};

const on = (name: keyof typeof NAMES) => day.optional().describe(`On ${NAMES[name]}s.`);

/** Part of the schema of a profile; where it is optional, the profile says. */
export const openingHours = z
  .strictObject(
    {
      every_day: day
        .optional()
        .describe(
          'On every day for which nothing else is written. Times are of a 24-hour clock; an end before the start is on the next day.',
        ),
      weekdays: day
        .optional()
        .describe('From Monday to Friday, on days for which nothing of their own is written.'),
      weekend: day.optional().describe('On Saturday and Sunday, if nothing of their own is written.'),
      mon: on('mon'),
      tue: on('tue'),
      wed: on('wed'),
      thu: on('thu'),
      fri: on('fri'),
      sat: on('sat'),
      sun: on('sun'),
      dates: z
        .record(date, day)
        .default({})
        .describe('On these dates, such as 2026-12-25, whatever the day of the week, or the calendar, has.'),
      holidays: words
        .refine(
          (text) => !/^\w+:\/\//.test(text),
          'expected a file, not an address: download the calendar, put it beside this file, and name it here',
        )
        .optional()
        .describe(
          'An iCalendar file (.ics) of at most 1 MB, named from where this file is: closed on the days that its events take whole, and during those that have a time.',
        ),
    },
    fieldsOf('{ weekdays: "09:00-17:00" }'),
  )
  .transform((file, context): Hours => {
    const week = DAYS.map((name, at): DayHours => {
      const span = at === 0 || at === 6 ? file.weekend : file.weekdays;
      return file[name] ?? span ?? file.every_day ?? [];
    });
    if ([...week, ...Object.values(file.dates)].every((windows) => windows.length === 0))
      context.addIssue('expected a day that is open: every_day, weekdays, weekend, mon, … sun, or dates');
    const { dates, holidays } = file;
    return holidays === undefined
      ? { week, dates }
      : { week, dates, holidays: { file: holidays, closings: [] } };
  });
