// A phone number in columns of text and JSON of any table: blanked there. Knows no table by name.
import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { SCHEMA, type Tables } from '../store/tables.ts';
import type { Traces } from './number-traces.ts';

export interface Column {
  readonly name: string;
  readonly isJson: boolean;
  /** Part of what must be there once: two that are blanked may not become the same. */
  readonly isUnique: boolean;
}

/** 8 kB each: so much is searched in far less than a statement may last. */
const PAGES_AT_ONCE = 4_096;

/** By table. Keys that tables refer to each other by are left as they are, unless those that refer follow by themselves. */
export async function columnsToSearch(db: Kysely<Tables>): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { rows } = await sql<Column & { table: string }>`
    select c.relname as table, a.attname as name, t.typname in ('json', 'jsonb') as "isJson",
      exists (
        select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any(i.indkey)
      ) as "isUnique"
    from pg_class c
      join pg_namespace s on s.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      join pg_type t on t.oid = a.atttypid
    where s.nspname = ${SCHEMA} and c.relkind = 'r'
      and t.typname in ('text', 'varchar', 'bpchar', 'json', 'jsonb')
      and not exists (
        select from pg_constraint k where k.contype = 'f' and (
          (k.conrelid = c.oid and a.attnum = any(k.conkey))
          or (k.confrelid = c.oid and k.confupdtype <> 'c' and a.attnum = any(k.confkey))
        )
      )
    order by c.relname, a.attnum`.execute(db);
  return Map.groupBy(rows, ({ table }) => table);
}

/** How many values were changed. */
export async function blankColumns(
  db: Kysely<Tables>,
  table: string,
  columns: readonly Column[],
  traces: Traces,
): Promise<number> {
  const of = sql.table(`${SCHEMA}.${table}`);
  const { rows } = await sql<{ pages: number }>`
    select (pg_relation_size(${`${SCHEMA}.${table}`}::regclass) / current_setting('block_size')::int)::int as pages`.execute(
    db,
  );
  let changed = 0;
  for (let page = 0; page < (rows[0]?.pages ?? 0); page += PAGES_AT_ONCE)
    changed += await db
      .transaction()
      .execute((tx) => blankPages(tx, of, [page, page + PAGES_AT_ONCE], columns, traces));
  return changed;
}

/** Rows are known by where they lie: tables to come may have any key. Where a row lies holds while it is locked. */
async function blankPages(
  tx: Kysely<Tables>,
  of: ReturnType<typeof sql.table>,
  [from, to]: readonly [number, number],
  columns: readonly Column[],
  traces: Traces,
): Promise<number> {
  // What is only ever added to may be blanked, and nothing else (migration 0011).
  await sql`select set_config('liveline.forgetting', 'yes', true)`.execute(tx);
  const texts = columns.map(({ name }) => sql`${sql.ref(name)}::text`);
  const suspects = texts.map((text) => sql`${text} ~ ${traces.suspicion}`);
  const { rows } = await sql<{ at: string; texts: (string | null)[] }>`
    select ctid::text as at, array[${sql.join(texts)}] as texts from ${of}
    where ctid >= ${`(${from},0)`}::tid and ctid < ${`(${to},0)`}::tid and (${sql.join(suspects, sql` or `)})
    for update`.execute(tx);
  let changed = 0;
  for (const row of rows) {
    const changes = columns.flatMap((column, index) => {
      const text = row.texts[index] ?? null;
      const blanked = text === null ? undefined : blankedIn(column, text, traces);
      return blanked === undefined ? [] : [sql`${sql.ref(column.name)} = ${blanked}`];
    });
    if (changes.length === 0) continue;
    await sql`update ${of} set ${sql.join(changes)} where ctid = ${row.at}::tid`.execute(tx);
    changed += changes.length;
  }
  return changed;
}

/** Undefined: it is not in it. */
function blankedIn({ isJson, isUnique }: Column, text: string, traces: Traces): string | undefined {
  const before = isJson ? JSON.stringify(JSON.parse(text)) : text;
  const after = isJson ? JSON.stringify(traces.blankJson(JSON.parse(text))) : traces.blank(text);
  if (after === before) return undefined;
  return isUnique ? `${after}-${randomBytes(6).toString('hex')}` : after;
}
