// The table of journals: rows of calls, and what may be done to one by whom. The door of those who keep it; what is written
// when, and what a loss means, is not known here.
import type { CallId } from '../base/ids.ts';
import type { JournalEntry } from './journal.ts';

/** A node's word on one of its calls. It counts while the row has this node and this fence, and nothing later of it. */
export interface JournalWrite {
  readonly id: CallId;
  readonly fence: number;
  /** Of this tenure: 1, 2, 3 … */
  readonly seq: number;
  /** There may be no row yet. */
  readonly isNew: boolean;
  /** JSON that the database takes; null: the call is over. */
  readonly entry: string | null;
  /** See `Tenure.spent`. */
  readonly spent: readonly string[];
}

export interface Standing {
  readonly node: string;
  readonly fence: number;
  readonly isOver: boolean;
}

export interface TakeHow {
  readonly planned: boolean;
  /** Only from this node; left out: whoever has it. */
  readonly from?: string | undefined;
  /** The stream shows this one: not if it was spent before, and from now on it is. */
  readonly token?: string | undefined;
}

export interface TakenRow {
  readonly entry: JournalEntry;
  readonly fence: number;
  readonly rejoins: number;
  readonly spent: readonly string[];
  readonly from: string;
  readonly awayMs: number;
}

/** All reject with what the driver throws, and then may have been done all the same; doing it again does no harm. */
export interface JournalTable {
  /** All or none; of which calls it is there now. Of the others the table may hold a later word, another node's, or none. */
  write(node: string, writes: readonly JournalWrite[]): Promise<ReadonlySet<CallId>>;
  /** Of calls that have a row. */
  standing(ids: readonly CallId[]): Promise<ReadonlyMap<CallId, Standing>>;
  /** See `Journals.take`. */
  take(id: CallId, node: string, how: TakeHow): Promise<TakenRow | undefined>;
  /** The fence rises, so that nobody writes until the other has taken it. True also when it was done before. */
  handOver(write: JournalWrite, from: string, to: string): Promise<boolean>;
  /** Calls that are not over. */
  callsOf(node: string): Promise<readonly CallId[]>;
}

/** A row nobody wrote to for so long is of no call: see KEEP_ROUTES_HOURS. */
export const KEEP_JOURNALS_HOURS = 5;
/** Tokens are good for a minute, in which a call has no more streams than it may have rejoins. */
export const SPENT_KEPT = 8;

export const withSpent = (spent: readonly string[], token: string | undefined): readonly string[] =>
  token === undefined ? spent : [...spent.filter((one) => one !== token), token].slice(-SPENT_KEPT);
