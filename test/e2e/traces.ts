// The search for what is kept of a call: every table and every file, whatever they are for.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

/** Ready, and let go of with the test. */
export async function openReady(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  url: string | undefined,
  dataDir: string,
): Promise<Database> {
  const database = openDatabase({ url, dataDir, log: silentLog });
  onTestFinished(() => database.close());
  await database.ready();
  return database;
}

/** Tables of the schema with rows in whose text one of these stands, and how many tables there are. */
export async function tablesWith({ sql: db }: Database, texts: readonly string[]) {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'liveline'`.execute(db);
  const found: string[] = [];
  for (const { name } of rows)
    for (const text of texts) {
      const held = await sql<{ n: number }>`
        select count(*)::int as n from ${sql.table(`liveline.${name}`)} t
        where strpos(lower(t::text), ${text.toLowerCase()}) > 0`.execute(db);
      if (held.rows[0]!.n > 0) found.push(`${name}: ${text}`);
    }
  return { found, tables: rows.length };
}

/** PostgreSQL's own log of writes is overwritten by newer ones, as `forget` says. */
const OVERWRITTEN_LATER = /(^|\/)pg_wal\//;

export function filesWith(dir: string, texts: readonly string[]) {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !OVERWRITTEN_LATER.test(name) && statSync(join(dir, name)).isFile(),
  );
  const found = files.flatMap((name) => {
    const bytes = readFileSync(join(dir, name));
    return texts.flatMap((text) => (bytes.includes(text) ? [`${name}: ${text}`] : []));
  });
  return { found, files: files.length };
}
