// Puts the lines of a backup into an empty database: whole, or not at all.
import { sql, type Kysely, type Transaction } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { LivelineError, messageOf } from '../../base/errors.ts';
import {
  Checksum,
  invalid,
  nameOf,
  readHeader,
  readLine,
  type BackupHeader,
  type RowCounts,
} from './backup-format.ts';
import { migrationsOf, rowCounts, settle, tablesOf, type Table } from './backup-tables.ts';
import type { Database } from '../database.ts';
import { MIGRATIONS } from '../migrations/all.ts';
import { SCHEMA, type Tables } from '../tables.ts';

export interface Loaded {
  readonly header: BackupHeader;
  readonly rows: RowCounts;
}

/** One insert takes no more; either bound ends it. */
const ROWS_AN_INSERT = 1_000;
const CHARACTERS_AN_INSERT = 4_000_000;

/**
 * The database is ready. Lines come without their line feeds. A backup of older migrations is taken, and migrated on. Throws
 * BACKUP_INVALID, DATABASE_REFUSED when it is not empty, DATABASE_UNAVAILABLE when it gave up.
 */
export async function loadBackup(
  { sql: db }: Database,
  lines: AsyncIterable<string>,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<Loaded> {
  const reader = lines[Symbol.asyncIterator]();
  try {
    const first = await reader.next();
    if (first.done === true) throw invalid('it is empty');
    const header = readHeader(first.value);
    const checksum = new Checksum();
    checksum.add(first.value);
    const rows = await db.transaction().execute(async (transaction) => {
      await settle(transaction);
      await claimEmpty(transaction);
      const migrator = await stepBackTo(header, transaction, migrations);
      const tables = columnsToFill(header, await tablesOf(transaction));
      const counts = await fill(transaction, tables, reader, checksum);
      await setSequences(transaction, tables);
      if (migrator) await succeed(migrator.migrateToLatest());
      return counts;
    });
    return { header, rows };
  } catch (thrown) {
    throw asLoadError(thrown);
  } finally {
    await reader.return?.();
  }
}

/** Nobody else writes until the transaction ends. */
async function claimEmpty(transaction: Transaction<Tables>): Promise<void> {
  const tables = await tablesOf(transaction);
  const names = tables.map(({ schema, name }) => sql.id(schema, name));
  if (names.length > 0) await sql`lock table ${sql.join(names)} in exclusive mode`.execute(transaction);
  const counts = await rowCounts(transaction, tables);
  const held = Object.entries(counts).filter(([, n]) => n > 0);
  if (held.length === 0) return;
  throw new LivelineError(
    'DATABASE_REFUSED',
    `the database is not empty: it holds ${counts[`${SCHEMA}.calls`] ?? 0} calls (${held
      .map(([name, n]) => `${name}: ${n} rows`)
      .join(', ')}); nothing was written. Give an empty database`,
  );
}

/** To the tables that the backup was made of. What is left to migrate then; undefined: nothing. */
async function stepBackTo(
  { migrations: theirs, version }: BackupHeader,
  transaction: Transaction<Tables>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<Migrator | undefined> {
  const ours = Object.keys(migrations);
  if (theirs.some((name, at) => name !== ours[at]))
    throw invalid(
      `it has migrations that this Liveline does not know; restore it with Liveline ${version} or later`,
    );
  const here = await migrationsOf(transaction);
  if (theirs.length === here.length) return undefined;
  await sql`drop schema ${sql.id(SCHEMA)} cascade`.execute(transaction);
  const migrator = new Migrator({
    db: transaction,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableSchema: SCHEMA,
  });
  await succeed(migrator.migrateTo(theirs.at(-1) ?? ''));
  return migrator;
}

async function succeed(migrating: ReturnType<Migrator['migrateToLatest']>): Promise<void> {
  const { error } = await migrating;
  if (error !== undefined) throw invalid(`its rows cannot be migrated: ${messageOf(error)}`);
}

/** Of the tables here, what the backup has of them. */
function columnsToFill({ tables }: BackupHeader, here: readonly Table[]): ReadonlyMap<string, Table> {
  return new Map(
    tables.map((theirs) => {
      const ours = here.find((table) => nameOf(table) === nameOf(theirs));
      if (!ours) throw invalid(`it has a table that is not known here: ${nameOf(theirs)}`);
      const columns = theirs.columns.map((name) => {
        const column = ours.columns.find((each) => each.name === name);
        if (!column) throw invalid(`it has a column that is not known here: ${nameOf(theirs)}.${name}`);
        return column;
      });
      return [nameOf(theirs), { ...ours, columns }];
    }),
  );
}

async function fill(
  transaction: Transaction<Tables>,
  tables: ReadonlyMap<string, Table>,
  reader: AsyncIterator<string>,
  checksum: Checksum,
): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  let table: Table | undefined;
  let rows: string[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (!table || rows.length === 0) return;
    await insert(transaction, table, rows);
    counts[nameOf(table)]! += rows.length;
    rows = [];
    characters = 0;
  };
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
    const line = readLine(next.value);
    if (line.is === 'end') {
      await flush();
      if (line.sha256 !== checksum.digest()) throw invalid('it is damaged: its checksum is wrong');
      if (!isSame(counts, line.rows)) throw invalid('it is damaged: its tables have not the rows it counts');
      if ((await reader.next()).done !== true) throw invalid('it is damaged: lines stand behind its end');
      return counts;
    }
    checksum.add(next.value);
    if (line.is === 'table') {
      await flush();
      table = tables.get(line.name);
      if (!table) throw invalid(`it is damaged: its header does not have the table ${line.name}`);
      counts[line.name] = 0;
      continue;
    }
    if (!table) throw invalid('it is damaged: a row stands before its table');
    rows.push(line.json);
    characters += line.json.length;
    if (rows.length >= ROWS_AN_INSERT || characters >= CHARACTERS_AN_INSERT) await flush();
  }
  throw invalid('it is cut off: its end is missing');
}

