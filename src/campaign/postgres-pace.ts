// How many calls may be begun just now, for all processes together: a row for each thing that has a pace, whose lock is held
// until the calls are written down. Knows no call.
import { sql, type RawBuilder } from 'kysely';
import type { Place } from './postgres-decisions.ts';
import { at, type One } from './postgres-rows.ts';

/** What was not used is made up for, as far as the dialler comes too late for it. */
export const BURST_MS = 250;

export interface Pace {
  /** Of the account, or of a campaign of it. */
  readonly of: string;
  readonly callsPerSecond: number;
}

export interface Slots {
  readonly free: number;
  take(calls: number): Promise<void>;
}

/** One clock for all processes, the database's: by those of two each would begin as many calls as the account may. */
export const paceTime = ({ clock }: Place, nowMs: number): RawBuilder<Date> =>
  clock ? sql<Date>`date_trunc('milliseconds', clock_timestamp())` : at(nowMs);

export async function lockSlots(
  one: One,
  { of, callsPerSecond }: Pace,
  now: RawBuilder<Date>,
): Promise<Slots> {
  const gapMs = 1_000 / callsPerSecond;
  // Further ahead than one call is what the clock wrote before it was set back: kept, it would stay ahead. The time is that
  // of having the lock.
  const { rows } = await sql<{ free_at: Date; now: Date }>`
    insert into liveline.dial_pace as pace (account, free_at) values (${of}, ${now})
    on conflict (account) do update
    set free_at = least(pace.free_at, ${now} + ${gapMs}::double precision * interval '1 millisecond')
    returning free_at, ${now} as now`.execute(one);
  const [row] = rows;
  if (!row) throw new TypeError('the row of a pace was not written');
  const nowMs = row.now.getTime();
  const fromMs = Math.max(row.free_at.getTime(), nowMs - (gapMs < BURST_MS ? BURST_MS : 0));
  return {
    free: fromMs > nowMs ? 0 : Math.floor((nowMs - fromMs) / gapMs) + 1,
    async take(calls) {
      await sql`
        update liveline.dial_pace set free_at = ${at(fromMs + calls * gapMs)} where account = ${of}`.execute(
        one,
      );
    },
  };
}
