// What the properties of an iCalendar event say: a time and its zone, a rule. Whatever cannot be followed exactly is refused in
// words, as a holiday on the wrong day is worse than none. Knows no lines and no files.
import ICAL from 'ical.js';
import { DAY_MS, dayOf, dayOfCount, type Rule } from './recurrence.ts';
import { momentOf, wallMs, type Observance, type Zone } from './wall-clock.ts';

/** What the author is told; the place is known above. */
export class Unreadable extends Error {}

/** Dates have no zone, and of times, floating ones. */
export interface Shown {
  readonly isDate: boolean;
  /** As if it were in UTC. */
  readonly ms: number;
  readonly zone: Zone | undefined;
}

export const timeOfDay = (ms: number): number => ms - dayOf(ms) * DAY_MS;

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
};

/** By the name that IANA knows, or as the file describes it: other programs give zones names of their own. */
export function zoneOf(tzid: string, calendar: ICAL.Component): Zone {
  if (tzid.includes('/') && isZone(tzid)) return tzid;
  const described = calendar
    .getAllSubcomponents('vtimezone')
    .find((each) => each.getFirstPropertyValue('tzid') === tzid);
  const observances = described === undefined ? [] : observancesOf(described);
  if (observances.length > 0) return observances;
  // Such as "/mozilla.org/20070129_1/Europe/Berlin".
  const ending = tzid.split('/').slice(-2).join('/');
  const known = [tzid, ending].find(isZone);
  if (known !== undefined) return known;
  throw new Unreadable(`there is no time zone "${tzid}", and no VTIMEZONE in the file that describes it`);
}

function observancesOf(zone: ICAL.Component): Observance[] {
  const parts = [...zone.getAllSubcomponents('standard'), ...zone.getAllSubcomponents('daylight')];
  return parts.flatMap((part) => {
    const from = part.getFirstPropertyValue('tzoffsetfrom');
    const to = part.getFirstPropertyValue('tzoffsetto');
    const start = part.getFirstProperty('dtstart');
    if (!(from instanceof ICAL.UtcOffset) || !(to instanceof ICAL.UtcOffset) || !start)
      throw new Unreadable('the VTIMEZONE of its time zone lacks TZOFFSETFROM, TZOFFSETTO or DTSTART');
    const offsets = { offsetFromS: from.toSeconds(), offsetToS: to.toSeconds() };
    const [shown] = shownIn(start, () => 'UTC');
    if (shown === undefined) return [];
    const rule = ruleOf(part, shown, (until) =>
      until.zone === 'UTC' ? until.ms + offsets.offsetFromS * 1_000 : until.ms,
    );
    const also = part.getAllProperties('rdate').flatMap((each) => shownIn(each, () => 'UTC'));
    return [{ ms: shown.ms, again: rule }, ...also.map(({ ms }) => ({ ms, again: undefined }))].map(
      ({ ms, again }) => ({
        ...offsets,
        begins: { firstDay: dayOf(ms), rule: again },
        beginsAtMs: timeOfDay(ms),
      }),
    );
  });
}

/** Of each of its values. Throws Unreadable. */
export function shownIn(property: ICAL.Property, zoneNamed: (tzid: string) => Zone): Shown[] {
  const what = property.name.toUpperCase();
  const values: readonly unknown[] = property.getValues();
  return values.map((value, at) => {
    const time = value instanceof ICAL.Period ? value.start : value;
    if (!(time instanceof ICAL.Time)) throw new Unreadable(`${what} holds no date and no time`);
    const { year, month, day, hour, minute, second, isDate } = time;
    const ms = Date.UTC(year, month - 1, day, hour, minute, second);
    // What is beyond the end of its month or day would otherwise become part of the next one.
    const written: unknown = property.jCal[3 + at];
    if (typeof written === 'string' && !new Date(ms).toISOString().startsWith(written.replace(/Z$/, '')))
      throw new Unreadable(`${what} is ${written.slice(0, 30)}, and there is no such date or time`);
    const tzid = property.getFirstParameter('tzid') as string | undefined;
    const isUtc = time.zone === ICAL.Timezone.utcTimezone;
    const zone = isDate ? undefined : isUtc ? 'UTC' : tzid ? zoneNamed(tzid) : undefined;
    return { isDate, ms, zone };
  });
}

/** The same moment by the clock of another zone; `home`: that of what has none. */
export function shownElsewhere({ isDate, ms, zone }: Shown, to: Zone | undefined, home: Zone): number {
  if (isDate || zone === to) return ms;
  return wallMs(to ?? home, momentOf(zone ?? home, ms));
}

const EVERY: Readonly<Record<string, Rule['every']>> = {
  DAILY: 'day',
  WEEKLY: 'week',
  MONTHLY: 'month',
  YEARLY: 'year',
};
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const FOLLOWED = ['BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS'];

/** The rule of an event, or of a zone, that first happens then. `untilOf`: by the same clock. Throws Unreadable. */
export function ruleOf(
  component: ICAL.Component,
  first: Shown,
  untilOf: (until: Shown) => number,
): Rule | undefined {
  const [property, ...more] = component.getAllProperties('rrule');
  if (property === undefined) return undefined;
  if (more.length > 0) throw new Unreadable('it has several RRULEs; make an event of each');
  const recur: unknown = property.getFirstValue();
  if (!(recur instanceof ICAL.Recur)) throw new Unreadable('RRULE holds no rule');
  const every = EVERY[recur.freq];
  const parts = new Map<string, readonly (string | number)[]>(
    Object.entries(recur.parts).map(([name, values = []]) => [name, values]),
  );
  const strange = [...parts.keys()].find((name) => !FOLLOWED.includes(name));
  if (every === undefined)
    throw new Unreadable(`RRULE with FREQ=${recur.freq} is not followed; use DAILY or longer`);
  if (strange !== undefined)
    throw new Unreadable(`RRULE with ${strange} is not followed; write its dates (RDATE)`);
  const numbers = (name: string): number[] => (parts.get(name) ?? []).map(Number);
  const firstDay = dayOf(first.ms);
  const rule: Rule = {
    every,
    interval: Math.max(1, recur.interval),
    untilDay: undefined,
    months: numbers('BYMONTH'),
    monthDays: numbers('BYMONTHDAY'),
    weekdays: (parts.get('BYDAY') ?? []).map((written) => weekdayOf(String(written))),
    positions: numbers('BYSETPOS'),
    weekStart: recur.wkst - 1,
  };
  const { until, count } = recur;
  if (until !== null) {
    const { year, month, day, hour, minute, second, isDate } = until;
    const shown: Shown = {
      ms: Date.UTC(year, month - 1, day, hour, minute, second),
      isDate: isDate || first.isDate,
      zone: until.zone === ICAL.Timezone.utcTimezone ? 'UTC' : first.zone,
    };
    const ms = shown.isDate ? shown.ms : untilOf(shown);
    const isInTime = shown.isDate || timeOfDay(ms) >= timeOfDay(first.ms);
    return { ...rule, untilDay: isInTime ? dayOf(ms) : dayOf(ms) - 1 };
  }
  return count === null ? rule : { ...rule, untilDay: dayOfCount({ firstDay, rule }, count) };
}

function weekdayOf(written: string): Rule['weekdays'][number] {
  const [, nth = '', name = ''] = /^([+-]?\d*)([A-Z]{2})$/.exec(written) ?? [];
  const weekday = WEEKDAYS.indexOf(name);
  if (weekday < 0) throw new Unreadable(`RRULE with BYDAY=${written}: there is no such day`);
  return { nth: Number(nth), weekday };
}
