// When what is kept is written: a manual clock, a table that says what it is asked.
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { createJournalKeeper } from '../../src/call/journal-keeper.ts';
import { createMemoryJournalTable } from '../../src/call/journal-memory.ts';
import type { JournalTable, JournalWrite } from '../../src/call/journal-table.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { journalEntryOf } from './journal-entries.ts';

function rig() {
  const clock = new ManualClock();
  const table = createMemoryJournalTable(clock);
  const asked: { atMs: number; writes: readonly JournalWrite[] }[] = [];
  const watched: JournalTable = {
    ...table,
    write(node, writes) {
      asked.push({ atMs: clock.nowMs(), writes });
      return table.write(node, writes);
    },
  };
  const journals = createJournalKeeper({
    ...{ table: watched, node: 'one', clock, log: silentLog, ready: () => Promise.resolve() },
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 10) {
      clock.advance(10);
      await turn();
    }
  };
  return { clock, journals, asked, pass };
}

const none = (): undefined => undefined;

test('however often and whenever calls change, the latest of each is written within 200 ms, and all in one statement', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ call: fc.nat(4), afterMs: fc.integer({ min: 0, max: 30 }).map((n) => n * 10) }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (changes) => {
        const { clock, journals, asked, pass } = rig();
        const tenures = [0, 1, 2, 3, 4].map((n) => journals.open(journalEntryOf(`${n}`), none));
        await pass(200);
        const kept: { call: number; n: number; atMs: number }[] = [];
        for (const [n, { call, afterMs }] of changes.entries()) {
          await pass(afterMs);
          kept.push({ call, n: n + 1, atMs: clock.nowMs() });
          tenures[call]!.keep(journalEntryOf(`${call}`, { handOvers: n + 1 }));
        }
        await pass(200);
        expect(journals.backlog.calls).toBe(0);
        for (const { call, n, atMs } of kept) {
          const written = asked.find(({ writes }) =>
            writes.some(
              ({ id, entry }) =>
                id === `CA-${call}` && (JSON.parse(entry ?? '{}') as { handOvers: number }).handOvers >= n,
            ),
          );
          expect(written!.atMs - atMs).toBeLessThanOrEqual(200);
        }
        for (const [at, { atMs }] of asked.entries())
          if (at > 0) expect(atMs - asked[at - 1]!.atMs).toBeGreaterThanOrEqual(200);
      },
    ),
    { numRuns: 60 },
  );
});

test('what is waited for is written at once', async () => {
  const { journals, asked, pass } = rig();
  const tenure = journals.open(journalEntryOf('a'), none);
  await pass(10);
  tenure.keep(journalEntryOf('a', { handOvers: 1 }));
  await pass(10);
  expect(asked).toHaveLength(1);
  const flushed = tenure.flush(1_000);
  await pass(10);
  await flushed;
  expect(asked).toHaveLength(2);
});

test('a call that is new is written at once, also while others are written', async () => {
  const { clock, journals, asked } = rig();
  journals.open(journalEntryOf('a'), none).keep(journalEntryOf('a', { handOvers: 1 }));
  clock.advance(10);
  journals.open(journalEntryOf('b'), none);
  await turn();
  clock.advance(10);
  await turn();
  journals.open(journalEntryOf('c'), none);
  clock.advance(10);
  await turn();
  expect(asked.map(({ writes }) => writes.map(({ id }) => id))).toEqual([['CA-a'], ['CA-b'], ['CA-c']]);
});

test('a call that does not change is not written again', async () => {
  const { journals, asked, pass } = rig();
  journals.open(journalEntryOf('a'), none);
  await pass(2_000);
  expect(asked).toHaveLength(1);
});

test('as much as a statement takes goes into one: five hundred calls, or some megabytes', async () => {
  const { journals, asked, pass } = rig();
  for (let n = 0; n < 1_100; n += 1) journals.open(journalEntryOf(`${n}`), none);
  await pass(200);
  expect(asked.map(({ writes }) => writes.length)).toEqual([500, 500, 100]);
  const said = Array.from({ length: 300 }, () => ({ who: 'caller' as const, text: 'x'.repeat(180) }));
  for (let n = 0; n < 200; n += 1) journals.open(journalEntryOf(`large ${n}`, { said }), none);
  await pass(400);
  expect(asked.length).toBeGreaterThan(5);
  expect(journals.backlog.calls).toBe(0);
});
