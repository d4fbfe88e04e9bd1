// Entries of journals for tests.
import { callId } from '../../src/base/ids.ts';
import type { JournalEntry } from '../../src/call/journal.ts';
import { NO_KEYS } from '../../src/ivr/keypad.ts';

export const journalEntryOf = (name: string, over: Partial<JournalEntry> = {}): JournalEntry => ({
  call: {
    ...{ id: callId(`CA-${name}`), from: '+15550100123', to: '+15550100100' },
    ...{ direction: 'inbound', status: 'in-progress' },
  },
  ...{
    profile: 'Harbour Dental',
    profileVersion: 'ab12',
    begunBy: 'Harbour Dental',
    answeredAtMs: 1_790_000_000_000,
    greeted: true,
  },
  ...{ memory: undefined, said: [], before: 0, partFrom: 0, entries: 0, open: [], speaking: undefined },
  ...{ owed: false, leaving: undefined, elsewhere: undefined, operator: false, recorded: false },
  ...{ typing: false, notes: [] },
  ...{ tools: [], keypad: NO_KEYS, contact: undefined, machine: undefined, handOvers: 0 },
  ...over,
});
