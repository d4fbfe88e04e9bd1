// Whether a number may ring now, by the clock of whoever has it: where it may be, what the law allows there, and what the
// campaign does. Pure; what is missing or unknown is no.
import { isOpenAt, type DayHours, type Hours } from '../agents/hours.ts';
import { DAY_MS, dayOf } from '../agents/recurrence.ts';
import { momentOf, wallMs } from '../agents/wall-clock.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Verdict } from './audit.ts';
import { lawFor, type RuleData } from './rules/rule-data.ts';
import { isZone } from './zones/zone-name.ts';
import { ZONES_VERSION } from './zones/zone-table.ts';
import { whereIs, zonesIn } from './zones/where.ts';

export interface RingQuestion {
  readonly to: PhoneNumber;
  /** Epoch ms. */
  readonly nowMs: number;
  /** As the contact's file has it, IANA: counts beside those of the number. */
  readonly contactZone?: string | undefined;
  /** As "FL": counts beside that of the number. */
  readonly contactRegion?: string | undefined;
  /** Of the campaign, by the same clock. */
  readonly own?: Hours | undefined;
}

/** Holidays and weekends are passed over; a window that stays closed for longer is not waited for. */
const LOOK_AHEAD_DAYS = 60;
const HOUR_MS = 3_600_000;

export function mayRing(question: RingQuestion, rules: RuleData): Verdict {
  const { to, nowMs, contactZone, contactRegion, own } = question;
  const never = (rule: string, words: string, data: string): Verdict => ({ may: 'never', rule, words, data });
  if (!Number.isSafeInteger(Math.trunc(nowMs)) || !(Math.abs(nowMs) < 8.64e15))
    return { may: 'wait', rule: 'hours.clock', words: 'the clock is wrong', data: '', untilMs: undefined };
  const where = whereIs(to, contactRegion);
  const law = lawFor(where, rules, nowMs);
  if ('rule' in law)
    return law.rule === 'rules.stale'
      ? { may: 'wait', rule: law.rule, words: law.words, data: law.versions, untilMs: undefined }
      : never(law.rule, law.words, law.versions);
  const data = `${law.versions}; ${ZONES_VERSION}`;
  if (where.zones.length === 0) return never('hours.zone', 'nobody knows the time zone of this number', data);
  const zone = contactZone?.trim();
  if (zone !== undefined && zone !== '' && !isZone(zone))
    return never('hours.zone', `the contact has a time zone that does not exist: ${zone.slice(0, 40)}`, data);
  const zones = [...new Set(zone ? [...where.zones, zone] : where.zones)];
  const windows: readonly Window[] = [
    ...law.limits.flatMap(({ of, hours }) => (hours ? [{ of, hours }] : [])),
    ...(own ? [{ of: 'the campaign', hours: own }] : []),
  ];
  const closed = closedAt(windows, zones, nowMs);
  if (closed === undefined) return { may: 'ring', data };
  const by = closed.of === 'the campaign' ? 'hours.campaign' : 'hours.law';
  const words = `it is ${shownAt(closed.zone, nowMs)} in ${closed.zone}, outside of the hours of ${closed.of}`;
  return { may: 'wait', rule: by, words, data, untilMs: nextOpening(windows, zones, nowMs) };
}

interface Window {
  /** Whose hours, in words. */
  readonly of: string;
  readonly hours: Hours;
}

interface Closed extends Window {
  readonly zone: string;
}

const closedAt = (
  windows: readonly Window[],
  zones: readonly string[],
  epochMs: number,
): Closed | undefined => {
  for (const zone of zones)
    for (const window of windows) if (!isOpenAt(window.hours, zone, epochMs)) return { ...window, zone };
  return undefined;
};

/** All windows of all zones are open then, and not before. Undefined: not within 60 days. */
function nextOpening(
  windows: readonly Window[],
  zones: readonly string[],
  nowMs: number,
): number | undefined {
  let epochMs = nowMs;
  for (;;) {
    const closed = closedAt(windows, zones, epochMs);
    if (closed === undefined) return epochMs;
    // Before this one opens again nothing is allowed, whatever the others do.
    const opens = opensAfter(closed, epochMs, nowMs + LOOK_AHEAD_DAYS * DAY_MS);
    if (opens === undefined) return undefined;
    epochMs = opens;
  }
}

