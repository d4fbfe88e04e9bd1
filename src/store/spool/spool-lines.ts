// Items as lines of JSON, and back. Pure but for letting others run between slices of work.
import { setImmediate as letOthersRun } from 'node:timers/promises';

/** JSON work of at most a few milliseconds at a time. */
const SLICE_BYTES = 256 * 1_024;
const NEWLINE = 10;

export interface Encoded {
  readonly content: Buffer;
  /** Of the items, from the front. */
  readonly count: number;
  /** Why the next one is not in it. */
  readonly why: 'full' | 'unserialisable' | undefined;
}

export interface Decoded<Item> {
  readonly items: Item[];
  /** `ends[i]`: where the line of `items[i]` ends, and what is corrupt behind the last. */
  readonly ends: number[];
  readonly corrupt: readonly Buffer[];
  readonly end: number;
}

export async function encode(items: readonly unknown[], roomBytes: number): Promise<Encoded> {
  const lines: Buffer[] = [];
  let bytes = 0;
  let slices = 1;
  let why: Encoded['why'];
  for (const item of items) {
    const line = lineOf(item);
    if (!line) why = 'unserialisable';
    else if (bytes + line.length > roomBytes) why = 'full';
    if (!line || why !== undefined) break;
    lines.push(line);
    bytes += line.length;
    if (bytes < slices * SLICE_BYTES) continue;
    slices += 1;
    await letOthersRun();
  }
  return { content: Buffer.concat(lines), count: lines.length, why };
}

/** A line that does not end is not one. */
export function decode<Item>(
  content: Buffer,
  from: number,
  maxItems: number,
  maxBytes: number,
): Decoded<Item> {
  const items: Item[] = [];
  const ends: number[] = [];
  const corrupt: Buffer[] = [];
  let end = from;
  while (items.length < maxItems && end - from < Math.min(maxBytes, SLICE_BYTES)) {
    const newline = content.indexOf(NEWLINE, end);
    if (newline < 0) break;
    try {
      items.push(JSON.parse(content.toString('utf8', end, newline)) as Item);
      ends.push(newline + 1);
    } catch {
      corrupt.push(content.subarray(end, newline + 1));
      if (ends.length > 0) ends[ends.length - 1] = newline + 1;
    }
    end = newline + 1;
  }
  return { items, ends, corrupt, end };
}

function lineOf(item: unknown): Buffer | undefined {
  try {
    const text = JSON.stringify(item) as string | undefined;
    return text === undefined ? undefined : Buffer.from(`${text}\n`);
  } catch {
    return undefined;
  }
}
