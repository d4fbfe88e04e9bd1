// Backups that are not whole, not ours, or not wanted here: said, and the database stays empty.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test, type TestContext } from 'vitest';
import { endLine, Checksum } from '../../../src/store/backup/backup-format.ts';
import { loadBackup } from '../../../src/store/backup/backup-load.ts';
import { backupLines } from '../../../src/store/backup/backup-read.ts';
import { restoreBackup } from '../../../src/store/backup/backup.ts';
import type { Database } from '../../../src/store/database.ts';
import { freshDatabase } from '../../doubles/databases.ts';
import { addCalls, everything, folder, STAMP } from './backup-rig.ts';

const CALLS = 4;
let whole: readonly string[] = [];
/** What an empty database holds. */
let nothing: Record<string, string[]> = {};

async function target(context: Pick<TestContext, 'onTestFinished'>): Promise<Database> {
  const database = await freshDatabase(context);
  nothing = await everything(database);
  expect(Object.values(nothing).flat()).toEqual([]);
  return database;
}

/** Where the first row of a call is in it. */
let callRow = 0;
const undo: Parameters<TestContext['onTestFinished']>[0][] = [];
beforeAll(async () => {
  const database = await freshDatabase({ onTestFinished: (then) => void undo.push(then) });
  await addCalls(database, CALLS, 2);
  const lines: string[] = [];
  for await (const line of backupLines(database, STAMP)) lines.push(line);
  whole = lines;
  callRow = lines.findIndex((line, n) => n > 0 && isRow(line));
});

async function* of(lines: readonly string[]): AsyncGenerator<string, void> {
  await Promise.resolve();
  yield* lines;
}

/** With an end that fits: what was tampered with must be found without it. */
function sealed(lines: readonly string[], rows: Record<string, number>): string[] {
  const checksum = new Checksum();
  for (const line of lines) checksum.add(line);
  return [...lines, endLine(rows, checksum.digest())];
}

const header = (): Record<string, unknown> => JSON.parse(whole[0]!) as Record<string, unknown>;
const withHeader = (changes: object): string[] => [
  JSON.stringify({ ...header(), ...changes }),
  ...whole.slice(1),
];
const isRow = (line: string): boolean => line.startsWith('{');

test.for<[string, () => readonly string[], RegExp]>([
  ['empty', () => [], /it is empty/],
  ['not JSON', () => ['hello'], /not a backup that Liveline wrote/],
  ['another format', () => withHeader({ format: 'another' }), /not a backup that Liveline wrote/],
  ['a later format', () => withHeader({ formatVersion: 2 }), /its format is 2/],
  [
    'later migrations',
    () => withHeader({ migrations: ['0001-calls', '9999-x'] }),
    /Liveline 9\.8\.7 or later/,
  ],
  [
    'an unknown table',
    () => withHeader({ tables: [{ schema: 'liveline', name: 'x', columns: ['a'] }] }),
    /liveline\.x/,
  ],
  [
    'a table of another schema',
    () => withHeader({ tables: [{ schema: 'pg_catalog', name: 'pg_authid', columns: ['oid'] }] }),
    /pg_authid/,
  ],
  [
    'an unknown column',
    () => withHeader({ tables: [{ schema: 'liveline', name: 'calls', columns: ['id', 'x"'] }] }),
    /liveline\.calls\.x"/,
  ],
  ['no end', () => whole.slice(0, -1), /its end is missing/],
  ['a row less', () => whole.toSpliced(whole.findLastIndex(isRow), 1), /checksum/],
  ['a row twice', () => whole.toSpliced(callRow, 0, whole[callRow]!), /calls_pkey/],
  ['a word changed', () => whole.with(callRow, whole[callRow]!.replace('+1555', '+1666')), /checksum/],
  ['lines behind the end', () => [...whole, '{}'], /behind its end/],
  ['a row before its table', () => [whole[0]!, '{}'], /before its table/],
  ['a line of something else', () => [whole[0]!, '42'], /neither a row/],
  ['a row that is no JSON', () => [...whole.slice(0, callRow), '{"id": '], /its end is missing/],
  [
    'a row that is no JSON, and an end',
    () => sealed([...whole.slice(0, callRow), '{"id": '], { 'liveline.calls': 1 }),
    /22P02/,
  ],
  [
    'a row that breaks out of its list',
    () => sealed([...whole.slice(0, callRow), '{}],[{}'], { 'liveline.calls': 1 }),
    /22P02/,
  ],
  [
    'two rows in a line',
    () =>
      sealed([...whole.slice(0, callRow), `${whole[callRow]!},${whole[callRow + 1]!}`], {
        'liveline.calls': 1,
      }),
    /is not one row/,
  ],
  [
    'a row that lacks what must be',
    () => sealed([...whole.slice(0, callRow), '{"id":"CA1"}'], { 'liveline.calls': 1 }),
    /into calls, PostgreSQL says 23502/,
  ],
  [
    'U+0000',
    () =>
      sealed([...whole.slice(0, callRow), whole[callRow]!.replace('+1555', String.raw`\u0000`)], {
        'liveline.calls': 1,
      }),
    /22P05/,
  ],
  [
    'a turn of no call',
    () =>
      sealed([whole[0]!, ...whole.slice(callRow + CALLS, -1)], {
        'liveline.turns': 8,
        'liveline.tool_calls': 4,
      }),
    /foreign|fkey/,
  ],
  ['other counts', () => sealed(whole.slice(0, -1), { 'liveline.calls': CALLS }), /rows it counts/],
])('%s', async ([, lines, says], context) => {
  const database = await target(context);
  await expect(loadBackup(database, of(lines()))).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: expect.stringMatching(says) as string,
  });
  expect(await everything(database)).toEqual(nothing);
});

