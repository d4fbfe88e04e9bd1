// The ledger of a crash test: every write that calls made, and every one that was acknowledged, by key and content. A server
// process appends to its file as it goes, so that what it noted outlives it; the judge reads the files of all of them.
import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import type { RecordWrite } from '../../src/records/write.ts';

export type Where = 'database' | 'spool';

type Line =
  | { readonly made: string; readonly hash: string }
  | { readonly safe: string; readonly hash: string; readonly where: Where };

/** What becomes one row, or one half of one, of the database. */
export const keyOf = (write: RecordWrite): string =>
  [write.callId, write.is, 'n' in write ? write.n : 'id' in write ? write.id : ''].join(' ');

/** Of what the database keeps of it. The node is left out: who makes the ledger does not know its own. */
export function hashOf(write: RecordWrite): string {
  const { callId: _, ...content } = write;
  const kept = content.is === 'call' ? { ...content, node: '' } : content;
  return createHash('sha256')
    .update(JSON.stringify(sorted(kept)))
    .digest('base64url')
    .slice(0, 16);
}

/** PostgreSQL gives the fields of jsonb back in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const noteMade = (file: number, write: RecordWrite): void =>
  note(file, [{ made: keyOf(write), hash: hashOf(write) }]);

export const noteSafe = (file: number, writes: readonly RecordWrite[], where: Where): void =>
  note(
    file,
    writes.map((write) => ({ safe: keyOf(write), hash: hashOf(write), where })),
  );

/** Synchronous: what the kernel has been given survives kill -9. */
const note = (file: number, lines: readonly Line[]): void =>
  void writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

export interface Entry {
  /** Hashes of what it was to hold, oldest first. */
  readonly made: string[];
  readonly safe: Set<string>;
}

export class Ledger {
  readonly entries = new Map<string, Entry>();
  readonly safeIn: Record<Where, number> = { database: 0, spool: 0 };

  /** A last line without an end was never noted: the process died over it. */
  read(path: string): void {
    const text = readFileSync(path, 'utf8');
    for (const line of text.split('\n').slice(0, -1)) this.#take(JSON.parse(line) as Line);
  }

  #take(line: Line): void {
    if ('made' in line) {
      this.#entry(line.made).made.push(line.hash);
      return;
    }
    this.#entry(line.safe).safe.add(line.hash);
    this.safeIn[line.where] += 1;
  }

  #entry(key: string): Entry {
    const entry = this.entries.get(key) ?? { made: [], safe: new Set<string>() };
    this.entries.set(key, entry);
    return entry;
  }
}
