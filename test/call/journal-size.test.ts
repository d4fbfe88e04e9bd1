import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOURNAL_BYTES, journalText } from '../../src/call/journal-size.ts';
import type { JournalEntry } from '../../src/call/journal.ts';
import { journalEntryOf } from '../contracts/journals.contract.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });
const anyEntry = fc
  .record({
    said: fc.array(fc.record({ who: fc.constantFrom('caller' as const, 'agent' as const), text: anyText }), {
      maxLength: 60,
    }),
    notes: fc.array(anyText, { maxLength: 40 }),
    before: fc.nat(1_000),
  })
  .map((over) => journalEntryOf('a', over));

test('an entry is as large as it may be at most, and the newest of what was said and noted is in it', () => {
  fc.assert(
    fc.property(anyEntry, fc.integer({ min: 2_000, max: 20_000 }), (entry, mostBytes) => {
      const text = journalText(entry, mostBytes);
      const kept = JSON.parse(text) as JournalEntry;
      const whole = JSON.parse(journalText(entry, Number.POSITIVE_INFINITY)) as JournalEntry;
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes);
      expect(kept.said).toEqual(whole.said.slice(whole.said.length - kept.said.length));
      expect(kept.notes).toEqual(whole.notes.slice(whole.notes.length - kept.notes.length));
      expect(kept.before + kept.said.length).toBe(entry.before + entry.said.length);
      expect({ ...kept, said: [], notes: [], before: 0 }).toEqual({
        ...whole,
        said: [],
        notes: [],
        before: 0,
      });
    }),
  );
});

test('no more is left out than must be', () => {
  const said = Array.from({ length: 1_000 }, (_, n) => ({
    who: 'caller' as const,
    text: `${n}`.padEnd(100),
  }));
  const kept = JSON.parse(journalText(journalEntryOf('a', { said }))) as JournalEntry;
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeGreaterThan(JOURNAL_BYTES - 200);
  expect(kept.said.at(-1)?.text.trim()).toBe('999');
});

test('what fits is written whole', () => {
  const entry = journalEntryOf('a', { said: [{ who: 'agent', text: 'Hello.' }], notes: ['a note'] });
  expect(journalText(entry)).toBe(JSON.stringify(entry));
});
