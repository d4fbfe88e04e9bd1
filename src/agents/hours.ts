// Opening hours by the clock on the wall: whether one is open at a moment, and the day's hours in words. Knows no files.

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
}

const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;

interface Moment {
  /** Midnight of the local date, as if it were in UTC. */
  readonly dateMs: number;
  readonly minute: number;
}

/** What calendar and clock show there. */
function momentAt(timeZone: string, epochMs: number): Moment {
  const shown = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(shown.find((each) => each.type === type)?.value);
  return {
    dateMs: Date.UTC(part('year'), part('month') - 1, part('day')),
    minute: part('hour') * 60 + part('minute'),
  };
}

function hoursOn({ week, dates }: Hours, dateMs: number): DayHours {
  const date = new Date(dateMs);
  return dates[date.toISOString().slice(0, 10)] ?? week[date.getUTCDay()] ?? [];
}

/**
 * By the clock on the wall there: where it is set forward, a window that starts in the hour that is left out starts after it;
 * where it is set back, the hour that comes twice is open or closed both times.
 */
export function isOpenAt(hours: Hours, timeZone: string, epochMs: number): boolean {
  const { dateMs, minute } = momentAt(timeZone, epochMs);
  const holds = (day: DayHours, at: number): boolean =>
    day.some(({ startMinute, endMinute }) => startMinute <= at && at < endMinute);
  return (
    holds(hoursOn(hours, dateMs), minute) || holds(hoursOn(hours, dateMs - DAY_MS), minute + DAY_MINUTES)
  );
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
  const today = hoursOn(hours, momentAt(timeZone, epochMs).dateMs);
  if (today.length === 0) return closed;
  if (today.some(({ startMinute, endMinute }) => endMinute - startMinute >= DAY_MINUTES)) return allDay;
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' });
  const said = (minute: number): string => clock.format(minute * 60_000);
  const windows = today.map(({ startMinute, endMinute }) => `${said(startMinute)} ${to} ${said(endMinute)}`);
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(windows).replaceAll(/\s/gu, ' ');
}
