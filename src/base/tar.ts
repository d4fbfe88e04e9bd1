// A tar archive, as it is written: POSIX ustar, which every system unpacks. Knows nothing of what is in it.
import { Buffer } from 'node:buffer';

/** IEEE Std 1003.1, pax, "ustar Interchange Format": everything is in blocks of so many bytes. */
const BLOCK_BYTES = 512;

export interface TarEntry {
  /** ASCII, of at most 100 characters; folders by `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Since the epoch. */
  readonly changedMs: number;
}

/** What stands before the content of a file. */
export function tarHeader({ name, bytes, changedMs }: TarEntry): Uint8Array {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(bytes, 124, 11);
  octal(Math.floor(changedMs / 1_000), 136, 11);
  // The sum is taken with spaces in its own place.
  header.write(' '.repeat(8), 148, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header.write('\0 ', 154, 'latin1');
  return header;
}

/** What stands behind the content of a file of so many bytes. */
export const tarPadding = (bytes: number): Uint8Array =>
  new Uint8Array((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES);

/** What stands behind the last file. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK_BYTES);

/** Of the whole archive. */
export const tarBytes = (files: readonly Pick<TarEntry, 'bytes'>[]): number =>
  files.reduce((sum, { bytes }) => sum + BLOCK_BYTES + bytes + tarPadding(bytes).length, 2 * BLOCK_BYTES);
