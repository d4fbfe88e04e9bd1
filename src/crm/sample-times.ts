// When a sample appointment takes place, seen from today. Pure; knows no calendar that is already full.
import { DateTime } from 'luxon';
import type { SampleAppointment } from './contacts-file.ts';

const FRIDAY = 5;

/** Beginnings in milliseconds since the epoch, soonest first and without end; the later ones are for where a day is full. */
export function* startsOf(
  { day, hour, minute }: Pick<SampleAppointment, 'day' | 'hour' | 'minute'>,
  timeZone: string,
  epochMs: number,
): Generator<number> {
  const today = DateTime.fromMillis(epochMs, { zone: timeZone });
  for (let days = 1, workingDays = 0; ; days++) {
    const then = today.plus({ days });
    if (then.weekday <= FRIDAY) workingDays++;
    const fits =
      'weekday' in day
        ? then.weekday === day.weekday
        : then.weekday <= FRIDAY && workingDays >= day.inWorkingDays;
    if (fits) yield then.set({ hour, minute, second: 0, millisecond: 0 }).toMillis();
  }
}
