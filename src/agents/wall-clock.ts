// What calendar and clock on the wall show in a time zone. Knows neither hours nor holidays.
import { DAY_MS, dayOf, latestOnOrBefore, type Recurrence } from './recurrence.ts';

/** A part of a year in a zone that a calendar describes itself; seconds east of UTC, and when it begins, by the clock before it. */
export interface Observance {
  readonly offsetFromS: number;
  readonly offsetToS: number;
  readonly begins: Recurrence;
  readonly beginsAtMs: number;
}

/** By its IANA name, or as a calendar describes it. */
export type Zone = string | readonly Observance[];

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than using it a hundred times; there are no more than there are zones. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** What is shown there, as the epoch ms of the same date and time in UTC; whole seconds. */
export function wallMs(zone: Zone, epochMs: number): number {
  if (typeof zone !== 'string') return epochMs + offsetOf(zone, epochMs);
  const shown = formatOf(zone).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(shown.find((each) => each.type === type)?.value);
  return Date.UTC(
    ...([
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    ] as const),
  );
}

/** That of the observance which began last; before all of them, what the first one replaced. */
function offsetOf(observances: readonly Observance[], epochMs: number): number {
  let offsetS = observances[0]?.offsetFromS ?? 0;
  let lastMs = -Infinity;
  for (const { offsetFromS, offsetToS, begins, beginsAtMs } of observances) {
    const nowMs = epochMs + offsetFromS * 1_000;
    // Not yet, on the day itself, if its time has not come.
    const day = latestOnOrBefore(begins, dayOf(nowMs - beginsAtMs));
    if (day === undefined) continue;
    const beganMs = day * DAY_MS + beginsAtMs - offsetFromS * 1_000;
    if (beganMs > lastMs) [lastMs, offsetS] = [beganMs, offsetToS];
  }
  return offsetS * 1_000;
}

/** A moment at which the clocks there show this; of two, or none, one that is near. */
export function momentOf(zone: Zone, shownMs: number): number {
  let epochMs = shownMs;
  for (let round = 0; round < 3; round += 1) epochMs -= wallMs(zone, epochMs) - shownMs;
  return epochMs;
}
