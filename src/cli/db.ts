// `liveline db`: migrate, status, backup, restore, move. Each gives back the exit code.
import { resolve } from 'node:path';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../config.ts';
import { moveDatabase, restoreBackup, writeBackup } from '../store/backup/backup.ts';
import type { RowCounts } from '../store/backup/backup-format.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { migrationStatus } from '../store/migrate.ts';
import { look, spoolStatus } from '../store/status.ts';
import { aligned } from './aligned.ts';
import { zoneOf } from './calls-table.ts';
import { counted, statusJson, statusText } from './db-status.ts';
import { requireMade } from './made-database.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';

export interface DbContext {
  readonly config: { readonly data: Pick<Config['data'], 'databaseUrl' | 'dir'> };
  readonly log: Log;
  readonly clock: Clock;
  /** Liveline's. */
  readonly version: string;
  /** A line for standard output. */
  readonly print: (line: string) => void;
  /** A line for standard error. */
  readonly complain: (line: string) => void;
}

/** Those that the person at the keyboard can mend by asking otherwise. */
const ASKED_WRONGLY: ReadonlySet<ErrorCode> = new Set(['BACKUP_INVALID', 'CONFIG_INVALID']);

async function reporting(context: DbContext, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof LivelineError)) throw thrown;
    context.complain(thrown.message);
    return ASKED_WRONGLY.has(thrown.code) ? EXIT_BAD_INPUT : EXIT_FAILED;
  }
}

/** `isMade`: an embedded one that was never made is refused, and not made. */
const withDatabase = (
  context: DbContext,
  isMade: boolean,
  act: (database: Database) => Promise<number>,
): Promise<number> =>
  reporting(context, async () => {
    const { data } = context.config;
    if (isMade) await requireMade(data);
    return using(context, data.databaseUrl, act);
  });

async function using<T>(
  { config, log }: DbContext,
  url: string | undefined,
  act: (database: Database) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url, dataDir: config.data.dir, log });
  try {
    await database.ready();
    return await act(database);
  } finally {
    await database.close();
  }
}

export const dbMigrate = (context: DbContext): Promise<number> =>
  withDatabase(context, true, async ({ sql, where }) => {
    const done = await migrationStatus(sql);
    context.print(`${where} has all ${done.length} migrations:`);
    for (const line of aligned(done.map(({ name, doneAt }) => [name, doneAt?.toISOString() ?? 'missing'])))
      context.print(`  ${line}`);
    return 0;
  });

export async function dbStatus(
  context: DbContext,
  { json, utc }: { readonly json: boolean; readonly utc?: boolean | undefined },
): Promise<number> {
  const { data } = context.config;
  const found = await look({ url: data.databaseUrl, dataDir: data.dir, log: context.log });
  const spool = await spoolStatus(data.dir);
  const report = { where: whereOf(context), found, spool };
  if (json) context.print(JSON.stringify(statusJson(report), null, 2));
  else for (const line of statusText(report, zoneOf({ utc }))) context.print(line);
  return found.is === 'unreachable' ? EXIT_FAILED : 0;
}

/** Undefined: into the working directory, named after the time. */
export const dbBackup = (
  context: DbContext,
  { file }: { readonly file: string | undefined },
): Promise<number> =>
  withDatabase(context, true, async (database) => {
    const { clock, version, print } = context;
    const atMs = clock.epochMs();
    const path = resolve(
      file ?? `liveline-${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '')}Z.backup.gz`,
    );
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      const rows = await writeBackup(database, path, { version, atMs, signal: stopping.signal });
      print(
        `${database.where} was written to ${path}, which holds what callers said: keep it as you keep them.`,
      );
      printRows(context, rows);
      return 0;
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
  });

export const dbRestore = (context: DbContext, { file }: { readonly file: string }): Promise<number> =>
  withDatabase(context, false, async (database) => {
    const { header, rows } = await restoreBackup(database, resolve(file));
    context.print(`${database.where} now holds the backup of ${header.at}, by Liveline ${header.version}.`);
    printRows(context, rows);
    return 0;
  });

/** From the embedded database to DATABASE_URL. */
export const dbMove = (context: DbContext): Promise<number> =>
  reporting(context, async () => {
    const { config, log, clock, version, print } = context;
    const { databaseUrl, dir } = config.data;
    if (databaseUrl === undefined)
      throw new LivelineError(
        'CONFIG_INVALID',
        'DATABASE_URL is not set: set it to the PostgreSQL server that the embedded database shall move to',
      );
    const found = await look({ url: undefined, dataDir: dir, log });
    if (found.is === 'not-made')
      throw new LivelineError(
        'DATABASE_REFUSED',
        `there is no embedded database in ${dir}, so there is nothing to move: set DATA_DIR to the folder that the server uses`,
      );
    if (found.is === 'unreachable') throw new LivelineError('DATABASE_UNAVAILABLE', found.why);
    if (found.otherConnections > 0)
      throw new LivelineError(
        'DATABASE_REFUSED',
        `another process uses the embedded database in ${dir} (${counted(found.otherConnections, 'connection')}): stop Liveline first, as what it writes now would be left behind`,
      );
    const { from, to, rows } = await using(context, undefined, (source) =>
      using(context, databaseUrl, async (target) => ({
        from: source.where,
        to: target.where,
        rows: await moveDatabase(source, target, { version, atMs: clock.epochMs() }),
      })),
    );
    print(`Everything in ${from} is now in ${to} too; every table was counted in both:`);
    printRows(context, rows);
    print(`Start Liveline with this DATABASE_URL from now on. ${from} was left as it was: delete it once`);
    print('you have seen the calls there (liveline calls list) and have a backup (liveline db backup).');
    return 0;
  });

function printRows({ print }: DbContext, rows: RowCounts): void {
  for (const line of aligned(Object.entries(rows).map(([name, n]) => [name, counted(n, 'row')])))
    print(`  ${line}`);
}

function whereOf({ config, log }: DbContext): string {
  const { databaseUrl: url, dir: dataDir } = config.data;
  return openDatabase({ url, dataDir, log }).where;
}
