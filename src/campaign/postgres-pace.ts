// How many calls may be begun just now, for all processes together: a row for each thing that has a pace, whose lock is held
// until the calls are written down. Knows no call.
import { sql } from 'kysely';
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

export async function lockSlots(one: One, { of, callsPerSecond }: Pace, nowMs: number): Promise<Slots> {
  const gapMs = 1_000 / callsPerSecond;
  // Further ahead than one call is what another clock wrote, or ours before it was set back: kept, it would stay ahead.
  const { rows } = await sql<{ free_at: Date }>`
    insert into liveline.dial_pace as pace (account, free_at) values (${of}, ${at(nowMs)})
    on conflict (account) do update set free_at = least(pace.free_at, ${at(nowMs + gapMs)}) returning free_at`.execute(
    one,
  );
  const fromMs = Math.max(rows[0]?.free_at.getTime() ?? nowMs, nowMs - (gapMs < BURST_MS ? BURST_MS : 0));
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
