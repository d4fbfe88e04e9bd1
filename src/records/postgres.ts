// Records in PostgreSQL: the door's adapter, and what is done to many calls at once. Knows nothing of who writes or asks.
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { findCalls, readCall, readLastCall } from './postgres-reads.ts';
import { applyWrites } from './postgres-writes.ts';
import type { RecordStore } from './store.ts';

/** Locks are held for as long as a batch takes, and a statement of ours may last 30 s: this many take far less. */
const EXPIRED_AT_ONCE = 500;

export function createPostgresRecords({ sql: db }: Pick<Database, 'sql'>): RecordStore {
  return {
    apply: (writes) => applyWrites(db, writes),
    find: (query) => findCalls(db, query),
    get: (id) => readCall(db, id),
    last: () => readLastCall(db),

    async nodesInCalls() {
      const { rows } = await sql<{ node: string }>`
        select distinct node from liveline.calls where ended_at is null`.execute(db);
      return rows.map(({ node }) => node);
    },

    async closeDeadCalls(node) {
      const { numAffectedRows } = await sql`
        with dead as (
          select c.id, greatest(
            0,
            (select max(at_ms) from liveline.turns where call_id = c.id),
            (select max(greatest(called_ms, done_ms)) from liveline.tool_calls where call_id = c.id),
            (select max(at_ms) from liveline.call_events where call_id = c.id),
            (select max(at_ms) from liveline.turn_usage where call_id = c.id)
          ) as lived_ms
          from liveline.calls c where c.node = ${node} and c.ended_at is null
        )
        update liveline.calls c
        set outcome = 'process-died',
            duration_ms = dead.lived_ms,
            ended_at = c.started_at + make_interval(secs => dead.lived_ms / 1000.0)
        from dead where dead.id = c.id and c.ended_at is null`.execute(db);
      return Number(numAffectedRows ?? 0);
    },

    async deleteExpired(now) {
      let deleted = 0;
      for (;;) {
        // What another node deletes at this moment is skipped, not waited for.
        const { numAffectedRows } = await sql`
          delete from liveline.calls where id in (
            select id from liveline.calls where delete_after <= ${now}
            order by delete_after limit ${EXPIRED_AT_ONCE} for update skip locked
          )`.execute(db);
        const count = Number(numAffectedRows ?? 0);
        deleted += count;
        if (count < EXPIRED_AT_ONCE) return deleted;
      }
    },
  };
}
