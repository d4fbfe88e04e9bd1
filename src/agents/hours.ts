// Opening hours by the clock on the wall: whether one is open at a moment, and the day's hours in words. Knows no files.
import { closedSpans, isClosedAt, isHoliday, type Holidays } from './holidays.ts';
import { DAY_MS, dayOf } from './recurrence.ts';
import { wallMs } from './wall-clock.ts';

/** Minutes since midnight; the end is past 1440 where it is on the next day. The end itself is closed. */
export interface OpenWindow {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** None: closed. In the order of their starts; a window belongs to the day on which it starts. */
export type DayHours = readonly OpenWindow[];

export interface Hours {
  /** Seven days, Sunday first. */
  readonly week: readonly DayHours[];
  /** By `YYYY-MM-DD`; such a day has these and not those of the week. */
  readonly dates: Readonly<Record<string, DayHours>>;
  /**
   * Whole days in it are closed, as far as `dates` does not have them; so are its times, whatever else is said of the day.
   */
  readonly holidays?: Holidays | undefined;
}

const DAY_MINUTES = 24 * 60;
function hoursOn({ week, dates, holidays }: Hours, day: number): DayHours {
  const date = new Date(day * DAY_MS);
  const written = dates[date.toISOString().slice(0, 10)];
  if (written !== undefined) return written;
  return holidays && isHoliday(holidays, day) ? [] : (week[date.getUTCDay()] ?? []);
}

/**
 * By the clock on the wall there: where it is set forward, a window that starts in the hour that is left out starts after it;
 * where it is set back, the hour that comes twice is open or closed both times.
 */
export function isOpenAt(hours: Hours, timeZone: string, epochMs: number): boolean {
  const shownMs = wallMs(timeZone, epochMs);
  const day = dayOf(shownMs);
  const minute = Math.floor((shownMs - day * DAY_MS) / 60_000);
  const holds = (windows: DayHours, at: number): boolean =>
    windows.some(({ startMinute, endMinute }) => startMinute <= at && at < endMinute);
  if (!holds(hoursOn(hours, day), minute) && !holds(hoursOn(hours, day - 1), minute + DAY_MINUTES))
    return false;
  return hours.holidays === undefined || !isClosedAt(hours.holidays, timeZone, epochMs);
}

/** The hours that begin on this day, without what the calendar takes of them. */
function remainingOn(hours: Hours, timeZone: string, day: number): DayHours {
  const { holidays } = hours;
  if (holidays === undefined) return hoursOn(hours, day);
  const midnightMs = day * DAY_MS;
  return hoursOn(hours, day).flatMap(({ startMinute, endMinute }) => {
    const within = { fromMs: midnightMs + startMinute * 60_000, toMs: midnightMs + endMinute * 60_000 };
    const spans = closedSpans(holidays, timeZone, within).sort((one, other) => one.fromMs - other.fromMs);
    const open: OpenWindow[] = [];
    let { fromMs } = within;
    const opensUntil = (toMs: number): void => {
      const window = {
        startMinute: Math.ceil((fromMs - midnightMs) / 60_000),
        endMinute: Math.floor((toMs - midnightMs) / 60_000),
      };
      if (window.startMinute < window.endMinute) open.push(window);
    };
    for (const span of spans) {
      opensUntil(span.fromMs);
      fromMs = Math.max(fromMs, span.toMs);
    }
    opensUntil(within.toMs);
    return open;
  });
}

interface HoursWords {
  readonly to: string;
  readonly closed: string;
  readonly allDay: string;
}

const ENGLISH: HoursWords = { to: 'to', closed: 'closed', allDay: 'all day' };
/** In the languages that the spoken apology has too. */
const WORDS: Readonly<Record<string, HoursWords>> = {
  de: { to: 'bis', closed: 'geschlossen', allDay: 'den ganzen Tag' },
  es: { to: 'a', closed: 'cerrado', allDay: 'todo el día' },
  fr: { to: 'à', closed: 'fermé', allDay: 'toute la journée' },
  it: { to: '–', closed: 'chiuso', allDay: 'tutto il giorno' },
  nl: { to: 'tot', closed: 'gesloten', allDay: 'de hele dag' },
  pt: { to: 'às', closed: 'fechado', allDay: 'o dia todo' },
};

/** The hours of the day that it is there, such as "9:00 AM to 12:00 PM and 1:00 PM to 5:00 PM", "closed" or "all day". */
export function hoursInWords(
  hours: Hours,
  { language, timeZone }: { language: string; timeZone: string },
  epochMs: number,
): string {
  const { to, closed, allDay } = WORDS[new Intl.Locale(language).language] ?? ENGLISH;
  const today = remainingOn(hours, timeZone, dayOf(wallMs(timeZone, epochMs)));
  if (today.length === 0) return closed;
  if (today.some(({ startMinute, endMinute }) => endMinute - startMinute >= DAY_MINUTES)) return allDay;
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' });
  const said = (minute: number): string => clock.format(minute * 60_000);
  const windows = today.map(({ startMinute, endMinute }) => `${said(startMinute)} ${to} ${said(endMinute)}`);
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(windows).replaceAll(/\s/gu, ' ');
}
