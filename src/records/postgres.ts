// Records in PostgreSQL: the door's adapter, and what is done to many calls at once. Knows nothing of who writes or asks.
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { endWithLastSign } from './postgres-endings.ts';
import { findCalls, readCall, readLastCall } from './postgres-reads.ts';
import { applyWrites } from './postgres-writes.ts';
import type { RecordStore } from './store.ts';

/** Locks are held for as long as a batch takes, and a statement of ours may last 30 s: this many take far less. */
const EXPIRED_AT_ONCE = 500;
/** Twilio ends a call after 24 hours at the latest (twilio.com/docs/voice/twiml/dial, `timeLimit`). */
const LONGEST_CALL_HOURS = 24;

/** The carrier has asked what is next by then, or the call was pointed to a node that is alive. */
const REJOINED_WITHIN_S = 30;
/** A node that was not seen for longer is gone (store/nodes). */
const NODE_LIVES_S = 5;

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

    // Another process may still go on with what has a journal; of one that nobody has looked after for so long none does.
    closeDeadCalls: (node) =>
      endWithLastSign(
        db,
        sql`c.ended_at is null and c.node = ${node} and not exists (
          select from liveline.call_journals j where j.call_id = c.id and not j.over and (
            j.updated_at > clock_timestamp() - make_interval(secs => ${REJOINED_WITHIN_S})
            or exists (select from liveline.nodes n where n.node = j.node and n.node <> c.node
              and n.seen_at > clock_timestamp() - make_interval(secs => ${NODE_LIVES_S}))))`,
      ),

    /** With their logs in the CRM of our own. Also by the database's clock, as this machine's may be wrong, and nothing brings back what was deleted early. */
    async deleteExpired(now) {
      let deleted = 0;
      for (;;) {
        // What another node deletes at this moment is skipped, not waited for.
        const { rows } = await sql<{ count: number }>`
          with expired as (
            delete from liveline.calls where id in (
              select id from liveline.calls where delete_after <= least(${now}::timestamptz, now())
              order by delete_after limit ${EXPIRED_AT_ONCE} for update skip locked
            ) returning id, rehearsal
          ), logs as (
            delete from liveline.crm_calls c using expired e where (c.call_id, c.rehearsal) = (e.id, e.rehearsal)
          )
          select count(*)::int as count from expired`.execute(db);
        const count = rows[0]?.count ?? 0;
        deleted += count;
        if (count < EXPIRED_AT_ONCE) break;
      }
      // A call is told to the CRM only while its record is there: a process died between its deletion and this.
      await sql`
        delete from liveline.crm_calls l
        where not exists (select from liveline.calls c where (c.id, c.rehearsal) = (l.call_id, l.rehearsal))`.execute(
        db,
      );
      return deleted;
    },
  };
}

/**
 * Ends, with their last sign of life, calls that are in progress for longer than any carrier lets a call last: their node
 * died, and nobody who knows of it came back. By the database's clock. How many.
 */
export const closeEndlessCalls = ({ sql: db }: Pick<Database, 'sql'>): Promise<number> =>
  endWithLastSign(
    db,
    sql`c.ended_at is null and c.started_at < now() - make_interval(hours => ${LONGEST_CALL_HOURS})`,
  );
