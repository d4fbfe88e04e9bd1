// On which days something happens again (RFC 5545, RRULE), asked day by day: so it holds for ever, and nothing is counted up to.
// Days are counted from 1 January 1970. Knows no time of day, no zone, and no files.

export const DAY_MS = 24 * 60 * 60_000;

export interface Rule {
  readonly every: 'day' | 'week' | 'month' | 'year';
  readonly interval: number;
  /** The last day on which it may happen. */
  readonly untilDay: number | undefined;
  /** From 1. */
  readonly months: readonly number[];
  /** From 1; from -1 backwards. */
  readonly monthDays: readonly number[];
  /** Sunday is 0. `nth`: of the month, or of the year; from -1 backwards, and 0 for each. */
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
  /** Which of the days of a period; from -1 backwards. */
  readonly positions: readonly number[];
  /** Sunday is 0. */
  readonly weekStart: number;
}

/** Plain data. */
export interface Recurrence {
  readonly firstDay: number;
  /** Undefined: it happens once. */
  readonly rule: Rule | undefined;
}

export const dayOf = (shownMs: number): number => Math.floor(shownMs / DAY_MS);

interface Parts {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

function partsOf(day: number): Parts {
  const at = new Date(day * DAY_MS);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    date: at.getUTCDate(),
    weekday: at.getUTCDay(),
  };
}

const dayAt = (year: number, month: number, date: number): number => dayOf(Date.UTC(year, month, date));

/** The first day is one of them, whatever the rule says, as calendars show it. */
export function happensOn({ firstDay, rule }: Recurrence, day: number): boolean {
  if (day <= firstDay || rule === undefined) return day === firstDay;
  if (rule.untilDay !== undefined && day > rule.untilDay) return false;
  // Most days fall out by their month, which is soon told.
  if (!isNamed(rule, firstDay, day) || !isInTurn(rule, firstDay, day)) return false;
  if (rule.positions.length === 0) return true;
  const [from, to] = periodOf(rule, day);
  const named: number[] = [];
  for (let each = from; each < to; each += 1) if (isNamed(rule, firstDay, each)) named.push(each);
  return rule.positions.some((position) => named.at(position > 0 ? position - 1 : position) === day);
}

/** Whether it is the turn of the day, week, month or year. */
function isInTurn({ every, interval, weekStart }: Rule, firstDay: number, day: number): boolean {
  if (every === 'day') return (day - firstDay) % interval === 0;
  // Day 0 was a Thursday.
  const weekOf = (one: number): number => Math.floor((one + 4 - weekStart) / 7);
  if (every === 'week') return (weekOf(day) - weekOf(firstDay)) % interval === 0;
  const [now, first] = [partsOf(day), partsOf(firstDay)];
  const years = now.year - first.year;
  return (every === 'year' ? years : years * 12 + now.month - first.month) % interval === 0;
}

/** What a rule does not say, the first day says. */
function isNamed({ every, months, monthDays, weekdays }: Rule, firstDay: number, day: number): boolean {
  const { year, month, date, weekday } = partsOf(day);
  if (months.length > 0 && !months.includes(month + 1)) return false;
  if (monthDays.length > 0) {
    const daysInMonth = partsOf(dayAt(year, month + 1, 0)).date;
    if (!monthDays.some((nth) => nth === date || nth === date - daysInMonth - 1)) return false;
  }
  if (weekdays.length > 0) {
    if (!weekdays.some((each) => each.weekday === weekday)) return false;
    const isOfYear = every === 'year' && months.length === 0;
    const [from, to] = isOfYear
      ? [dayAt(year, 0, 1), dayAt(year + 1, 0, 1)]
      : [dayAt(year, month, 1), dayAt(year, month + 1, 1)];
    const isNth = (nth: number): boolean =>
      nth === 0 || nth === Math.floor((day - from) / 7) + 1 || nth === -(Math.floor((to - 1 - day) / 7) + 1);
    return weekdays.some((each) => each.weekday === weekday && isNth(each.nth));
  }
  if (monthDays.length > 0 || every === 'day') return true;
  const first = partsOf(firstDay);
  if (every === 'week') return weekday === first.weekday;
  return date === first.date && (every === 'month' || months.length > 0 || month === first.month);
}

/** From the first day of its week, month or year to the one after its last. */
function periodOf({ every, weekStart }: Rule, day: number): readonly [number, number] {
  const { year, month, weekday } = partsOf(day);
  if (every === 'year') return [dayAt(year, 0, 1), dayAt(year + 1, 0, 1)];
  if (every === 'month') return [dayAt(year, month, 1), dayAt(year, month + 1, 1)];
  const from = every === 'week' ? day - ((weekday - weekStart + 7) % 7) : day;
  return [from, every === 'week' ? from + 7 : from + 1];
}

/** Leap days skip up to eight years, around 2100. */
const LOOK_BACK_DAYS = 8 * 366;

export function latestOnOrBefore(recurrence: Recurrence, day: number): number | undefined {
  const { firstDay, rule } = recurrence;
  const last = rule === undefined ? firstDay : Math.min(rule.untilDay ?? Infinity, day);
  if (day < firstDay) return undefined;
  for (let each = Math.min(last, day); each > firstDay && each > last - LOOK_BACK_DAYS; each -= 1)
    if (happensOn(recurrence, each)) return each;
  return firstDay;
}

/** Half a century of days. */
const MOST_DAYS = 50 * 366;

/** The day on which it happens for the `count`-th time, the first day among them; undefined: later than in fifty years. */
export function dayOfCount(recurrence: Recurrence, count: number): number | undefined {
  let left = count;
  for (let day = recurrence.firstDay; day < recurrence.firstDay + MOST_DAYS; day += 1)
    if (happensOn(recurrence, day) && (left -= 1) === 0) return day;
  return undefined;
}
