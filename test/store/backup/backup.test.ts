// Backups that come back: into a file and out of it, from one database into another, whole and exact.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { loadBackup } from '../../../src/store/backup/backup-load.ts';
import { backupLines } from '../../../src/store/backup/backup-read.ts';
import { inOrder, type Table } from '../../../src/store/backup/backup-tables.ts';
import { moveDatabase, restoreBackup, writeBackup } from '../../../src/store/backup/backup.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { MIGRATIONS } from '../../../src/store/migrations/all.ts';
import { freshDatabase, freshDatabaseUrl, SIZES, TEST_DATA_DIR } from '../../doubles/databases.ts';
import { addCalls, addOddRows, addOddTable, everything, folder, STAMP } from './backup-rig.ts';

describe.each(SIZES)('%s', (size) => {
  test('a backup of several chunks comes back exactly, to the last digit and null', async (context) => {
    const [from, to] = await Promise.all([freshDatabase(context, size), freshDatabase(context, size)]);
    await addOddTable(from);
    await addOddTable(to);
    await addCalls(from, 700, 3);
    await addOddRows(from);
    const file = join(folder(context), 'a.backup.gz');

    const written = await writeBackup(from, file, STAMP);
    expect(written).toMatchObject({
      'liveline.calls': 700,
      'liveline.turns': 2_100,
      'liveline.call_events': 0,
    });
    const { header, rows } = await restoreBackup(to, file);

    expect(rows).toEqual(written);
    expect(header).toMatchObject({ at: '2026-01-02T03:04:05.000Z', version: '9.8.7' });
    const held = await everything(from);
    expect(held['calls']).toHaveLength(700);
    expect(await everything(to)).toEqual(held);
    // The next identity lies behind those that were put in.
    const next = await sql<{
      id: string;
    }>`insert into liveline."a Odd ""name" default values returning id`.execute(to.sql);
    expect(next.rows[0]?.id).toBe('4');
  });

  test('a database moves without a file, and what it had stays', async (context) => {
    const [from, to] = await Promise.all([freshDatabase(context, size), freshDatabase(context, size)]);
    await addCalls(from, 20, 2);
    const before = await everything(from);
    expect(await moveDatabase(from, to, STAMP)).toMatchObject({ 'liveline.calls': 20, 'liveline.turns': 40 });
    expect(await everything(to)).toEqual(before);
    expect(await everything(from)).toEqual(before);
  });
});

test('what is of the moment is in no backup, and keeps none from being restored: processes, journals, secrets', async (context) => {
  const [from, to] = await Promise.all([freshDatabase(context), freshDatabase(context)]);
  for (const { sql: db } of [from, to]) {
    await sql`insert into liveline.secrets (name, secret) values ('stream-tokens', 'abc')`.execute(db);
    await sql`insert into liveline.call_journals (call_id, node, fence, seq, entry)
      values ('CA1', 'one', 1, 1, '{}')`.execute(db);
    await sql`insert into liveline.nodes
        (node, key, address, public_url, name, started_at, seen_at, draining, calls, lag_ms)
      values ('one', 'k', '', '', '', now(), now(), false, 0, 0)`.execute(db);
  }
  await addCalls(from, 2, 1);
  const file = join(folder(context), 'a');
  await writeBackup(from, file, STAMP);
  const { rows } = await restoreBackup(to, file);
  expect(rows).toMatchObject({ 'liveline.calls': 2 });
  for (const table of ['nodes', 'call_journals', 'secrets'])
    expect(rows).not.toHaveProperty(`liveline.${table}`);
});

test('an empty database comes back empty', async (context) => {
  const [from, to] = await Promise.all([freshDatabase(context), freshDatabase(context)]);
  const file = join(folder(context), 'a');
  await writeBackup(from, file, STAMP);
  expect(new Set(Object.values((await restoreBackup(to, file)).rows))).toEqual(new Set([0]));
});

test('a backup is one moment: what happens after its begin is not in it', async (context) => {
  const [from, to] = await Promise.all([freshDatabase(context), freshDatabase(context)]);
  await addCalls(from, 3, 1);
  const before = await everything(from);
  async function* disturbed(): AsyncGenerator<string, void> {
    const lines = backupLines(from, STAMP);
    let isFirst = true;
    for await (const line of lines) {
      if (isFirst) await sql`delete from liveline.calls`.execute(from.sql);
      isFirst = false;
      yield line;
    }
  }
  await loadBackup(to, disturbed());
  expect(await everything(to)).toEqual(before);
  expect((await everything(from))['calls']).toEqual([]);
});

