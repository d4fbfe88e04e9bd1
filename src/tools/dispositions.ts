// The door to what the agent says came of a call that we placed.
import type { CallId } from '../base/ids.ts';

/** What the agent says came of it, by a name of the profile's or one of ours, and in a line of its own. */
export interface Disposition {
  readonly outcome: string;
  readonly note: string;
  /** Epoch ms: they asked to be called again then. */
  readonly callAgainEpochMs?: number | undefined;
}

export interface DispositionBook {
  /** The last one of a call counts. Rejects when it cannot be written down. */
  record(call: CallId, disposition: Disposition, signal?: AbortSignal): Promise<void>;
}
