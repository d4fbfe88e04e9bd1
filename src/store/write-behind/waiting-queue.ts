// Items that wait in memory: first in, first out, bounded by count and by roughly counted bytes; each step O(1).
// Knows no disk and no database.

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly sinceMs: number;
}

/** Fields and entries looked at; what lies behind them counts by the most that was seen. */
const LOOKS_AT = 64;
/** Of a number, a name's quotes, a brace. */
const SMALL_BYTES = 8;
const COMPACT_AT = 1_024;

export class WaitingQueue<Item> {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #items: Waiting<Item>[] = [];
  #head = 0;
  #bytes = 0;

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isHalfFull(): boolean {
    return this.size * 2 >= this.#maxItems || this.#bytes * 2 >= this.#maxBytes;
  }

  /** When the oldest came. */
  get sinceMs(): number | undefined {
    return this.#items[this.#head]?.sinceMs;
  }

  /** False: no room. */
  push(item: Item, nowMs: number): boolean {
    const bytes = roughBytes(item);
    if (this.size >= this.#maxItems || this.#bytes + bytes > this.#maxBytes) return false;
    this.#items.push({ item, bytes, sinceMs: nowMs });
    this.#bytes += bytes;
    return true;
  }

  /** The oldest, at least one of them if there is one; they stay in it. */
  front(maxItems: number, maxBytes: number): readonly Item[] {
    const items: Item[] = [];
    let bytes = 0;
    for (let at = this.#head; at < this.#items.length && items.length < maxItems; at += 1) {
      const next = this.#items[at]!;
      bytes += next.bytes;
      if (items.length > 0 && bytes > maxBytes) break;
      items.push(next.item);
    }
    return items;
  }

  drop(count: number): void {
    const end = Math.min(this.#head + count, this.#items.length);
    for (let at = this.#head; at < end; at += 1) this.#bytes -= this.#items[at]!.bytes;
    this.#head = end;
    if (this.#head < COMPACT_AT && this.#head < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}

/** About its length as JSON, without making it: lengths of texts are known, and only so many fields are looked at. */
export function roughBytes(item: unknown): number {
  let left = LOOKS_AT;
  const weigh = (value: unknown): number => {
    if (typeof value === 'string') return value.length + SMALL_BYTES;
    if (typeof value !== 'object' || value === null) return SMALL_BYTES;
    let bytes = SMALL_BYTES;
    let seen = 0;
    let largest = 0;
    const count = Array.isArray(value) ? value.length : 0;
    for (const key in value) {
      if (left <= 0) break;
      left -= 1;
      seen += 1;
      const inner = key.length + weigh((value as Record<string, unknown>)[key]);
      largest = Math.max(largest, inner);
      bytes += inner;
    }
    return bytes + Math.max(0, count - seen) * Math.max(largest, SMALL_BYTES);
  };
  try {
    return weigh(item);
  } catch {
    // A getter that throws; JSON will find it unfit as well.
    return SMALL_BYTES;
  }
}
