// The database of a command: one that has been made, and that answers. Standard output is for answers, so what the database has
// to say goes to standard error.
import { createLog, type Log } from '../base/log.ts';
import type { Config } from '../config.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { requireMade } from './made-database.ts';
import { secretsOf } from './serve.ts';

/** Throws DATABASE_UNAVAILABLE, or DATABASE_REFUSED, also when nothing was ever recorded here. */
export async function openedDatabase(config: Config): Promise<{ database: Database; log: Log }> {
  const { databaseUrl: url, dir: dataDir } = config.data;
  await requireMade(config.data);
  const log = createLog({ level: 'warn', secrets: secretsOf(config), destination: process.stderr });
  const database = openDatabase({ url, dataDir, log });
  try {
    await database.ready();
  } catch (thrown) {
    await database.close().catch(() => undefined);
    throw thrown;
  }
  return { database, log };
}
