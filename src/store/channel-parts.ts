// Texts of any length as notifications of PostgreSQL, which are shorter than 8,000 bytes (its manual, NOTIFY), and put together
// again. Pure.

/** With what stands before it still shorter than 8,000; every character is one byte. */
const PART_BYTES = 7_500;
/** Of senders who stopped in the middle. */
const MOST_UNFINISHED = 64;

/** `id`: of this text alone. Equal notifications of one transaction come once: no two parts are equal. */
export function partsOf(text: string, id: string): string[] {
  // JSON escapes what is not ASCII by its UTF-16 code, one unit at a time.
  const ascii = text.replace(/[^\x20-\x5b\x5d-\x7e]/g, (unit) =>
    unit === '\\' ? '\\\\' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const count = Math.max(1, Math.ceil(ascii.length / PART_BYTES));
  return Array.from(
    { length: count },
    (_, n) => `${id} ${n + 1}/${count} ${ascii.slice(n * PART_BYTES, (n + 1) * PART_BYTES)}`,
  );
}

/** Parts of one text come in order; those of others between them. */
export class Whole {
  readonly #begun = new Map<string, string[]>();

  /** Undefined: there is more to come, or this is no part. */
  take(part: string): string | undefined {
    const read = /^(\S+) (\d+)\/(\d+) (.*)$/s.exec(part);
    if (!read) return undefined;
    const [, id, n, count, piece] = read as unknown as [string, string, string, string, string];
    const pieces = this.#begun.get(id) ?? [];
    this.#begun.delete(id);
    if (pieces.length !== Number(n) - 1) return undefined;
    pieces.push(piece);
    if (pieces.length === Number(count)) return textOf(pieces.join(''));
    this.#begun.set(id, pieces);
    for (const old of this.#begun.keys()) {
      if (this.#begun.size <= MOST_UNFINISHED) break;
      this.#begun.delete(old);
    }
    return undefined;
  }
}

const textOf = (ascii: string): string =>
  ascii.replace(/\\(?:u([0-9a-f]{4})|\\)/g, (_, code: string | undefined) =>
    code === undefined ? '\\' : String.fromCharCode(parseInt(code, 16)),
  );
