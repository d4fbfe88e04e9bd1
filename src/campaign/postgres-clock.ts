// Whether the time of this process is that of the database, which all processes share. Knows no call.
import { sql } from 'kysely';
import { LivelineError } from '../base/errors.ts';
import type { Place } from './postgres-decisions.ts';
import type { Db, One } from './postgres-rows.ts';

interface Difference {
  /** So much the process is ahead of the database (positive), or behind it; 0 within what may be. */
  readonly apartMs: number;
  readonly databaseMs: number;
}

/** The process's time is read on both sides of the question: to wait for a connection is no difference of clocks. */
async function compare(on: Db | One, { clock }: Place, nowMs: number): Promise<Difference> {
  if (!clock) return { apartMs: 0, databaseMs: nowMs };
  const beforeMs = clock.epochMs();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(on);
  const afterMs = clock.epochMs();
  const databaseMs = rows[0]?.now.getTime() ?? NaN;
  const byMs = beforeMs > databaseMs ? beforeMs - databaseMs : Math.min(0, afterMs - databaseMs);
  return { apartMs: Math.abs(byMs) <= clock.mayDifferMs ? 0 : byMs, databaseMs };
}

/**
 * Throws CLOCK_APART. By another time an attempt that is still being placed looks like one that was lost, and is dialled
 * again.
 */
export async function trustClock(on: Db | One, place: Place): Promise<void> {
  const { apartMs } = await compare(on, place, 0);
  if (apartMs === 0) return;
  const way = apartMs < 0 ? 'behind' : 'ahead of';
  throw new LivelineError(
    'CLOCK_APART',
    `the clock of this server is ${Math.round(Math.abs(apartMs) / 1_000)} s ${way} the database's: does NTP run on both machines?`,
  );
}

/** `nowMs`, or the database's time where the two are apart: what is told is written down whatever the clock says. */
export async function timeOf(one: One, place: Place, nowMs: number): Promise<number> {
  const { apartMs, databaseMs } = await compare(one, place, nowMs);
  return apartMs === 0 ? nowMs : databaseMs;
}