function opensAfter({ hours, zone }: Closed, afterMs: number, lastMs: number): number | undefined {
  for (let fromMs = afterMs; fromMs < lastMs; fromMs += DAY_MS) {
    // A window opens at its start, or, where that hour is left out or comes twice, when clocks are set.
    const found = [...startsIn(hours, zone, fromMs), ...changesIn(zone, fromMs)]
      .filter((ms) => ms > afterMs && ms <= fromMs + DAY_MS)
      .sort((one, other) => one - other)
      .find((ms) => isOpenAt(hours, zone, ms));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** When it opens within a day of then; each start also an hour before and after, for the hours that come twice. */
function startsIn(hours: Hours, zone: string, fromMs: number): readonly number[] {
  const first = dayOf(wallMs(zone, fromMs));
  return [first - 1, first, first + 1].flatMap((day) =>
    windowsOn(hours, day).flatMap(({ startMinute }) => {
      const ms = momentOf(zone, day * DAY_MS + startMinute * 60_000);
      return [ms - HOUR_MS, ms - HOUR_MS / 2, ms, ms + HOUR_MS / 2, ms + HOUR_MS];
    }),
  );
}

function windowsOn({ week, dates }: Hours, day: number): DayHours {
  const date = new Date(day * DAY_MS);
  return dates[date.toISOString().slice(0, 10)] ?? week[date.getUTCDay()] ?? [];
}

/** The moment at which clocks of that zone are set within a day of then, if they are. */
function changesIn(zone: string, fromMs: number): readonly number[] {
  const offset = (ms: number): number => wallMs(zone, ms) - Math.floor(ms / 1_000) * 1_000;
  const was = offset(fromMs);
  let [before, after] = [fromMs, fromMs + DAY_MS];
  if (offset(after) === was) return [];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === was) before = middle;
    else after = middle;
  }
  return [after];
}

const shownAt = (zone: string, epochMs: number): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short', timeZone: zone }).format(epochMs);

/** Epoch ms; a campaign calls nobody before and after. */
export interface Lifetime {
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs?: number | undefined;
}

const YEAR_DAYS = 366;

/**
 * Whether there is a moment within a year of then, and within its lifetime, at which numbers of this country may ring in a
 * campaign with these hours.
 */
export function canEverOpen(
  country: string,
  own: Hours | undefined,
  rules: RuleData,
  nowMs: number,
  { startsAtMs = nowMs, endsAtMs }: Lifetime = {},
): boolean {
  const law = rules.get(country);
  if (!law || !(nowMs < law.validUntilMs)) return false;
  const windows: Window[] = [law.hours, own].flatMap((hours) => (hours ? [{ of: '', hours }] : []));
  const fromMs = Math.max(nowMs, startsAtMs);
  const untilMs = fromMs + YEAR_DAYS * DAY_MS;
  // The clock at which it ends is another one in each zone; without an end a day is the same everywhere.
  if (endsAtMs !== undefined)
    return zonesIn(country).some((zone) => opensBetween(windows, zone, fromMs, Math.min(endsAtMs, untilMs)));
  for (let day = dayOf(fromMs); day <= dayOf(untilMs); day += 1)
    for (const { startMinute } of windows.flatMap(({ hours }) => windowsOn(hours, day)))
      if (closedAt(windows, ['UTC'], day * DAY_MS + startMinute * 60_000) === undefined) return true;
  return windows.length === 0;
}

function opensBetween(windows: readonly Window[], zone: string, fromMs: number, untilMs: number): boolean {
  for (let atMs = fromMs; atMs < untilMs; atMs += LOOK_AHEAD_DAYS * DAY_MS) {
    const opensMs = nextOpening(windows, [zone], atMs);
    if (opensMs !== undefined) return opensMs < untilMs;
  }
  return false;
}
