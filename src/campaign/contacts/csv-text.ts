// The bytes of an upload as text: UTF-8, or the reason why it is not what a list of contacts can be read from.
import { LivelineError } from '../../base/errors.ts';

/** By their first bytes (Wikipedia, list of file signatures). */
const OTHERS: readonly (readonly [first: readonly number[], words: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'this is a spreadsheet (XLSX, ODS) or an archive: export it as CSV (UTF-8)'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'this is an old Excel file (XLS): export it as CSV (UTF-8)'],
  [[0x25, 0x50, 0x44, 0x46], 'this is a PDF: export the list as CSV (UTF-8)'],
  [[0x1f, 0x8b], 'this is compressed (gzip): unpack it first'],
  [[0xff, 0xfe], 'this is UTF-16: export it as CSV (UTF-8)'],
  [[0xfe, 0xff], 'this is UTF-16: export it as CSV (UTF-8)'],
];
const LONGEST_FIRST_BYTES = 4;
const LINE_END = 10;

/** Without a byte-order mark. Throws CONTACTS_INVALID. */
export async function* csvText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let head = Buffer.alloc(0);
  let started = false;
  let lines = 1;
  const decode = (bytes: Uint8Array, stream: boolean): string => {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      throw refused(
        `line ${lines + faultyLineIn(bytes)} is not UTF-8 (Latin-1, perhaps): export it as CSV (UTF-8)`,
      );
    }
  };
  for await (const bytes of source) {
    let part = bytes;
    if (!started) {
      head = Buffer.concat([head, bytes]);
      if (head.length < LONGEST_FIRST_BYTES) continue;
      refuseOthers(head);
      [part, started] = [head, true];
    }
    const text = decode(part, true);
    lines += countLines(part);
    yield text;
  }
  if (!started) {
    refuseOthers(head);
    yield decode(head, true);
  }
  yield decode(new Uint8Array(), false);
}

function refuseOthers(head: Uint8Array): void {
  const found = OTHERS.find(([first]) => first.every((byte, at) => head[at] === byte));
  if (found) throw refused(found[1]);
}

const countLines = (bytes: Uint8Array): number => {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
};

/** How many whole lines of it are text. A character that two parts share counts to the second one. */
function faultyLineIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let from = 0, to = 0; to >= 0 && from < bytes.length; from = to + 1) {
    to = bytes.indexOf(LINE_END, from);
    const line = to < 0 ? bytes.subarray(from) : bytes.subarray(from, to);
    try {
      // The first line may begin in the middle of a character.
      if (from > 0) new TextDecoder('utf-8', { fatal: true }).decode(line);
    } catch {
      return lines;
    }
    if (to >= 0) lines += 1;
  }
  return 0;
}

export const refused = (words: string, cause?: unknown): LivelineError =>
  new LivelineError('CONTACTS_INVALID', words, { cause });
