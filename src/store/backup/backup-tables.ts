// Which tables a backup holds, as the database's own catalogue tells: columns, keys, and who refers to whom. Knows none of
// them by name.
import { sql, type Kysely } from 'kysely';
import { LivelineError } from '../../base/errors.ts';
import { nameOf } from './backup-format.ts';
import { SCHEMA, type Tables } from '../tables.ts';

/** Whose tables are backed up. */
export const BACKED_UP_SCHEMAS: readonly string[] = [SCHEMA];

/** kysely's own; what they say of migrations is in the header. */
const OF_MIGRATIONS = ['kysely_migration', 'kysely_migration_lock'];
/** Processes and calls that are not there any more when it is restored, and what nobody else may know. */
const OF_THE_MOMENT = ['nodes', 'call_journals', 'secrets'];

export interface Column {
  readonly name: string;
  readonly isJsonb: boolean;
  /** Takes its values from a sequence. */
  readonly sequence: string | null;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Without those that the database computes. */
  readonly columns: readonly Column[];
  /** Columns, in order; empty without one. */
  readonly primaryKey: readonly string[];
  readonly refersTo: readonly string[];
}

/** What a backup holds. A table stands behind those that it refers to, so that rows can be put back in this order. */
export const tablesOf = (db: Kysely<Tables>): Promise<readonly Table[]> =>
  tablesBut(db, [...OF_MIGRATIONS, ...OF_THE_MOMENT]);

/** Those that no backup holds, too. */
export const allTablesOf = (db: Kysely<Tables>): Promise<readonly Table[]> => tablesBut(db, OF_MIGRATIONS);

async function tablesBut(db: Kysely<Tables>, without: readonly string[]): Promise<readonly Table[]> {
  // A partition's rows belong to the table that it is a part of.
  const { rows } = await sql<Table>`
    select n.nspname as schema, c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'isJsonb', a.atttypid = 'jsonb'::regtype,
          'sequence', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select json_agg(a.attname order by k.place)
        from pg_index i, unnest(i.indkey) with ordinality as k(attnum, place), pg_attribute a
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum), '[]') as "primaryKey",
      coalesce((select json_agg(distinct fn.nspname || '.' || fc.relname)
        from pg_constraint f join pg_class fc on fc.oid = f.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), '[]') as "refersTo"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname in (${sql.join(BACKED_UP_SCHEMAS)}) and c.relname not in (${sql.join(without)})
    order by 1, 2`.execute(db);
  return inOrder(rows);
}

/** Throws DATABASE_REFUSED when tables refer to each other in a circle. */
export function inOrder(tables: readonly Table[]): readonly Table[] {
  const known = new Set(tables.map(nameOf));
  const ordered = new Map<string, Table>();
  while (ordered.size < tables.length) {
    const free = tables.filter(
      (table) =>
        !ordered.has(nameOf(table)) && table.refersTo.every((to) => ordered.has(to) || !known.has(to)),
    );
    if (free.length === 0)
      throw new LivelineError(
        'DATABASE_REFUSED',
        `tables of this database refer to each other in a circle, so their rows have no order: ${[...known]
          .filter((name) => !ordered.has(name))
          .join(', ')}`,
      );
    for (const table of free) ordered.set(nameOf(table), table);
  }
  return [...ordered.values()];
}

export async function rowCounts(
  db: Kysely<Tables>,
  tables: readonly Pick<Table, 'schema' | 'name'>[],
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await sql<{
      n: string;
    }>`select count(*) as n from ${sql.id(table.schema, table.name)}`.execute(db);
    counts[nameOf(table)] = Number(rows[0]?.n);
  }
  return counts;
}

/** The names of what was migrated, in order. */
export async function migrationsOf(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.id(SCHEMA, 'kysely_migration')} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** Times are written in one way, and the whole of a large table may be slow to come. */
export async function settle(transaction: Kysely<Tables>): Promise<void> {
  await sql`set local timezone to 'UTC'`.execute(transaction);
  await sql`set local statement_timeout to 0`.execute(transaction);
}
