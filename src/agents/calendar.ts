// An iCalendar file as holidays: its events become times at which nobody is there, or faults with their lines. Reads no files.
import ICAL from 'ical.js';
import { messageOf } from '../base/errors.ts';
import { readCalendarLines, type CalendarFault } from './calendar-lines.ts';
import {
  ruleOf,
  shownElsewhere,
  shownIn,
  timeOfDay,
  Unreadable,
  zoneOf,
  type Shown,
} from './calendar-values.ts';
import type { Closing } from './holidays.ts';
import { DAY_MS, dayOf } from './recurrence.ts';
import type { Zone } from './wall-clock.ts';

/** Every question of whether one is open goes through all of them. */
const MOST_EVENTS = 2_000;
const LONGEST_DAYS = 400;
/** One slip of a program can be in every event. */
const MOST_FAULTS = 10;

export interface ReadCalendar {
  readonly closings: readonly Closing[];
  readonly faults: readonly CalendarFault[];
}

/** `timeZone`: of times that name none. Never throws. */
export function readCalendar(text: string, timeZone: string): ReadCalendar {
  const { fault, events: lines } = readCalendarLines(text);
  if (fault) return { closings: [], faults: [fault] };
  if (lines.length > MOST_EVENTS)
    return refused(
      undefined,
      `holds ${lines.length} events; at most ${MOST_EVENTS}, as each is asked at every call`,
    );
  const found: Found[] = [];
  const faults: CalendarFault[] = [];
  try {
    for (const calendar of calendarsOf(text)) {
      const zoneNamed = zonesOf(calendar);
      for (const event of calendar.getAllSubcomponents('vevent')) {
        const line = lines[found.length + faults.length];
        try {
          found.push(foundIn(event, zoneNamed, timeZone));
        } catch (thrown) {
          faults.push({ line, words: wordsOf(thrown) });
        }
      }
    }
  } catch (thrown) {
    return refused(undefined, `cannot be read: ${messageOf(thrown)}`);
  }
  return { closings: closingsOf(found, timeZone), faults: faults.slice(0, MOST_FAULTS) };
}

const refused = (line: number | undefined, words: string): ReadCalendar => ({
  closings: [],
  faults: [{ line, words }],
});

const wordsOf = (thrown: unknown): string =>
  thrown instanceof Unreadable ? thrown.message : `this event cannot be read: ${messageOf(thrown)}`;

/** A file may hold several. */
function calendarsOf(text: string): ICAL.Component[] {
  const parsed = ICAL.parse(text.replace(/^\ufeff/, '')) as unknown[];
  const all = typeof parsed[0] === 'string' ? [parsed] : (parsed as unknown[][]);
  return all.map((each) => new ICAL.Component(each));
}

interface Found {
  readonly uid: string;
  readonly closings: readonly Closing[];
  /** It stands in the place of what its series has then. */
  readonly insteadOf: Shown | undefined;
}

type ZoneNamed = (tzid: string) => Zone;

/** The same zone for the same name. */
function zonesOf(calendar: ICAL.Component): ZoneNamed {
  const zones = new Map<string, Zone>();
  return (tzid) => {
    const zone = zones.get(tzid) ?? zoneOf(tzid, calendar);
    zones.set(tzid, zone);
    return zone;
  };
}

function foundIn(event: ICAL.Component, zoneNamed: ZoneNamed, timeZone: string): Found {
  const all = (name: string): Shown[] =>
    event.getAllProperties(name).flatMap((property) => shownIn(property, zoneNamed));
  const [start] = all('dtstart');
  if (start === undefined) throw new Unreadable('this event has no DTSTART');
  if (event.getFirstProperty('recurrence-id')?.getFirstParameter('range'))
    throw new Unreadable('RECURRENCE-ID with RANGE is not followed; end the series, and begin another');
  const uid = event.getFirstPropertyValue('uid');
  const [insteadOf] = all('recurrence-id');
  const isCancelled = String(event.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED';
  const lasts = isCancelled ? undefined : lastsOf(event, start, all('dtend')[0]);
  const dayIn = (shown: Shown): number => dayOf(shownElsewhere(shown, start.zone, timeZone));
  const firstDay = dayOf(start.ms);
  const closings: Closing[] = [];
  if (lasts) {
    const except = all('exdate').map(dayIn);
    const rule = ruleOf(event, start, (until) => shownElsewhere(until, start.zone, timeZone));
    closings.push({ on: { firstDay, rule }, except, lasts });
    for (const also of all('rdate')) {
      const ms = shownElsewhere(also, start.zone, timeZone);
      closings.push({ on: { firstDay: dayOf(ms), rule: undefined }, except, lasts: from(lasts, ms) });
    }
  }
  return { uid: typeof uid === 'string' ? uid : '', closings, insteadOf };
}

/** Undefined: it takes no time, and closes nothing. */
function lastsOf(event: ICAL.Component, start: Shown, end: Shown | undefined): Closing['lasts'] | undefined {
  const duration: unknown = event.getFirstPropertyValue('duration');
  const lastsMs =
    end === undefined
      ? duration instanceof ICAL.Duration
        ? duration.toSeconds() * 1_000
        : 0
      : end.ms - start.ms;
  if (end !== undefined && end.isDate !== start.isDate)
    throw new Unreadable('DTSTART and DTEND are not both dates, or both times');
  if (end !== undefined && end.zone !== start.zone)
    throw new Unreadable('DTSTART and DTEND are in different time zones');
  if (lastsMs < 0) throw new Unreadable('this event ends before it begins');
  if (lastsMs > LONGEST_DAYS * DAY_MS)
    throw new Unreadable(`this event lasts more than ${LONGEST_DAYS} days`);
  if (start.isDate) return { days: Math.max(1, Math.round(lastsMs / DAY_MS)) };
  if (lastsMs === 0) return undefined;
  const fromMs = timeOfDay(start.ms);
  return { fromMs, toMs: fromMs + lastsMs, zone: start.zone };
}

/** As long, and from another time of day. */
function from(lasts: Closing['lasts'], ms: number): Closing['lasts'] {
  if ('days' in lasts) return lasts;
  const fromMs = timeOfDay(ms);
  return { ...lasts, fromMs, toMs: fromMs + lasts.toMs - lasts.fromMs };
}

/** What was moved or called off is left out of its series. */
function closingsOf(found: readonly Found[], timeZone: string): Closing[] {
  const moved = Map.groupBy(
    found.filter(({ insteadOf }) => insteadOf !== undefined),
    ({ uid }) => uid,
  );
  return found.flatMap(({ uid, closings, insteadOf }) => {
    const others = insteadOf === undefined ? (moved.get(uid) ?? []) : [];
    if (others.length === 0) return closings;
    return closings.map((closing) => {
      const zone = 'days' in closing.lasts ? undefined : closing.lasts.zone;
      const days = others.flatMap(({ insteadOf: at }) =>
        at === undefined ? [] : [dayOf(shownElsewhere(at, zone, timeZone))],
      );
      return { ...closing, except: [...closing.except, ...days] };
    });
  });
}
