// When a visit may be: not in the past, not at an hour that the clocks leave out or show twice, and while the office is open.
import type { JsonObject } from '../../live/session.ts';
import { localTimeOf, momentsOf, type LocalTime } from './local-time.ts';
import { ToolRefusal } from '../refusal.ts';
import { spokenTime } from './spoken-time.ts';
import type { Office } from '../tool.ts';

const MINUTE_MS = 60_000;
/** Whoever books further ahead has mistaken the year. */
const FURTHEST_MS = 2 * 366 * 24 * 60 * MINUTE_MS;
/** No break in opening hours is shorter. */
const LOOK_EVERY_MINUTES = 15;

/**
 * What a booking, and what cancels it, are about: the date alone, because a cancellation may name no time. What is freed
 * too much by that does no harm: a booking that stands is found again, and what was cancelled is not there any more.
 */
export const visitDay = ({ date }: JsonObject): string => String(date);

/** In ms since the epoch. Throws ToolRefusal with words that ask for another time. */
export function visitStart(at: LocalTime, minutes: number, office: Office, epochMs: number): number {
  const [startsAtMs, again] = momentsOf(at, office.timeZone);
  if (startsAtMs === undefined)
    throw new ToolRefusal(
      'The clocks are set forward then, so this time does not exist. Ask for another time.',
    );
  if (again !== undefined)
    throw new ToolRefusal(
      'The clocks are set back then, so this time comes twice. Ask for a time an hour earlier or later.',
    );
  const now = `it is now ${spokenTime(epochMs, office)}, ${localTimeOf(epochMs, office.timeZone).date}`;
  if (startsAtMs <= epochMs)
    throw new ToolRefusal(`This is in the past: ${now}. Mend the date, or ask for another time.`);
  if (startsAtMs > epochMs + FURTHEST_MS)
    throw new ToolRefusal(`This is too far ahead: ${now}. Mend the date.`);
  if (!isOpenFor(minutes, startsAtMs, office))
    throw new ToolRefusal(
      'We are not open for all of this time, so nothing was booked. Say so, and ask for a time within the opening hours.',
    );
  return startsAtMs;
}

function isOpenFor(minutes: number, startsAtMs: number, { isOpenAt }: Office): boolean {
  if (isOpenAt === undefined) return true;
  for (let minute = 0; minute < minutes; minute += LOOK_EVERY_MINUTES)
    if (!isOpenAt(startsAtMs + minute * MINUTE_MS)) return false;
  return isOpenAt(startsAtMs + (minutes - 1) * MINUTE_MS);
}
