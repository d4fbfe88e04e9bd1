// `liveline db`: what it says, what it gives back, and what it leaves as it was.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { zonedTimeText } from '../../src/cli/calls-table.ts';
import { dbBackup, dbMigrate, dbMove, dbRestore, dbStatus, type DbContext } from '../../src/cli/db.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findPostmaster } from '../../src/store/embedded/postmaster.ts';
import { freshDatabase, freshDatabaseUrl, freshDataDir, TEST_DATA_DIR } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { addCalls, everything, folder } from '../store/backup/backup-rig.ts';

interface Rig extends DbContext {
  readonly said: string[];
  readonly complained: string[];
}

function rig(databaseUrl: string | undefined, dir: string): Rig {
  const said: string[] = [];
  const complained: string[] = [];
  return {
    config: { data: { databaseUrl, dir } },
    log: silentLog,
    clock: new ManualClock(),
    version: '1.2.3',
    print: (line) => said.push(line),
    complain: (line) => complained.push(line),
    said,
    complained,
  };
}

test('status before migration changes nothing; migrate, and it says so', async (context) => {
  const url = await freshDatabaseUrl(context);
  const dir = folder(context);
  for (const _ of [1, 2]) {
    const before = rig(url, dir);
    expect(await dbStatus(before, { json: false })).toBe(0);
    expect(before.said.join('\n')).toMatch(/migrations +missing: 0001-calls/);
  }
  const migrating = rig(url, dir);
  expect(await dbMigrate(migrating)).toBe(0);
  expect(migrating.said.join('\n')).toMatch(/all \d+ migrations:\n {2}0001-calls +\d{4}-/);
  const after = rig(url, dir);
  await dbStatus(after, { json: false });
  expect(after.said.join('\n')).toMatch(/migrations +all \d/);
});

test('status names sizes, calls and what waits on disk, and no password', async (context) => {
  const url = await freshDatabaseUrl(context);
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  await addCalls(database, 5, 2);
  const dir = folder(context);
  mkdirSync(join(dir, 'spool', 'records-1-2'), { recursive: true });
  writeFileSync(join(dir, 'spool', 'records-1-2', '1.ndjson'), 'x'.repeat(2_048));
  writeFileSync(join(dir, 'spool', 'records.corrupt'), 'not waiting');

  const people = rig(url, dir);
  expect(await dbStatus(people, { json: false, utc: true })).toBe(0);
  const text = people.said.join('\n');
  expect(text).toMatch(
    /\ncalls +5\noldest call +2026-01-01 00:00:01 UTC\nnewest call +2026-01-01 00:00:05 UTC\n/,
  );
  expect(text).toMatch(/liveline\.turns +10 rows, [\d.]+ kB/);
  expect(text).toMatch(/waiting on disk +1 file, 2\.0 kB/);
  expect(text).toMatch(/used by others +1 connection$/m);
  expect(text).not.toContain(new URL(url).password);

  const programs = rig(url, dir);
  await dbStatus(programs, { json: true });
  expect(JSON.parse(programs.said.join('\n'))).toMatchObject({
    state: 'reachable',
    calls: 5,
    oldestCall: '2026-01-01T00:00:01.123Z',
    otherConnections: 1,
    spool: { files: 1, bytes: 2_048 },
  });
});

test('local times name their zone', () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(zonedTimeText('2026-01-01T00:00:00.000Z', undefined)).toMatch(new RegExp(`^20[\\d: -]+ ${zone}$`));
  expect(zonedTimeText('2026-01-01T00:00:00.000Z', 'Asia/Tokyo')).toBe('2026-01-01 09:00:00 Asia/Tokyo');
});

test('an embedded database that was never made stays so', async (context) => {
  const dir = folder(context);
  for (const [act, says] of [
    [dbMigrate, `there are no records in ${dir}: set DATA_DIR to the folder`],
    [(at: Rig) => dbBackup(at, { file: join(dir, 'b.gz') }), `there are no records in ${dir}: set DATA_DIR`],
  ] as const) {
    const at = rig(undefined, dir);
    expect(await act(at)).toBe(1);
    expect(at.complained.join('\n')).toContain(says);
  }
  const moving = rig('postgres://127.0.0.1:1/x', dir);
  expect(await dbMove(moving)).toBe(1);
  expect(moving.complained.join('\n')).toContain('set DATA_DIR to the folder that the server uses');
  expect(readdirSync(dir)).toEqual([]);
});

