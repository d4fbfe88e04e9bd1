// Real databases for tests: an embedded server that the tests of a worker share, and, where TEST_DATABASE_URL names one, a
// server PostgreSQL. Every test gets a database of its own.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { bundledPostgres } from '../../src/store/embedded/bundled.ts';
import { embedded } from '../../src/store/embedded/embedded.ts';

export type Size = Database['size'];

/** Of the embedded servers of this work tree: a folder each. */
export const TEST_DATA_DIRS = join(
  tmpdir(),
  `liveline-test-${createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12)}`,
);

/**
 * One per run of the tests, which is named by its process (test/around.ts), and worker of vitest: nobody else is there when
 * it is started again. The first test that needs it starts it, and test/around.ts stops it.
 */
export const TEST_DATA_DIR = join(
  TEST_DATA_DIRS,
  `${process.env['LIVELINE_TEST_RUN'] ?? process.pid}-${process.env['VITEST_POOL_ID'] ?? 1}`,
);

const serverUrl = process.env['TEST_DATABASE_URL'];

/** Those that can be tested here. */
export const SIZES: readonly Size[] = serverUrl === undefined ? ['embedded'] : ['embedded', 'server'];

/**
 * For what asks the same of both in the same words: the larger that can be tested here, as all else runs on the embedded one.
 * What is about the database itself runs on all `SIZES`.
 */
export const LARGEST: readonly Size[] = SIZES.slice(-1);

let shared: Promise<string> | undefined;

function urlOf(size: Size): Promise<string> {
  return size === 'server' ? Promise.resolve(serverUrl!) : (shared ??= startShared());
}

/** 12 tests at once (maxConcurrency in vitest.config.ts), each of them with two pools of 8 (database.ts), and some to spare. */
const MAX_CONNECTIONS = 300;

async function startShared(): Promise<string> {
  const started = embedded(TEST_DATA_DIR, silentLog);
  const { host, port, user, password, database } = await started.ensure();
  const url = `postgres://${user}:${password}@${host}:${port}/${database}`;
  const [row] = await execute(url, 'show max_connections');
  if (Number(row?.['max_connections']) < MAX_CONNECTIONS) await startAgain(started.dir, host, port);
  return url;
}

/** As tests need it, where users do not: these are settings that a running server does not change. */
async function startAgain(dir: string, host: string, port: number): Promise<void> {
  const settings = [
    `port=${port}`,
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    `max_connections=${MAX_CONNECTIONS}`,
    // What tests write need not outlast a power cut: a new database then takes a tenth of the time.
    'fsync=off',
  ];
  // The folder too: a restart puts it on the command line only with the old options.
  const options = [`-D '${dir}'`, ...settings.map((setting) => `-c '${setting}'`)].join(' ');
  const { run } = await bundledPostgres(TEST_DATA_DIR);
  const restart = ['restart', '-D', dir, '-m', 'fast', '-w', '-l', join(dir, 'start.log'), '-o', options];
  const { code, said } = await run('pg_ctl', restart);
  administrators.clear();
  if (code !== 0) throw new Error(`the PostgreSQL of the tests was not started again: ${said.trim()}`);
}

/** Of a database that tests share: where records may go that nobody counts. */
export const sharedDatabaseUrl = (): Promise<string> => urlOf('embedded');

/** A folder for DATA_DIR; an embedded server that a killed process left in it is stopped with the test. */
export function freshDataDir({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-data-'));
  onTestFinished(() => letGoOfDataDir(dir));
  return dir;
}

export async function letGoOfDataDir(dir: string): Promise<void> {
  if (existsSync(join(dir, 'postgres'))) await embedded(dir, silentLog).stop();
  rmSync(dir, { recursive: true, force: true });
}

/** The address of a new, empty database that goes with the test. */
export const freshDatabaseUrl = (
  context: Pick<TestContext, 'onTestFinished'>,
  size: Size = 'embedded',
): Promise<string> => makeDatabase(context, size, 'template1');

/** The same, migrated: that takes a tenth of the time that the migrations take. */
export const migratedDatabaseUrl = async (
  context: Pick<TestContext, 'onTestFinished'>,
  size: Size = 'embedded',
): Promise<string> => makeDatabase(context, size, await (templates[size] ??= template(size)));

const templates: Partial<Record<Size, Promise<string>>> = {};

/** What the databases of this worker's tests are copied from; its next file finds it made. */
async function template(size: Size): Promise<string> {
  const url = await urlOf(size);
  const name = `${templatesOf(process.env['LIVELINE_TEST_RUN'] ?? String(process.pid))}${process.env['VITEST_POOL_ID'] ?? 1}`;
  const made = `select from pg_database where datname = '${name}' and datallowconn is false`;
  if ((await execute(url, made)).length > 0) return name;
  await execute(url, `drop database if exists ${name} with (force)`);
  await execute(url, `create database ${name}`);
  const database = openDatabase({ url: at(url, name), dataDir: TEST_DATA_DIR, log: silentLog });
  await database.ready().finally(() => database.close());
  // Whoever were connected would keep it from being copied.
  await execute(url, `alter database ${name} allow_connections false`);
  return name;
}

const templatesOf = (run: string): string => `liveline_template_${run}_`;

/** On the server PostgreSQL, what a run of the tests has left there. */
export async function dropTemplates(run: string): Promise<void> {
  if (serverUrl === undefined) return;
  const left = await execute(
    serverUrl,
    `select datname from pg_database where starts_with(datname, '${templatesOf(run)}')`,
  );
  for (const { datname } of left) await execute(serverUrl, `drop database ${String(datname)}`);
}

function at(url: string, name: string): string {
  const there = new URL(url);
  there.pathname = `/${name}`;
  return there.href;
}

async function makeDatabase(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  size: Size,
  from: string,
): Promise<string> {
  const url = await urlOf(size);
  const name = `liveline_test_${randomUUID().replaceAll('-', '')}`;
  await execute(url, `create database ${name} template ${from}`);
  onTestFinished(async () => {
    await execute(url, `drop database if exists ${name} with (force)`);
  });
  return at(url, name);
}

/** Migrated, and let go of when the test has finished. */
export async function freshDatabase(
  context: Pick<TestContext, 'onTestFinished'>,
  size: Size = 'embedded',
): Promise<Database> {
  const url = await migratedDatabaseUrl(context, size);
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  return database;
}

/** One connection for all that this file makes and drops: opening one takes as long as the rest of it. */
const administrators = new Map<string, Promise<pg.Client>>();

async function execute(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const connected = administrators.get(url) ?? administer(url);
  administrators.set(url, connected);
  return (await (await connected).query<Record<string, unknown>>(statement)).rows;
}

async function administer(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // Of a server that was started again.
  const forget = (): void => void administrators.delete(url);
  client.on('error', forget).on('end', forget);
  try {
    await client.connect();
  } catch (thrown) {
    forget();
    throw thrown;
  }
  // It is in nobody's way at the end.
  (client as pg.Client & { unref(): void }).unref();
  return client;
}
