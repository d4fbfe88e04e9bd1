// Imported lists on a real database.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPostgresSuppressionLists, type ListImport } from '../../src/campaign/do-not-call-postgres.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}
const file = (text: string, of: Partial<ListImport> = {}): ListImport => ({
  name: 'national',
  asOfMs: NOW - DAY,
  nowMs: NOW,
  source: bytes(text),
  signal: new AbortController().signal,
  ...of,
});

describe.each(LARGEST)('%s', (size) => {
  const opened = async (context: Parameters<typeof freshDatabase>[0]) => {
    const database = await freshDatabase(context, size);
    const lists = createPostgresSuppressionLists(database, false);
    const rows = async () =>
      (
        await sql<{ list: string; version: number; number: string }>`
          select list, version, number from liveline.suppressed_numbers order by list, version, number`.execute(
          database.sql,
        )
      ).rows.map(({ list, version, number }) => `${list} ${version} ${number}`);
    return { lists, rows };
  };

  test('a new version takes the place of the old one, and only of its own list', async (context) => {
    const { lists, rows } = await opened(context);
    await lists.import(file('+15550100100\n+15550100101\n+15550100100\n'));
    await lists.import(file('+15550100100', { name: 'state' }));
    const again = await lists.import(file('+15550100102', { asOfMs: NOW }));
    expect(again).toEqual({ name: 'national', asOfMs: NOW, importedAtMs: NOW, numbers: 1, version: 2 });
    expect(await rows()).toEqual(['national 2 +15550100102', 'state 1 +15550100100']);
    expect(await lists.list()).toEqual([
      again,
      { name: 'state', asOfMs: NOW - DAY, importedAtMs: NOW, numbers: 1, version: 1 },
    ]);
  });

  test('what is refused leaves the old one as it is', async (context) => {
    const { lists, rows } = await opened(context);
    const kept = await lists.import(file('+15550100100'));
    const refused: [ListImport, string][] = [
      [file('+15550100105\nnobody', { asOfMs: NOW }), 'in line 2'],
      [file('phone\n', { asOfMs: NOW }), 'there is no number in it'],
      [file('+15550100105', { asOfMs: NOW - 2 * DAY }), 'the one that is there is newer'],
      [file('+15550100105', { asOfMs: NOW + 2 * DAY }), 'not in the future'],
      [file('+15550100105', { asOfMs: NaN }), 'expected the date'],
      [file('+15550100105', { name: ' ' }), 'expected a name'],
      [file('+15550100105', { name: 'a\0b' }), 'expected a name'],
    ];
    for (const [list, words] of refused)
      await expect(lists.import(list)).rejects.toMatchObject({
        code: 'SUPPRESSION_LIST_INVALID',
        message: expect.stringContaining(words) as string,
      });
    expect(await lists.list()).toEqual([kept]);
    expect(await rows()).toEqual(['national 1 +15550100100']);
  });

  test('a list is seen whole or not at all, and imported by one at a time', async (context) => {
    const { lists, rows } = await opened(context);
    const kept = await lists.import(file('+15550100100'));
    let goOn: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (goOn = resolve));
    let began: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (began = resolve));
    const many = Array.from({ length: 10_100 }, (_, n) => `+1555${String(n).padStart(7, '0')}`);
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(`${many.join('\n')}\n`);
      await waits;
      yield new TextEncoder().encode('+15560000000\n');
    }
    const importing = lists.import(file('', { source: slow(), asOfMs: NOW, onProgress: () => began() }));
    await begun;
    expect(await lists.list()).toEqual([kept]);
    expect(await rows()).toEqual(['national 1 +15550100100']);
    await expect(lists.import(file('+15550100107', { asOfMs: NOW }))).rejects.toMatchObject({
      message: expect.stringContaining('somebody else is importing it') as string,
    });
    goOn();
    expect(await importing).toMatchObject({ numbers: 10_101, version: 2 });
    expect(await rows()).toHaveLength(10_101);
  });

  test('an upload that breaks off, or is given up, leaves nothing', async (context) => {
    const { lists, rows } = await opened(context);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(new TextEncoder().encode('+15550100100\n'));
      throw new Error('broke off');
    }
    await expect(lists.import(file('', { source: broken() }))).rejects.toThrow('broke off');
    await expect(lists.import(file('+15550100100', { signal: AbortSignal.abort() }))).rejects.toThrow();
    expect([await lists.list(), await rows()]).toEqual([[], []]);
  });

  test('a list that is removed is gone, with its numbers', async (context) => {
    const { lists, rows } = await opened(context);
    await lists.import(file('+15550100100'));
    await lists.import(file('+15550100100', { name: 'state' }));
    expect([await lists.remove('national'), await lists.remove('national')]).toEqual([true, false]);
    expect(await rows()).toEqual(['state 1 +15550100100']);
  });
});
