// The door to the numbers that are not to be called again.

export interface OptOut {
  /** E.164. */
  readonly number: string;
  /** By which call it was asked for, and in which words, if there were any. */
  readonly callId: string;
  readonly reason: string;
}

export interface OptOutBook {
  /** Of a number that is in it already nothing changes. Rejects when it cannot be written down. */
  add(optOut: OptOut, signal?: AbortSignal): Promise<void>;
  has(number: string, signal?: AbortSignal): Promise<boolean>;
}
