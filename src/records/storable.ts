// What a record can hold of what callers, models and tools say: text and JSON that PostgreSQL takes, of bounded size.
// Knows nothing of calls.
import { storable } from '../store/storable.ts';

/** Of one text or one JSON value, as UTF-8: what a person still reads, and 10,000 of which fit into memory. */
export const LONGEST_BYTES = 65_536;
/** Nothing a tool says on purpose is deeper; an object that holds itself is. */
const DEEPEST = 32;
const CUT = ' … [cut]';

const encoder = new TextEncoder();
const scratch = new Uint8Array(LONGEST_BYTES);

interface Beginning {
  readonly text: string;
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** In whole characters. Work grows with `atMostBytes` and not with the text. */
function beginningOf(text: string, atMostBytes: number): Beginning {
  const start = storable(text.length > atMostBytes ? text.slice(0, atMostBytes) : text);
  const { read, written } = encoder.encodeInto(start, scratch.subarray(0, atMostBytes));
  const isWhole = read === start.length && text.length <= atMostBytes;
  return { text: isWhole ? start : start.slice(0, read), bytes: written, isWhole };
}

/** The text, or its beginning and a mark that says so. */
export function storableText(text: string, atMostBytes = LONGEST_BYTES): string {
  const beginning = beginningOf(text, atMostBytes);
  return beginning.isWhole ? beginning.text : beginning.text + CUT;
}

/**
 * A copy as plain JSON; what JSON cannot say is null. Of what is too large or too deep the beginning, as
 * `{ cutAtBytes, begins }`.
 */
export function storableJson(value: unknown): unknown {
  const budget: Budget = { leftBytes: LONGEST_BYTES, isCut: false };
  const copy = copyOf(value, budget, DEEPEST);
  return budget.isCut ? { cutAtBytes: LONGEST_BYTES, begins: copy } : copy;
}

interface Budget {
  leftBytes: number;
  isCut: boolean;
}

/** Quotes, a comma, a colon: at most so many around any value or key. */
const PUNCTUATION_BYTES = 4;

function copyOf(value: unknown, budget: Budget, deeper: number): unknown {
  if (typeof value === 'string') return textOf(value, budget);
  if (typeof value !== 'object' || value === null) {
    const said = typeof value === 'boolean' || Number.isFinite(value) ? value : null;
    budget.leftBytes -= String(said).length + PUNCTUATION_BYTES;
    return said;
  }
  budget.leftBytes -= PUNCTUATION_BYTES;
  if (deeper === 0) {
    budget.isCut = true;
    return null;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      if (isSpent(budget)) break;
      items.push(copyOf(item, budget, deeper - 1));
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  const fields = value as Readonly<Record<string, unknown>>;
  // Ten times as fast as listing the fields first, when they are many and most are left out.
  for (const name in fields) {
    if (isSpent(budget)) break;
    if (!Object.hasOwn(fields, name)) continue;
    const inner = fields[name];
    if (inner !== undefined) entries.push([textOf(name, budget), copyOf(inner, budget, deeper - 1)]);
  }
  // Unlike an assignment this makes a plain field of `__proto__`.
  return Object.fromEntries(entries);
}

function textOf(text: string, budget: Budget): string {
  const beginning = beginningOf(text, Math.max(0, budget.leftBytes));
  budget.leftBytes -= beginning.bytes + PUNCTUATION_BYTES;
  if (!beginning.isWhole) budget.isCut = true;
  return beginning.text;
}

function isSpent(budget: Budget): boolean {
  if (budget.leftBytes > 0) return false;
  budget.isCut = true;
  return true;
}