test('a backup of older migrations is migrated on', async (context) => {
  const [from, to] = await Promise.all([freshDatabase(context), freshDatabase(context)]);
  await addCalls(from, 5, 2);
  const migrations = {
    ...MIGRATIONS,
    '9999-later': {
      async up(db: typeof from.sql) {
        await sql`alter table liveline.turns add column words int`.execute(db);
        await sql`update liveline.turns set words = length(text)`.execute(db);
        await sql`alter table liveline.turns alter words set not null`.execute(db);
      },
    },
  };
  await migrations['9999-later'].up(to.sql);
  await sql`insert into liveline.kysely_migration values ('9999-later', '2026-01-01')`.execute(to.sql);

  await loadBackup(to, backupLines(from, STAMP), migrations);

  const { rows } = await sql<{ turns: string; words: string }>`
    select count(*) as turns, count(words) as words from liveline.turns`.execute(to.sql);
  expect(rows).toEqual([{ turns: '10', words: '10' }]);
  expect((await everything(to))['calls']).toEqual((await everything(from))['calls']);
  const done = await sql<{ name: string }>`select name from liveline.kysely_migration order by 1`.execute(
    to.sql,
  );
  expect(done.rows.map(({ name }) => name)).toEqual(Object.keys(migrations));
});

test('the file is for its owner alone, and one that is there is not overwritten', async (context) => {
  const database = await freshDatabase(context);
  const file = join(folder(context), 'a');
  await writeBackup(database, file, STAMP);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(writeBackup(database, file, STAMP)).rejects.toMatchObject({ code: 'BACKUP_UNWRITABLE' });
});

test('a folder that is not there: said, and nothing left', async (context) => {
  const database = await freshDatabase(context);
  const dir = folder(context);
  const writing = writeBackup(database, join(dir, 'none', 'a'), STAMP);
  await expect(writing).rejects.toMatchObject({
    code: 'BACKUP_UNWRITABLE',
    message: expect.stringMatching(/ENOENT/) as string,
  });
  expect(readdirSync(dir)).toEqual([]);
  // The connection was given back: the pool would run dry otherwise.
  for (let attempt = 0; attempt < 10; attempt += 1)
    await writeBackup(database, join(dir, 'none', 'a'), STAMP).catch(() => undefined);
  await database.ready();
});

test('stopped in the middle: nothing is left, under no name', async (context) => {
  const database = await freshDatabase(context);
  await addCalls(database, 2_000, 5);
  const dir = folder(context);
  const stopping = new AbortController();
  const writing = writeBackup(database, join(dir, 'a'), { ...STAMP, signal: stopping.signal });
  setImmediate(() => stopping.abort());
  await expect(writing).rejects.toMatchObject({
    code: 'BACKUP_UNWRITABLE',
    message: expect.stringMatching(/stopped/) as string,
  });
  expect(readdirSync(dir)).toEqual([]);
});

test('killed in the middle: nothing under the final name', async (context) => {
  const url = await freshDatabaseUrl(context);
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  await addCalls(database, 100, 1);
  const dir = folder(context);
  const rooms = new URL('../../../src/', import.meta.url).href;
  const program = `
    import { silentLog } from '${rooms}base/log.ts';
    import { writeBackup } from '${rooms}store/backup/backup.ts';
    import { openDatabase } from '${rooms}store/database.ts';
    const [url, file] = process.argv.slice(1);
    const database = openDatabase({ url, dataDir: '/nowhere', log: silentLog });
    await database.ready();
    await writeBackup(database, file, { version: '1', atMs: 0 });`;
  await database.sql.transaction().execute(async (holding) => {
    // It comes as far as the turns, and no further.
    await sql`lock table liveline.turns in access exclusive mode`.execute(holding);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, url, join(dir, 'a.gz')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(child, 'exit');
    await expect.poll(() => readdirSync(dir), { timeout: 20_000 }).toHaveLength(1);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
  expect(readdirSync(dir)).toEqual([expect.stringMatching(/^a\.gz\.partial-\d+$/)]);
});

test('tables stand behind those that they refer to, and a circle is refused', () => {
  const table = (name: string, ...refersTo: string[]): Table => ({
    ...{ schema: 's', name, columns: [], primaryKey: [] },
    refersTo: refersTo.map((to) => `s.${to}`),
  });
  const ordered = inOrder([table('a', 'c'), table('b', 'elsewhere'), table('c', 'b')]);
  expect(ordered.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  expect(() => inOrder([table('a', 'b'), table('b', 'a')])).toThrow(/in a circle.*: s\.a, s\.b$/);
});
