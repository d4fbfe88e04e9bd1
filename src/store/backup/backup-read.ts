// Reads a database as the lines of a backup: everything as it was at one moment, while others go on writing.
import { sql, type Kysely } from 'kysely';
import { LivelineError, messageOf } from '../../base/errors.ts';
import {
  BACKUP_FORMAT,
  BACKUP_FORMAT_VERSION,
  Checksum,
  endLine,
  nameOf,
  tableLine,
  type BackupHeader,
  type RowCounts,
} from './backup-format.ts';
import { migrationsOf, settle, tablesOf, type Table } from './backup-tables.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';

export interface Stamp {
  /** Liveline's. */
  readonly version: string;
  /** Since 1970. */
  readonly atMs: number;
}

/** Held in memory at a time; a row of the largest table is about 1 kB. */
const ROWS_A_FETCH = 500;

/**
 * The database is ready. Lines come without their line feeds; gives back the rows of each table. Throws DATABASE_UNAVAILABLE.
 */
export async function* backupLines(database: Database, stamp: Stamp): AsyncGenerator<string, RowCounts> {
  const snapshot = await database.sql
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  try {
    await settle(snapshot);
    const tables = await tablesOf(snapshot);
    const checksum = new Checksum();
    const counts: Record<string, number> = {};
    for await (const line of linesOf(
      snapshot,
      tables,
      counts,
      await headerOf(database, snapshot, tables, stamp),
    )) {
      checksum.add(line);
      yield line;
    }
    yield endLine(counts, checksum.digest());
    return counts;
  } catch (thrown) {
    if (thrown instanceof LivelineError) throw thrown;
    throw new LivelineError(
      'DATABASE_UNAVAILABLE',
      `the database gave up while it was read: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  } finally {
    // There is nothing to keep; where the connection was lost, there is nothing to end either.
    await snapshot
      .rollback()
      .execute()
      .catch(() => undefined);
  }
}

async function headerOf(
  { size }: Database,
  snapshot: Kysely<Tables>,
  tables: readonly Table[],
  { version, atMs }: Stamp,
): Promise<string> {
  const header: BackupHeader = {
    format: BACKUP_FORMAT,
    formatVersion: BACKUP_FORMAT_VERSION,
    at: new Date(atMs).toISOString(),
    version,
    size,
    migrations: [...(await migrationsOf(snapshot))],
    tables: tables.map(({ schema, name, columns }) => ({
      schema,
      name,
      columns: columns.map((column) => column.name),
    })),
  };
  return JSON.stringify(header);
}

async function* linesOf(
  snapshot: Kysely<Tables>,
  tables: readonly Table[],
  counts: Record<string, number>,
  header: string,
): AsyncGenerator<string, void> {
  yield header;
  for (const table of tables) {
    yield tableLine(nameOf(table));
    counts[nameOf(table)] = 0;
    await declareCursor(snapshot, table);
    for (;;) {
      const { rows } = await sql<{ line: string }>`
        fetch ${sql.lit(ROWS_A_FETCH)} from backup_rows`.execute(snapshot);
      if (rows.length === 0) break;
      counts[nameOf(table)]! += rows.length;
      for (const { line } of rows) yield line;
    }
    await sql`close backup_rows`.execute(snapshot);
  }
}

/** A jsonb may be null in two ways: SQL's is left out of the row, JSON's stands in it. */
async function declareCursor(
  snapshot: Kysely<Tables>,
  { schema, name, columns, primaryKey }: Table,
): Promise<void> {
  const absent = columns
    .filter(({ isJsonb }) => isJsonb)
    .map((column) => sql`case when ${sql.id(column.name)} is null then ${sql.lit(column.name)} end`);
  const without = sql`array_remove(array[${sql.join(absent)}]::text[], null)`;
  const order = sql`order by ${sql.join(primaryKey.map((column) => sql.id(column)))}`;
  await sql`
    declare backup_rows no scroll cursor for
    select (to_jsonb(whole_row) - ${without})::text as line from ${sql.id(schema, name)} as whole_row
    ${primaryKey.length === 0 ? sql`` : order}`.execute(snapshot);
}
