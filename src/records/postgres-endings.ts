// Ends of calls that nobody told: with their last sign of life. Knows not why nobody did.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** `which`: a condition on the call `c`. Also ends anew what was so ended before, as more of it may have come. How many. */
export async function endWithLastSign(db: Kysely<Tables>, which: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    with dead as (
      select c.id, greatest(
        0,
        (select max(at_ms) from liveline.turns where call_id = c.id),
        (select max(greatest(called_ms, done_ms)) from liveline.tool_calls where call_id = c.id),
        (select max(at_ms) from liveline.call_events where call_id = c.id),
        (select max(at_ms) from liveline.turn_usage where call_id = c.id)
      ) as lived_ms
      from liveline.calls c where (c.ended_at is null or c.outcome = 'process-died') and ${which}
    )
    update liveline.calls c
    set outcome = 'process-died',
        duration_ms = dead.lived_ms,
        ended_at = c.started_at + make_interval(secs => dead.lived_ms / 1000.0)
    from dead where dead.id = c.id and (c.ended_at is null or c.outcome = 'process-died')`.execute(db);
  return Number(numAffectedRows ?? 0);
}
