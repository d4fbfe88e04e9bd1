// Times by the clock on a wall: which moments a date and a time mean there. Knows neither offices nor words.
import { DateTime, IANAZone } from 'luxon';

export interface LocalTime {
  /** YYYY-MM-DD */
  readonly date: string;
  /** HH:MM */
  readonly time: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The moments, in ms since the epoch, at which the clock there shows this: one; none where the clock is set forward over it
 * or the date does not exist; two, the earlier first, where it is set back over it.
 */
export function momentsOf({ date, time }: LocalTime, timeZone: string): readonly number[] {
  const zone = IANAZone.create(timeZone);
  const wall = DateTime.fromISO(`${date}T${time}`, { zone: 'utc' });
  if (!wall.isValid) return [];
  const wallMs = wall.toMillis();
  // Where the clock is set back, the offset before is the larger one and gives the earlier moment.
  // No zone is further than 14 hours from UTC, so whatever change matters lies between these two.
  const offsets = new Set([wallMs - DAY_MS, wallMs + DAY_MS].map((ms) => zone.offset(ms)));
  return [...offsets]
    .map((minutes) => wallMs - minutes * MINUTE_MS)
    .filter((ms) => ms + zone.offset(ms) * MINUTE_MS === wallMs);
}

export function localTimeOf(epochMs: number, timeZone: string): LocalTime {
  const shown = DateTime.fromMillis(epochMs, { zone: IANAZone.create(timeZone) });
  return { date: shown.toFormat('yyyy-MM-dd'), time: shown.toFormat('HH:mm') };
}