test('status of what is not there: not made, and not reachable', async (context) => {
  const dir = folder(context);
  const notMade = rig(undefined, dir);
  expect(await dbStatus(notMade, { json: false })).toBe(0);
  expect(notMade.said.join('\n')).toContain('not made yet');
  expect(readdirSync(dir)).toEqual([]);

  const away = rig('postgres://me:geheim@127.0.0.1:1/x', dir);
  expect(await dbStatus(away, { json: false })).toBe(1);
  expect(away.said.join('\n')).toMatch(/NOT REACHABLE: .*ECONNREFUSED/);
  expect(away.said.join('\n')).not.toContain('geheim');
});

test('backup and restore: where, how much, and what is wrong', async (context) => {
  const [fromUrl, toUrl] = [await freshDatabaseUrl(context), await freshDatabaseUrl(context)];
  const dir = folder(context);
  const file = join(dir, 'a.gz');
  const source = openDatabase({ url: fromUrl, dataDir: dir, log: silentLog });
  await source.ready();
  await addCalls(source, 4, 1);
  await source.close();

  const listeners = process.listenerCount('SIGINT');
  const backing = rig(fromUrl, dir);
  expect(await dbBackup(backing, { file })).toBe(0);
  expect(backing.said.join('\n')).toMatch(/liveline\.calls +4 rows/);
  const again = rig(fromUrl, dir);
  expect(await dbBackup(again, { file })).toBe(1);
  expect(again.complained.join('\n')).toContain('already');

  const restoring = rig(toUrl, dir);
  expect(await dbRestore(restoring, { file })).toBe(0);
  expect(restoring.said.join('\n')).toMatch(/by Liveline 1\.2\.3[^]*liveline\.calls +4 rows/);
  const twice = rig(toUrl, dir);
  expect(await dbRestore(twice, { file })).toBe(1);
  expect(twice.complained.join('\n')).toContain('holds 4 calls');
  const makingOne = rig(undefined, freshDataDir(context));
  expect(await dbRestore(makingOne, { file })).toBe(0);
  expect(makingOne.said.join('\n')).toMatch(/liveline\.calls +4 rows/);
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  const torn = rig(await freshDatabaseUrl(context), dir);
  expect(await dbRestore(torn, { file })).toBe(2);
  expect(torn.complained.join('\n')).toContain('cut off');
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

test('move: every refusal first, then all of it, and the embedded one stays', async (context) => {
  const dir = folder(context);
  // First, and open: a shared server that somebody is connected to is not stopped by the end of another run.
  const target = await freshDatabase(context);
  await addCalls(target, 1, 1);
  const url = await freshDatabaseUrl(context);
  const run = async (databaseUrl: string | undefined): Promise<[number, string]> => {
    const at = rig(databaseUrl, dir);
    return [await dbMove(at), [...at.said, ...at.complained].join('\n')];
  };
  expect(await run(undefined)).toEqual([2, expect.stringContaining('DATABASE_URL is not set')]);
  expect(await run(url)).toEqual([1, expect.stringContaining('nothing to move')]);

  const source = openDatabase({ url: undefined, dataDir: dir, log: silentLog });
  context.onTestFinished(() => source.close());
  await source.ready();
  await addCalls(source, 30, 2);
  const held = await everything(source);
  expect(await run(url)).toEqual([1, expect.stringContaining('stop Liveline first')]);
  await source.close();

  const taken = new URL(url);
  taken.pathname = target.where.slice(target.where.indexOf('/'));
  expect(await run(taken.href)).toEqual([1, expect.stringContaining('not empty')]);

  const [code, said] = await run(url);
  expect(code).toBe(0);
  expect(said).toMatch(/liveline\.turns +60 rows/);
  expect(said).toContain('Start Liveline with this DATABASE_URL');
  // The server that it started is gone again.
  expect(await findPostmaster(join(dir, 'postgres'))).toBeUndefined();
  for (const at of [url, undefined]) {
    const database = openDatabase({ url: at, dataDir: dir, log: silentLog });
    await database.ready();
    expect(await everything(database)).toEqual(held);
    await database.close();
  }
});
