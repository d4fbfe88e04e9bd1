// Whether the time of this process is that of the database, which all processes share. Knows no call.
import { sql } from 'kysely';
import { LivelineError } from '../base/errors.ts';
import type { Place } from './postgres-decisions.ts';
import type { One } from './postgres-rows.ts';

/**
 * Throws CLOCK_APART. By another time an attempt that is still being placed looks like one that was lost, and is dialled
 * again. The time of the transaction's begin: waiting for locks is no difference of clocks.
 */
export async function trustClock(
  one: One,
  { clocksMayDifferMs = Infinity }: Place,
  nowMs: number,
): Promise<void> {
  if (clocksMayDifferMs === Infinity) return;
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(one);
  const byMs = nowMs - (rows[0]?.now.getTime() ?? NaN);
  if (Math.abs(byMs) <= clocksMayDifferMs) return;
  const way = byMs < 0 ? 'behind' : 'ahead of';
  throw new LivelineError(
    'CLOCK_APART',
    `the clock of this server is ${Math.round(Math.abs(byMs) / 1_000)} s ${way} the database's: does NTP run on both machines?`,
  );
}
