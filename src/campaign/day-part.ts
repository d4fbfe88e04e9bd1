// The parts of a day in which people are at home or at work: who was not reached in one is tried in another. Whether it may
// ring then is not known here.
import { DAY_MS, dayOf } from '../agents/recurrence.ts';
import { momentOf, wallMs } from '../agents/wall-clock.ts';

const HOUR_MS = 3_600_000;

const PARTS = ['morning', 'afternoon', 'evening'] as const;
export type DayPart = (typeof PARTS)[number];

/** By the clock on the wall; within the hours of even the strictest laws, so that a part is not over when it is allowed. */
const HOURS: Readonly<Record<DayPart, { readonly from: number; readonly until: number }>> = {
  morning: { from: 9, until: 12 },
  afternoon: { from: 12, until: 17 },
  evening: { from: 17, until: 20 },
};

const hourAt = (zone: string, epochMs: number): number => {
  const shownMs = wallMs(zone, epochMs);
  return (shownMs - dayOf(shownMs) * DAY_MS) / HOUR_MS;
};

/** That in which somebody was called. */
export function dayPartOf(zone: string, epochMs: number): DayPart {
  const hour = hourAt(zone, epochMs);
  return PARTS.find((part) => hour < HOURS[part].until) ?? 'evening';
}

/** The midnight after, there. */
export const nextDay = (zone: string, epochMs: number): number =>
  momentOf(zone, (dayOf(wallMs(zone, epochMs)) + 1) * DAY_MS);

/**
 * From `earliestMs` on the first moment of a part of the day that was not tried yet; when all were, of one that is not the
 * last. `tried`: oldest first.
 */
export function inOtherPart(zone: string, earliestMs: number, tried: readonly DayPart[]): number {
  const untried = PARTS.filter((part) => !tried.includes(part));
  const wanted = untried.length > 0 ? untried : PARTS.filter((part) => part !== tried.at(-1));
  const hour = hourAt(zone, earliestMs);
  if (wanted.some((part) => HOURS[part].from <= hour && hour < HOURS[part].until)) return earliestMs;
  const today = dayOf(wallMs(zone, earliestMs));
  const starts = [today, today + 1].flatMap((day) =>
    wanted.map((part) => momentOf(zone, day * DAY_MS + HOURS[part].from * HOUR_MS)),
  );
  return Math.min(...starts.filter((ms) => ms >= earliestMs));
}

/** What is no zone is UTC: here a wrong part of the day is the worst of it. */
export function zoneOr(zone: string): string {
  try {
    wallMs(zone, 0);
    return zone;
  } catch {
    return 'UTC';
  }
}
