// How much of a call its journal holds. Pure.
import { storableJsonText } from '../store/storable.ts';
import type { JournalEntry } from './journal.ts';

/** What a node writes of a call at most, five times a second. */
export const JOURNAL_BYTES = 65_536;
/** What came to be known beside what was said is less than this anyway: see learned.ts. */
const NOTES_BYTES = JOURNAL_BYTES / 4;

/**
 * As JSON that the database takes. Of what was said and noted the newest stays; what else there is stays whole, and is
 * bounded by what a model may ask in one turn and a campaign may know of a contact.
 */
export function journalText(entry: JournalEntry, mostBytes = JOURNAL_BYTES): string {
  const text = storableJsonText(entry);
  return Buffer.byteLength(text) <= mostBytes ? text : storableJsonText(fitted(entry, mostBytes));
}

function fitted(entry: JournalEntry, mostBytes: number): JournalEntry {
  const { said, notes } = entry;
  const rest = { ...entry, said: [], notes: [], before: entry.before + said.length };
  const roomBytes = mostBytes - bytesOf(rest);
  const newNotes = newest(notes, Math.min(roomBytes, NOTES_BYTES));
  const newSaid = newest(said, roomBytes - sum(newNotes.map(bytesOf)) - newNotes.length);
  const dropped = said.length - newSaid.length;
  // Whatever counts what was said counts that before it too.
  return { ...entry, said: newSaid, notes: newNotes, before: entry.before + dropped };
}

function newest<Item>(items: readonly Item[], roomBytes: number): readonly Item[] {
  let leftBytes = roomBytes;
  const tooOld = items.findLastIndex((item) => {
    // And the comma.
    leftBytes -= bytesOf(item) + 1;
    return leftBytes < 0;
  });
  return items.slice(tooOld + 1);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(storableJsonText(value));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
