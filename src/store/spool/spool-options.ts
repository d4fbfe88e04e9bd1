// What the spool is given, and what it says of an append.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Owner } from '../process-owner.ts';
import type { SpoolDisk } from './spool-disk.ts';

export const MAX_BYTES = 64 * 1_048_576;
export const SEGMENT_BYTES = 4 * 1_048_576;

export interface SpoolOptions {
  /** `DATA_DIR/spool`; made when it is not there. */
  readonly dir: string;
  /** Of what is in it: a later process adopts what a dead one left under the same name. Letters only. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** 64 MB when absent. */
  readonly maxBytes?: number;
  /** A file that has so many bytes is followed by another; 4 MB when absent. */
  readonly segmentBytes?: number;
  readonly disk?: SpoolDisk;
  readonly owner?: Owner;
}

/** So many from the front are safe; `why` the next one is not, if so. */
export interface Appended {
  readonly taken: number;
  readonly why?: 'full' | 'unwritable' | 'unserialisable';
}
