// The export as CSV: every contact once, nothing that a spreadsheet would run.
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resultsCsv } from '../../src/campaign/results.ts';
import type { ResultRow } from '../../src/campaign/store.ts';

const row = (n: number, variables: ResultRow['variables'] = {}): ResultRow => ({
  ...{ contactId: String(n), to: '+15550100123', state: 'done', outcome: 'human', attempts: 1, variables },
  lastAttempt: undefined,
});

const storeOf = (rows: readonly ResultRow[]) => ({
  results: (_: string, after: string, most: number) =>
    Promise.resolve(rows.filter(({ contactId }) => Number(contactId) > Number(after || 0)).slice(0, most)),
});

async function exported(rows: readonly ResultRow[]): Promise<Record<string, string>[]> {
  let text = '';
  for await (const line of resultsCsv(storeOf(rows), 'c')) text += line;
  return parse(text, { columns: true });
}

test('every contact once, over many pages, in order', async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => row(n + 1, { n: String(n) }));
  expect((await exported(rows)).map(({ n }) => Number(n))).toEqual(rows.map((_, n) => n));
});

test('what was called, and what came of it', async () => {
  const lastAttempt = {
    ...{
      id: 'a1',
      from: '+15550100100',
      callId: 'CA1',
      status: 'completed',
      answeredBy: 'human',
      cause: undefined,
    },
    disposition: { outcome: 'confirmed', note: 'Says "yes", twice\nand again' },
    ...{ claimedAtMs: 0, answeredAtMs: 1_000, endedAtMs: 2_000 },
  };
  expect(await exported([{ ...row(1), lastAttempt }])).toEqual([
    {
      ...{
        number: '+15550100123',
        state: 'done',
        outcome: 'human',
        attempts: '1',
        caller_id: '+15550100100',
        call_id: 'CA1',
      },
      ...{ called_at: '1970-01-01T00:00:00.000Z', answered_at: '1970-01-01T00:00:01.000Z' },
      ...{
        ended_at: '1970-01-01T00:00:02.000Z',
        status: 'completed',
        answered_by: 'human',
        cause: '',
        attempt: 'a1',
      },
      ...{ disposition: 'confirmed', note: 'Says "yes", twice\nand again' },
    },
  ]);
});

test.each(['=1+1', '+1+cmd', '-2', '@SUM(A1)', '\t=1', '  =1', '|x', '＝1', '%0A'])(
  'no formula: %j',
  async (text) => {
    const [only] = await exported([row(1, { x: text })]);
    expect(only!['x']).toBe(`'${text}`);
  },
);

test('anything that contacts bring comes back as it was, but for the quote before a formula', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const [only] = await exported([row(1, { x: text })]);
      const value = only!['x']!;
      expect(value === text || value === `'${text}`).toBe(true);
      expect(value).not.toMatch(/^[\s]*[=+@|-]/);
    }),
  );
});

test('who has no value in a column that every object has a word for has none', async () => {
  const names = ['constructor', 'toString'];
  const rows = await exported([row(1, { constructor: 'Ada', toString: 'Bo' }), row(2)]);
  expect(rows.map((one) => names.map((name) => one[name]))).toEqual([
    ['Ada', 'Bo'],
    ['', ''],
  ]);
});
