// Who is told of the sound of a call as it passes its line. What they make of it is theirs.

/** Who listens as the call goes on. */
export interface TapeListener {
  /**
   * One frame of the caller's and as much of the agent's, as nearly as can be told at once what the caller heard with it; both
   * are silence while a secret is typed. The bytes may be reused after the call.
   */
  heard(caller: Uint8Array, agent: Uint8Array): void;
  /** Once and last. */
  closed(): void;
}

/** Who takes down what passed, so that it can be said afterwards when it was heard. None may wait; who throws is let go. */
export interface TapeTaker {
  /** Whether a mark is to go out right before each clear: it comes back from where the sound broke off. */
  readonly marksClears: boolean;
  /** A line is there; sound goes out on it, and comes in from now on. */
  opened(): void;
  /** The bytes may be reused after the call. */
  heard(frame: Uint8Array): void;
  /** Sent to be played. The bytes may be reused after the call. */
  played(frames: Uint8Array): void;
  /** Sent behind what was played. */
  marked(name: string): void;
  /** It came back: what was before it was heard, or cleared. */
  markBack(name: string): void;
  /** What was sent and not heard is forgotten. */
  cleared(): void;
  /** There is no line: nothing comes, and nothing more of what was sent is heard. */
  lost(): void;
  /** From now on, and until it is over, what is heard is nobody's business. */
  hushed(isHushed: boolean): void;
  /** Once and last. */
  closed(): void;
}
