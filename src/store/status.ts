// What a database is like now: where, how large, how far migrated, who else uses it. Looks, and changes nothing in it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { messageOf } from '../base/errors.ts';
import { nameOf } from './backup/backup-format.ts';
import { allTablesOf, rowCounts } from './backup/backup-tables.ts';
import type { DatabaseOptions } from './database.ts';
import { embedded } from './embedded/embedded.ts';
import { migrationStatus, type MigrationStatus } from './migrate.ts';
import { outlastStops } from './outlast.ts';
import type { Tables } from './tables.ts';

export interface TableStatus {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

export interface DatabaseStatus {
  readonly serverVersion: string;
  /** Of the whole database. */
  readonly bytes: number;
  readonly migrations: readonly MigrationStatus[];
  readonly tables: readonly TableStatus[];
  readonly calls: number;
  /** When it started. */
  readonly oldestCall: Date | null;
  readonly newestCall: Date | null;
  /** Connections of other processes; a server has some as long as it runs. */
  readonly otherConnections: number;
}

export type Looked =
  | ({ readonly is: 'reachable' } & DatabaseStatus)
  /** An embedded one, before the first start. */
  | { readonly is: 'not-made' }
  | { readonly is: 'unreachable'; readonly why: string };

/** An embedded server that does not run is started for it, and stopped again. */
export async function look({ url, dataDir, log }: DatabaseOptions): Promise<Looked> {
  const own = url === undefined ? embedded(dataDir, log) : undefined;
  if (own && !(await isThere(own.dir))) return { is: 'not-made' };
  try {
    const status = await (own
      ? outlastStops(async () => statusAt(await own.ensure()))
      : statusAt({ connectionString: url }));
    return { is: 'reachable', ...status };
  } catch (thrown) {
    return { is: 'unreachable', why: messageOf(thrown) };
  } finally {
    await own?.stop();
  }
}

async function statusAt(server: pg.PoolConfig): Promise<DatabaseStatus> {
  const pool = new pg.Pool({
    ...server,
    max: 1,
    application_name: 'liveline',
    connectionTimeoutMillis: 5_000,
  });
  pool.on('error', () => undefined);
  // One that is handed out has no other listener, and the loss of it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await statusOf(db);
  } finally {
    await db.destroy();
  }
}

async function statusOf(db: Kysely<Tables>): Promise<DatabaseStatus> {
  const { rows } = await sql<{ serverVersion: string; bytes: string }>`
    select current_setting('server_version') as "serverVersion", pg_database_size(current_database()) as bytes`.execute(
    db,
  );
  const { serverVersion = '', bytes = '0' } = rows[0] ?? {};
  const otherConnections = await othersOn(db);
  const found = await allTablesOf(db);
  const counts = await rowCounts(db, found);
  const tables: TableStatus[] = [];
  for (const table of found) {
    const name = nameOf(table);
    const size = await sql<{ bytes: string }>`
      select pg_total_relation_size(format('%I.%I', ${table.schema}::text, ${table.name}::text)::regclass) as bytes`.execute(
      db,
    );
    tables.push({ name, rows: counts[name] ?? 0, bytes: Number(size.rows[0]?.bytes) });
  }
  const isMigrated = 'liveline.calls' in counts;
  const span = isMigrated
    ? await sql<{ oldest: Date | null; newest: Date | null }>`
        select min(started_at) as oldest, max(started_at) as newest from liveline.calls`.execute(db)
    : undefined;
  return {
    serverVersion,
    bytes: Number(bytes),
    migrations: await migrationStatus(db),
    tables,
    calls: counts['liveline.calls'] ?? 0,
    oldestCall: span?.rows[0]?.oldest ?? null,
    newestCall: span?.rows[0]?.newest ?? null,
    otherConnections,
  };
}

/** PostgreSQL lists a connection that was closed for a moment more: those count that are still there after it. */
const GONE_AFTER_S = 0.5;

async function othersOn(db: Kysely<Tables>): Promise<number> {
  const ask = async (): Promise<readonly number[]> => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`.execute(
      db,
    );
    return rows.map(({ pid }) => pid);
  };
  const first = await ask();
  if (first.length === 0) return 0;
  await sql`select pg_sleep(${GONE_AFTER_S}::float8)`.execute(db);
  const still = await ask();
  return first.filter((pid) => still.includes(pid)).length;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

export interface SpoolStatus {
  readonly files: number;
  readonly bytes: number;
}

/** What waits on disk for a database that was away, in the folders of every process. */
export async function spoolStatus(dataDir: string): Promise<SpoolStatus> {
  const dir = join(dataDir, 'spool');
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ndjson'))
      // A file may be put away between the two looks.
      .map(({ name, parentPath }) =>
        stat(join(parentPath, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
