// Folders with an embedded database in them, for tests that break it: copied from one that is made once.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { Database } from '../../../src/store/database.ts';
import { embedded } from '../../../src/store/embedded/embedded.ts';
import { findPostmaster } from '../../../src/store/embedded/postmaster.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

let template = '';

/** Call once at the top of a test file. */
export function makeTemplate(): void {
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'liveline-template-'));
    const made = embedded(template, silentLog);
    await made.ensure();
    await made.stop();
  });
  afterAll(() => {
    rmSync(template, { recursive: true, force: true });
  });
}

/** A DATA_DIR; what runs in it is killed when the test has finished. */
export function dataDirOf(context: Context, { isMade = true } = {}): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-embedded-'));
  if (isMade) execFileSync('cp', ['-a', join(template, 'postgres'), join(dataDir, 'postgres')]);
  context.onTestFinished(async () => {
    await killPostmaster(dataDir);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });
  return dataDir;
}

export async function killPostmaster(dataDir: string): Promise<void> {
  const postmaster = await findPostmaster(join(dataDir, 'postgres'));
  if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
}

export async function answer(database: Database): Promise<number | undefined> {
  const { rows } = await sql<{ n: number }>`select 1 as n`.execute(database.sql);
  return rows[0]?.n;
}