const isSame = (one: RowCounts, other: RowCounts): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, n]) => other[name] === n);

async function insert(
  transaction: Transaction<Tables>,
  table: Table,
  rows: readonly string[],
): Promise<void> {
  const target = sql.id(table.schema, table.name);
  // A JSON null in a jsonb would come out of jsonb_populate_record as SQL's.
  const values = table.columns.map(({ name, isJsonb }) =>
    isJsonb ? sql`line.value -> ${sql.lit(name)}` : sql`filled.${sql.id(name)}`,
  );
  const { numAffectedRows } = await sql`
    insert into ${target} (${sql.join(table.columns.map(({ name }) => sql.id(name)))})
    overriding system value
    select ${sql.join(values)}
    from jsonb_array_elements(${`[${rows.join(',')}]`}::jsonb) as line(value),
      jsonb_populate_record(null::${target}, line.value) as filled`.execute(transaction);
  if (numAffectedRows !== BigInt(rows.length))
    throw invalid(`it is damaged: a line of ${nameOf(table)} is not one row`);
}

/** What they give next lies behind what was put in. */
async function setSequences(db: Kysely<Tables>, tables: ReadonlyMap<string, Table>): Promise<void> {
  for (const { schema, name, columns } of tables.values())
    for (const column of columns)
      if (column.sequence !== null)
        await sql`
          select setval(${column.sequence}::regclass, coalesce(max(${sql.id(column.name)}), 1), max(${sql.id(column.name)}) is not null)
          from ${sql.id(schema, name)}`.execute(db);
}

/** Of PostgreSQL's codes (postgresql.org, Error Codes): data that is no such data, a constraint broken, a name or type unknown. */
const AT_FAULT = /^(22|23|42)/;

/** Without PostgreSQL's words and without the cause: they quote rows, and rows are of callers. */
function asLoadError(thrown: unknown): LivelineError {
  if (thrown instanceof LivelineError) return thrown;
  const { code, table, constraint } = thrown as { code?: unknown; table?: string; constraint?: string };
  if (typeof code === 'string' && AT_FAULT.test(code))
    return invalid(
      `a row of it does not fit${table === undefined ? '' : ` into ${table}`}${constraint === undefined ? '' : ` (${constraint})`}, PostgreSQL says ${code}`,
    );
  return new LivelineError(
    'DATABASE_UNAVAILABLE',
    `the database gave up: ${messageOf(thrown)}; nothing was restored`,
    { cause: thrown },
  );
}
