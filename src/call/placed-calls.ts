// The door to the calls that we place to talk with somebody: which profile speaks, and what it knows of them. Knows no carrier
// and no campaign.
import type { Fields } from '../agents/instructions.ts';
import type { CallId } from '../base/ids.ts';
import type { AnsweredBy } from './answered-by.ts';

/** One attempt to reach somebody. */
export interface PlacedCall {
  readonly attempt: string;
  readonly profile: string;
  /** Undefined: one call, of no campaign. */
  readonly campaign: string | undefined;
  /** `{{campaign.…}}` of the instructions. */
  readonly variables: Fields;
  /** What the campaign makes of machines: a message is left only where it says so. Undefined: as the profile has it. */
  readonly machines?: Machines | undefined;
}

export type Machines = 'hang-up' | 'leave-message' | 'call-again';

export interface PlacedCalls {
  /**
   * They have answered, as the carrier says. Undefined: not ours, or given up before the carrier placed it: nobody is to talk
   * then. Rejects when nobody can say.
   */
  find(attempt: string, call: CallId, signal: AbortSignal): Promise<PlacedCall | undefined>;
}

/** What a call that we placed shows of itself; each once a call. */
export interface PlacedCallFacts {
  answeredBy(call: CallId, by: AnsweredBy): void;
  /**
   * So long after they had answered, the first word of ours went out, in ms; undefined: none before the call was over.
   * `waitedMs`: then, for how long they had waited for it as they hung up; left out: it was we who ended the call. `cause`: why
   * nobody was there to speak, when it is known.
   */
  spoke(call: CallId, afterMs: number | undefined, waitedMs?: number, cause?: string): void;
  /** These of the first words were not said, also when the agent was told to say them. */
  firstWordsMissing?(call: CallId, parts: readonly string[]): void;
  /** The profile's message was said to a machine, or begun to be. */
  messageLeft?(call: CallId): void;
}
