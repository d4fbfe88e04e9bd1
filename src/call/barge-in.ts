// When may the caller cut the agent off? A policy: pure, and the profile's to choose.

export interface BargeInRules {
  readonly greetingInterruptible: boolean;
  /** A turn is protected until this much of it was heard, in milliseconds. */
  readonly minHeardMs: number;
}

export const mayCut = (rules: BargeInRules, heardMs: number, turn: 'greeting' | 'answer'): boolean =>
  (turn === 'answer' || rules.greetingInterruptible) && heardMs >= rules.minHeardMs;
