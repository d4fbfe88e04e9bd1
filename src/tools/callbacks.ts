// Callbacks: promises to callers that they will be called, kept by whoever keeps them.
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';

export interface PromisedCallback {
  /** In which it was promised. */
  readonly callId: CallId;
  /** The profile's name. */
  readonly profile: string;
  /** Who is called back. */
  readonly to: PhoneNumber;
  /** Our number. */
  readonly from: PhoneNumber;
  /** Of the profile: with whom they are connected then. */
  readonly destination: string;
  readonly dueEpochMs: number;
  readonly reason: string;
}

/**
 * `moved`: the profile had promised that number a call before, and this one takes its place. `too-often`: nothing is
 * promised, as the number was called as often as it is in a day.
 */
export type Promising = 'promised' | 'moved' | 'too-often';

export interface CallbackBook {
  /**
   * Written down when it resolves, unless `too-often`: it is kept, whatever becomes of this process. The same key is the
   * same promise. Throws DATABASE_UNAVAILABLE, and DIAL_REFUSED for a number that is not called.
   */
  promise(callback: PromisedCallback, key: string, signal: AbortSignal): Promise<Promising>;
}
