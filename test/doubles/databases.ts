// Real databases for tests: an embedded server that the tests share, and, where TEST_DATABASE_URL names one, a server
// PostgreSQL. Every test gets a database of its own.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { embedded } from '../../src/store/embedded/embedded.ts';

export type Size = Database['size'];

/** One per work tree; the first test process starts it, and test/around.ts stops it. */
export const TEST_DATA_DIR = join(
  tmpdir(),
  `liveline-test-${createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12)}`,
);

const serverUrl = process.env['TEST_DATABASE_URL'];

/** Those that can be tested here. */
export const SIZES: readonly Size[] = serverUrl === undefined ? ['embedded'] : ['embedded', 'server'];

let shared: Promise<string> | undefined;

function urlOf(size: Size): Promise<string> {
  return size === 'server' ? Promise.resolve(serverUrl!) : (shared ??= startShared());
}

/** What tests write need not outlast a power cut: without waiting for the disk, a new database takes a tenth of the time. */
async function startShared(): Promise<string> {
  const { host, port, user, password, database } = await embedded(TEST_DATA_DIR, silentLog).ensure();
  const url = `postgres://${user}:${password}@${host}:${port}/${database}`;
  await execute(url, 'alter system set fsync = off');
  await execute(url, 'select pg_reload_conf()');
  return url;
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
export async function freshDatabaseUrl(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  size: Size = 'embedded',
): Promise<string> {
  const url = await urlOf(size);
  const name = `liveline_test_${randomUUID().replaceAll('-', '')}`;
  await execute(url, `create database ${name}`);
  onTestFinished(() => execute(url, `drop database if exists ${name} with (force)`));
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

/** Migrated, and let go of when the test has finished. */
export async function freshDatabase(
  context: Pick<TestContext, 'onTestFinished'>,
  size: Size = 'embedded',
): Promise<Database> {
  const url = await freshDatabaseUrl(context, size);
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  return database;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
