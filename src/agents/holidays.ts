// Holidays: when a calendar says that nobody is there. Pure, and plain data, as profiles cross threads. Knows no files.
import { DAY_MS, dayOf, happensOn, type Recurrence } from './recurrence.ts';
import { momentOf, wallMs, type Zone } from './wall-clock.ts';

/** One event of a calendar. */
export interface Closing {
  readonly on: Recurrence;
  /** Days on which it does not happen after all. */
  readonly except: readonly number[];
  readonly lasts:
    | { readonly days: number }
    /** By the clock there; left out, the profile's. Counted from the midnight before. */
    | { readonly fromMs: number; readonly toMs: number; readonly zone: Zone | undefined };
}

export interface Holidays {
  /** Where they are written; the whole path once they are read. */
  readonly file: string;
  readonly closings: readonly Closing[];
}

const beginsOn = ({ on, except }: Closing, day: number): boolean =>
  happensOn(on, day) && !except.includes(day);

/** The days, up to and with this one, on which it began, if it may still go on. */
const begunBy = (closing: Closing, day: number, days: number): number[] =>
  Array.from({ length: days }, (_, back) => day - back).filter((each) => beginsOn(closing, each));

/** Whether an event of whole days is on then. Days are counted from 1 January 1970, by the profile's calendar. */
export const isHoliday = ({ closings }: Holidays, day: number): boolean =>
  closings.some((closing) => 'days' in closing.lasts && begunBy(closing, day, closing.lasts.days).length > 0);

/** Whether an event with a time is on: from its first moment until just before its end. */
export function isClosedAt({ closings }: Holidays, timeZone: string, epochMs: number): boolean {
  const shown = new Map<Zone, number>();
  const shownIn = (zone: Zone): number => {
    const ms = shown.get(zone) ?? wallMs(zone, epochMs);
    shown.set(zone, ms);
    return ms;
  };
  return closings.some((closing) => {
    const { lasts } = closing;
    if ('days' in lasts) return false;
    const shownMs = shownIn(lasts.zone ?? timeZone);
    return begunBy(closing, dayOf(shownMs), Math.ceil(lasts.toMs / DAY_MS)).some(
      (day) => shownMs >= day * DAY_MS + lasts.fromMs && shownMs < day * DAY_MS + lasts.toMs,
    );
  });
}

/** What clocks in `timeZone` show, as in `wallMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The events with a time that are on at some time of these, by the clock of `timeZone`. */
export function closedSpans({ closings }: Holidays, timeZone: string, within: Span): Span[] {
  return closings.flatMap((closing) => {
    const { lasts } = closing;
    if ('days' in lasts) return [];
    const here = (shownMs: number): number =>
      lasts.zone === undefined || lasts.zone === timeZone
        ? shownMs
        : wallMs(timeZone, momentOf(lasts.zone, shownMs));
    // No two zones are further than 26 hours from each other.
    const [first, last] = [dayOf(within.fromMs) - 2, dayOf(within.toMs) + 2];
    return begunBy(closing, last, last - first + Math.ceil(lasts.toMs / DAY_MS))
      .map((day) => ({ fromMs: here(day * DAY_MS + lasts.fromMs), toMs: here(day * DAY_MS + lasts.toMs) }))
      .filter(({ fromMs, toMs }) => fromMs < within.toMs && toMs > within.fromMs);
  });
}