test('no error quotes what a caller said', async (context) => {
  const database = await target(context);
  const secret = whole[callRow]!.replace(/"started_at": "[^"]*"/, '"started_at": "my words"');
  const loading = loadBackup(database, of([...whole.slice(0, callRow), secret, ...whole.slice(callRow + 1)]));
  const thrown: unknown = await loading.catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'BACKUP_INVALID' });
  expect((thrown as Error).cause).toBeUndefined();
  expect(String(thrown)).toContain('22007');
  expect(String(thrown)).not.toContain('my words');
});

test('a database that holds calls is refused, and keeps them', async (context) => {
  const database = await freshDatabase(context);
  await addCalls(database, 3, 1);
  const before = await everything(database);
  await expect(loadBackup(database, of(whole))).rejects.toMatchObject({
    code: 'DATABASE_REFUSED',
    message: expect.stringContaining('holds 3 calls') as string,
  });
  expect(await everything(database)).toEqual(before);
});

test('a file cut off anywhere, or with any byte changed, is told from a whole one', async (context) => {
  const database = await target(context);
  const file = join(folder(context), 'a');
  const packed = gzipSync(`${whole.join('\n')}\n`);
  const bytes = fc.oneof(
    fc.integer({ min: 0, max: packed.length - 1 }).map((length) => packed.subarray(0, length)),
    // Of the header, the system's name and the like mean nothing; behind it, every bit does.
    fc
      .record({ at: fc.integer({ min: 10, max: packed.length - 1 }), by: fc.integer({ min: 1, max: 255 }) })
      .map(({ at, by }) => Buffer.from(packed).fill(packed[at]! ^ by, at, at + 1)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (damaged) => {
      writeFileSync(file, damaged);
      await expect(restoreBackup(database, file)).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    }),
    { numRuns: 60 },
  );
  expect(await everything(database)).toEqual(nothing);
  writeFileSync(file, packed);
  expect((await restoreBackup(database, file)).rows['liveline.calls']).toBe(CALLS);
});

test.for<[string, (file: string) => void, RegExp]>([
  ['no file', () => undefined, /ENOENT/],
  ['not gzip', (file) => writeFileSync(file, 'hello'), /not a gzip file/],
  ['empty', (file) => writeFileSync(file, ''), /cut off|empty/],
  ['gzip of something else', (file) => writeFileSync(file, gzipSync('hello')), /cut off|not a backup/],
  [
    'without its last line feed',
    (file) => writeFileSync(file, gzipSync(whole.join('\n'))),
    /middle of a line/,
  ],
])('a file: %s', async ([, make, says], context) => {
  const database = await target(context);
  const file = join(folder(context), 'a');
  make(file);
  await expect(restoreBackup(database, file)).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: expect.stringMatching(says) as string,
  });
});
