// What write-behind is given, what it says of itself, and the times it keeps.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { WhyLost } from './losses.ts';
import type { Spool } from '../spool/spool.ts';

export interface WriteBehindLimits {
  readonly queueItems: number;
  /** Roughly counted. */
  readonly queueBytes: number;
  readonly batchItems: number;
  readonly batchBytes: number;
}

/** 100 calls write some hundred items a second: the queue holds a minute of that, a batch makes one short transaction. */
export const LIMITS: WriteBehindLimits = {
  queueItems: 20_000,
  queueBytes: 16 * 1_048_576,
  batchItems: 500,
  batchBytes: 1_048_576,
};

export const TIMES = {
  /** Items that come together go together. */
  flushAfterMs: 20,
  /** While the database is away, an item is on disk after so long. */
  spoolAfterMs: 1_000,
  applyWithinMs: 10_000,
  /** With the queue half full. */
  applyWithinWhenFullMs: 1_000,
} as const;

export interface WriteBehindOptions<Item> {
  /**
   * Puts them away, in order, all or none; a run of them again, in the same order, must be harmless. Rejects when the
   * database is away, or with the fault of an item.
   */
  readonly apply: (items: readonly Item[]) => Promise<void>;
  /** Resolves once the database answers (and is migrated). */
  readonly ready: () => Promise<void>;
  /** Whether trying again can help (the database is away), or the items themselves are at fault. */
  readonly isAway: (thrown: unknown) => boolean;
  readonly spool: Spool<Item>;
  readonly limits?: Partial<WriteBehindLimits>;
  readonly clock: Clock;
  readonly log: Log;
  /** Items that were given up: no room left, or refused. May push; called within `push`, so it must be quick. */
  readonly onLost?: (items: readonly Item[], why: WhyLost) => void;
  /** After items are safe (committed or fsynced), in order. */
  readonly onSafe?: (items: readonly Item[], where: 'database' | 'spool') => void;
}

export interface Backlog {
  readonly queued: number;
  readonly spooledItems: number;
  readonly spooledBytes: number;
  /** Into the database, by this process. */
  readonly written: number;
  readonly lost: number;
  readonly isAway: boolean;
}
