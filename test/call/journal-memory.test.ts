import { callId } from '../../src/base/ids.ts';
import { createMemoryJournals, createMemoryJournalTable } from '../../src/call/journal-memory.ts';
import type { JournalKeeper } from '../../src/call/journal-keeper.ts';
import { journalsContract } from '../contracts/journals.contract.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

journalsContract('Memory', () => {
  const clock = new ManualClock();
  const table = createMemoryJournalTable(clock);
  const keepers: JournalKeeper[] = [];
  const settle = async (): Promise<void> => {
    for (;;) {
      await new Promise(setImmediate);
      if (keepers.every(({ backlog }) => backlog.calls === 0)) return;
      clock.advance(200);
    }
  };
  return {
    node(name) {
      const keeper = createMemoryJournals({ node: name, clock, table });
      keepers.push(keeper);
      return keeper;
    },
    settle,
    pass(ms) {
      clock.advance(ms);
      return Promise.resolve();
    },
    erase(name) {
      table.erase(callId(name));
      return Promise.resolve();
    },
  };
});
