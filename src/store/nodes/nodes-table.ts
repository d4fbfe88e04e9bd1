// The nodes in the database: each writes itself down again and again, and reads of the others in the same statement.
import { sql, type Kysely } from 'kysely';
import { SCHEMA, type Tables } from '../tables.ts';
import type { NodeFigures, NodeSelf, SeenNode } from './node.ts';

interface NodeRow {
  node: string;
  key: string;
  address: string;
  public_url: string;
  name: string;
  started_at: Date;
  ago_ms: number;
  draining: boolean;
  calls: number;
  capacity: number | null;
  lag_ms: number;
}

export interface Beat {
  /** Behind the same public address. */
  readonly others: readonly SeenNode[];
  /** Somebody wants us to drain. */
  readonly drainAsked: boolean;
}

/** Rows of nodes that nobody has seen for a day are deleted. */
export async function beat(db: Kysely<Tables>, own: NodeSelf & NodeFigures): Promise<Beat> {
  const { rows } = await sql<{ drain_asked: boolean } & (NodeRow | { node: null })>`
    with beat as (
      insert into liveline.nodes as n
        (node, key, address, public_url, name, started_at, seen_at, draining, calls, capacity, lag_ms)
      values (${own.node}, ${own.key}, ${own.address}, ${own.publicUrl}, ${own.name}, clock_timestamp(), clock_timestamp(),
        ${own.isDraining}, ${own.calls}, ${own.capacity ?? null}, ${Math.round(own.lagMs)})
      on conflict (node) do update set
        key = excluded.key, address = excluded.address, public_url = excluded.public_url, name = excluded.name, seen_at = excluded.seen_at,
        draining = excluded.draining, calls = excluded.calls, capacity = excluded.capacity, lag_ms = excluded.lag_ms
      returning n.drain_asked
    ), gone as (
      delete from liveline.nodes where seen_at < clock_timestamp() - interval '1 day' and node <> ${own.node}
    )
    select beat.drain_asked, ${seenColumns}
    from beat left join liveline.nodes n
      on n.node <> ${own.node} and n.public_url = ${own.publicUrl}
        and n.seen_at >= clock_timestamp() - interval '1 day'
    order by n.started_at, n.node`.execute(db);
  return {
    others: rows.flatMap((row) => (row.node === null ? [] : [seenOf(row)])),
    drainAsked: rows[0]?.drain_asked ?? false,
  };
}

/** It takes no call any more: nobody waits until it is not seen. */
export async function leave(db: Kysely<Tables>, node: string): Promise<void> {
  await db.withSchema(SCHEMA).deleteFrom('nodes').where('node', '=', node).execute();
}

/** All of the last day, by when they started. */
export async function listNodes(db: Kysely<Tables>): Promise<readonly SeenNode[]> {
  const { rows } = await sql<NodeRow>`
    select ${seenColumns} from liveline.nodes n order by n.started_at, n.node`.execute(db);
  return rows.map(seenOf);
}

/** Where the DATA_DIR of this installation is, in words: who has it, or had it last; ends a sentence. */
export async function dataDirOf(db: Kysely<Tables>, installation: string): Promise<string> {
  const { rows } = await sql<Pick<NodeRow, 'name'>>`
    select name from liveline.nodes where starts_with(node, ${`${installation}/`})
    order by seen_at desc limit 1`.execute(db);
  const [node] = rows;
  return node
    ? `the DATA_DIR of another node, ${node.name}: ask there`
    : `the DATA_DIR of a node that is not running: of the one whose file DATA_DIR/node says ${installation}`;
}

/** False: there is no such node. It hears of it within about a second. */
export async function askToDrain(db: Kysely<Tables>, node: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .withSchema(SCHEMA)
    .updateTable('nodes')
    .set({ drain_asked: true })
    .where('node', '=', node)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const seenColumns = sql`n.node, n.key, n.address, n.public_url, n.name, n.started_at, n.draining, n.calls, n.capacity, n.lag_ms,
  (extract(epoch from clock_timestamp() - n.seen_at) * 1000)::float8 as ago_ms`;

const seenOf = (row: NodeRow): SeenNode => ({
  ...{ node: row.node, key: row.key, address: row.address, name: row.name, startedAt: row.started_at },
  publicUrl: row.public_url,
  ...{ agoMs: Math.max(0, row.ago_ms), isDraining: row.draining, calls: row.calls },
  ...{ capacity: row.capacity ?? undefined, lagMs: row.lag_ms },
});
