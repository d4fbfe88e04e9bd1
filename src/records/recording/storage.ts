// The door to where recordings are kept. Rules every storage keeps are numbered [ST…] in test/contracts/recording-storage.contract.ts.
import type { Readable } from 'node:stream';

export interface RecordingStorage {
  /** Which place it is: where a recording is, is written down by it. */
  readonly name: string;
  /** Once it resolves the file is there, whole; the same once more changes nothing. Whatever is left at `path` is the caller's. */
  put(id: string, path: string, signal: AbortSignal): Promise<void>;
  /** In bytes; undefined: it is not there. */
  size(id: string, signal: AbortSignal): Promise<number | undefined>;
  /** From this byte to that one, both of them. */
  read(id: string, from: number, to: number, signal: AbortSignal): Promise<Readable>;
  /** What is not there is removed. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
