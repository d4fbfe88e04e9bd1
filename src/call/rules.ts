// The rules by which a call decides: the profile's, as step.ts needs them.
import type { KeypadRules } from '../ivr/keypad.ts';

export interface CallRules {
  /** Whether the greeting may be interrupted, once the guard is over. */
  readonly greetingInterruptible: boolean;
  /** Until the caller has heard so much of the greeting the model hears silence, in milliseconds. 0: no guard. */
  readonly greetingGuardMs: number;
  /** A turn is protected until this much of it was heard, in milliseconds. */
  readonly minHeardMs: number;
  /** The longest silence while it is our turn, in milliseconds. 0: any. */
  readonly deadAirMs: number;
  /** After so long the agent is asked to say goodbye, in milliseconds. 0: never. */
  readonly lastsAtMostMs: number;
  /** A caller who says nothing for so long while it is their turn is asked, in milliseconds. 0: never. */
  readonly silenceMs: number;
  readonly keypad: KeypadRules;
  readonly fallback: {
    /** The model may be away so long, in milliseconds. 0: as long as the session tries. */
    readonly withinMs: number;
    /** Whether there is a way on without the model. */
    readonly hasLadder: boolean;
  };
}
