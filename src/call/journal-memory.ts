// The table of journals in memory: for nodes of one process, in tests.
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { createJournalKeeper, type JournalKeeper } from './journal-keeper.ts';
import type { JournalEntry } from './journal.ts';
import { KEEP_JOURNALS_HOURS, withSpent, type JournalTable, type JournalWrite } from './journal-table.ts';

interface Row {
  node: string;
  fence: number;
  seq: number;
  rejoins: number;
  spent: readonly string[];
  /** JSON; null: over. */
  entry: string | null;
  updatedMs: number;
}

export interface MemoryJournalsOptions {
  readonly node: string;
  readonly clock: Clock;
  /** That of the other nodes; left out: there is no other. */
  readonly table?: JournalTable | undefined;
}

export const createMemoryJournals = ({ node, clock, table }: MemoryJournalsOptions): JournalKeeper =>
  createJournalKeeper({
    ...{ node, clock, table: table ?? createMemoryJournalTable(clock) },
    ...{ ready: () => Promise.resolve(), log: silentLog },
  });

export interface MemoryJournalTable extends JournalTable {
  erase(id: CallId): void;
}

/** Every node of a test is handed the same one. Never rejects, and does all in the same tick. */
export function createMemoryJournalTable(clock: Clock): MemoryJournalTable {
  const rows = new Map<CallId, Row>();

  function write(node: string, { id, fence, seq, isNew, entry, spent }: JournalWrite): boolean {
    const row = rows.get(id);
    if (!row && !isNew) return false;
    if (row && !(row.node === node && row.fence === fence && row.seq <= seq && row.entry !== null))
      return false;
    rows.set(id, {
      ...{ node, fence, seq, rejoins: row?.rejoins ?? 0, spent },
      ...{ entry, updatedMs: clock.nowMs() },
    });
    return true;
  }

  const isOld = ({ updatedMs }: Row): boolean => clock.nowMs() - updatedMs >= KEEP_JOURNALS_HOURS * 3_600_000;

  return {
    write: (node, writes) =>
      Promise.resolve(new Set(writes.filter((one) => write(node, one)).map(({ id }) => id))),
    standing: (ids) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id) => {
            const row = rows.get(id);
            return row ? [[id, { node: row.node, fence: row.fence, isOver: row.entry === null }]] : [];
          }),
        ),
      ),
    take(id, node, { planned, from, token }) {
      const row = rows.get(id);
      if (!row || row.entry === null || isOld(row)) return Promise.resolve(undefined);
      if (from !== undefined && row.node !== from) return Promise.resolve(undefined);
      if (token !== undefined && row.spent.includes(token)) return Promise.resolve(undefined);
      const taken = { from: row.node, awayMs: clock.nowMs() - row.updatedMs };
      row.node = node;
      row.fence += 1;
      row.seq = 0;
      row.rejoins += planned ? 0 : 1;
      row.spent = withSpent(row.spent, token);
      row.updatedMs = clock.nowMs();
      const { fence, rejoins, spent } = row;
      const entry = JSON.parse(row.entry) as JournalEntry;
      return Promise.resolve({ ...taken, entry, fence, rejoins, spent });
    },
    handOver({ id, fence, seq, entry, spent }, from, to) {
      const row = rows.get(id);
      if (!row || row.entry === null) return Promise.resolve(false);
      if (row.node === to && row.fence === fence + 1) return Promise.resolve(true);
      if (row.node !== from || row.fence !== fence || row.seq > seq) return Promise.resolve(false);
      rows.set(id, {
        ...{ node: to, fence: fence + 1, seq: 0, rejoins: row.rejoins, spent },
        ...{ entry, updatedMs: clock.nowMs() },
      });
      return Promise.resolve(true);
    },
    erase: (id) => void rows.delete(id),
    callsOf: (node) =>
      Promise.resolve(
        [...rows].filter(([, row]) => row.node === node && row.entry !== null).map(([id]) => id),
      ),
  };
}
