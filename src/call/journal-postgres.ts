// The table of journals in PostgreSQL, for all nodes together. Time is the database's own: machines' clocks differ.
import { sql } from 'kysely';
import { callId, type CallId } from '../base/ids.ts';
import type { Database } from '../store/database.ts';
import { storable } from '../store/storable.ts';
import { createJournalKeeper, type JournalKeeper, type JournalKeeperOptions } from './journal-keeper.ts';
import type { JournalEntry } from './journal.ts';
import { KEEP_JOURNALS_HOURS, SPENT_KEPT, type JournalTable, type JournalWrite } from './journal-table.ts';

const DELETED_AT_ONCE = 1_000;

/** As they are handed in: the driver takes lists of one kind. Tokens are safe in URLs, so a comma is in none. */
const columnsOf = (writes: readonly JournalWrite[]) => ({
  ids: writes.map(({ id }) => storable(id)),
  fences: writes.map(({ fence }) => fence),
  seqs: writes.map(({ seq }) => seq),
  news: writes.map(({ isNew }) => isNew),
  entries: writes.map(({ entry }) => entry),
  spents: writes.map(({ spent }) => spent.join(',')),
});

export interface PostgresJournalsOptions extends Omit<JournalKeeperOptions, 'table' | 'ready'> {
  readonly database: Pick<Database, 'sql' | 'ready'>;
}

export const createPostgresJournals = ({ database, ...rest }: PostgresJournalsOptions): JournalKeeper =>
  createJournalKeeper({
    ...{ ...rest, table: createPostgresJournalTable(database) },
    ready: () => database.ready(),
  });

export function createPostgresJournalTable({ sql: db }: Pick<Database, 'sql'>): JournalTable {
  return {
    async write(node, writes) {
      const { ids, fences, seqs, news, entries, spents } = columnsOf(writes);
      // In the order of their ids: two nodes that write of the same calls do not wait for each other in a circle.
      const { rows } = await sql<{ id: string }>`
        with given as materialized (
          select call_id, fence, seq, is_new, entry::jsonb as entry, string_to_array(spent, ',') as spent
          from unnest(${ids}::text[], ${fences}::bigint[], ${seqs}::bigint[], ${news}::boolean[],
            ${entries}::text[], ${spents}::text[]) as g(call_id, fence, seq, is_new, entry, spent)
          order by call_id
        ), made as (
          insert into liveline.call_journals as j (call_id, node, fence, seq, spent_tokens, over, entry)
          select call_id, ${node}, fence, seq, spent, entry is null, entry from given where is_new
          on conflict (call_id) do update
            set seq = excluded.seq, spent_tokens = excluded.spent_tokens, over = excluded.over,
              entry = excluded.entry, updated_at = clock_timestamp()
            where j.node = excluded.node and j.fence = excluded.fence and j.seq <= excluded.seq and not j.over
          returning j.call_id as id
        ), written as (
          update liveline.call_journals as j
          set seq = g.seq, spent_tokens = g.spent, over = g.entry is null, entry = g.entry,
            updated_at = clock_timestamp()
          from given as g
          where not g.is_new and j.call_id = g.call_id and j.node = ${node} and j.fence = g.fence
            and j.seq <= g.seq and not j.over
          returning j.call_id as id
        )
        select id from made union all select id from written`.execute(db);
      return new Set(rows.map(({ id }) => callId(id)));
    },

    async standing(ids) {
      const { rows } = await sql<{ id: string; node: string; fence: string; over: boolean }>`
        select call_id as id, node, fence, over from liveline.call_journals
        where call_id = any(${ids.map(storable)}::text[])`.execute(db);
      return new Map(
        rows.map(({ id, node, fence, over }) => [callId(id), { node, fence: Number(fence), isOver: over }]),
      );
    },

    async take(id, node, { planned, from, token }) {
      // Whoever comes while another takes it waits for that, and finds that the fence has risen.
      const { rows } = await sql<{
        entry: JournalEntry;
        fence: string;
        rejoins: number;
        spent: string[];
        from: string;
        awayMs: number;
      }>`
        with seen as materialized (
          select h.call_id, h.node, h.fence, greatest(h.updated_at, n.seen_at) as last_at
          from liveline.call_journals as h left join liveline.nodes as n on n.node = h.node and n.node <> ${node}
          where h.call_id = ${storable(id)} and not h.over and h.updated_at > ${oldest}
            and h.node = coalesce(${from ?? null}::text, h.node)
            and not coalesce(${token ?? null}::text = any(h.spent_tokens), false)
        )
        update liveline.call_journals as j
        set node = ${node}, fence = j.fence + 1, seq = 0, rejoins = j.rejoins + ${planned ? 0 : 1}::int,
          spent_tokens = ${token === undefined ? sql`j.spent_tokens` : withToken(token)},
          updated_at = clock_timestamp()
        from seen
        where j.call_id = seen.call_id and j.node = seen.node and j.fence = seen.fence and not j.over
        returning j.entry, j.fence, j.rejoins, j.spent_tokens as spent, seen.node as from,
          extract(epoch from clock_timestamp() - seen.last_at)::float8 * 1000 as "awayMs"`.execute(db);
      const [row] = rows;
      return row && { ...row, fence: Number(row.fence), awayMs: Math.max(0, row.awayMs) };
    },

    async handOver({ id, fence, seq, entry, spent }, from, to) {
      const { rows } = await sql`
        with handed as (
          update liveline.call_journals
          set node = ${to}, fence = fence + 1, seq = 0, spent_tokens = ${[...spent]}::text[],
            entry = ${entry}::jsonb, updated_at = clock_timestamp()
          where call_id = ${storable(id)} and node = ${from} and fence = ${fence} and seq <= ${seq}
            and not over
          returning call_id
        )
        select call_id from handed
        union all
        select call_id from liveline.call_journals
        where call_id = ${storable(id)} and node = ${to} and fence = ${fence} + 1 and not over`.execute(db);
      return rows.length > 0;
    },

    async callsOf(node) {
      const { rows } = await sql<{ id: string }>`
        select call_id as id from liveline.call_journals
        where node = ${node} and not over order by opened_at`.execute(db);
      return rows.map(({ id }): CallId => callId(id));
    },
  };
}

const oldest = sql<Date>`clock_timestamp() - make_interval(hours => ${KEEP_JOURNALS_HOURS})`;

const withToken = (token: string) =>
  sql`(j.spent_tokens || ${token}::text)[greatest(1, cardinality(j.spent_tokens) + 2 - ${SPENT_KEPT}::int):]`;

/** Deletes what no call can ask for any more. How many. */
export async function sweepJournals({ sql: db }: Pick<Database, 'sql'>): Promise<number> {
  let deleted = 0;
  for (;;) {
    // What another process deletes at this moment is skipped, not waited for.
    const { numAffectedRows } = await sql`
      delete from liveline.call_journals where call_id in (
        select call_id from liveline.call_journals where updated_at <= ${oldest}
        limit ${DELETED_AT_ONCE} for update skip locked
      )`.execute(db);
    const count = Number(numAffectedRows ?? 0);
    deleted += count;
    if (count < DELETED_AT_ONCE) return deleted;
  }
}
