// Power over calls from outside their streams, by the carrier's REST interface.
import type { CallId } from '../base/ids.ts';
import type { Errand } from './webhooks.ts';

/** A call to a person: its questions come as `PersonQuestion`, its changes as `PersonStatus`. */
export interface Placed {
  /** E.164 or a sip: address. */
  readonly to: string;
  /** E.164, one of the account's own. */
  readonly from: string;
  readonly ringS: number;
  readonly errand: Errand;
}

export interface CallControl {
  /**
   * Ends the call. A call that is already over counts as done.
   * Throws CARRIER_UNREACHABLE (try again) or CARRIER_REFUSED (do not).
   */
  hangUp(id: CallId): Promise<void>;
  /**
   * Takes the call out of whatever it is in; the carrier then asks what is next, as after the verb of this step. `over`:
   * the call is. Asked twice, it does it twice. Throws as `hangUp`.
   */
  takeBack(id: CallId, step: number): Promise<'asked' | 'over'>;
  /**
   * Calls a person. Not to be repeated unless it throws CARRIER_UNREACHABLE: nobody was called then. Throws
   * CARRIER_REFUSED: nor will be. Throws CARRIER_IN_DOUBT: nobody knows.
   */
  place(call: Placed): Promise<CallId>;
}

export interface CallWatch {
  /** Whether the call goes on; false also for one that nobody knows. Throws CARRIER_UNREACHABLE or CARRIER_REFUSED. */
  isOn(id: CallId): Promise<boolean>;
}

export interface Recordings {
  /** A WAV file. Throws CARRIER_UNREACHABLE (also while it is not there yet) or CARRIER_REFUSED. */
  fetch(recordingId: string, signal: AbortSignal): Promise<Uint8Array>;
  /** At the carrier. One that is not there counts as done. Throws as `fetch`. */
  remove(recordingId: string, signal: AbortSignal): Promise<void>;
  /** What callers left after a beep since then (epoch ms), all that the account still has. Throws as `fetch`. */
  list(sinceMs: number, signal: AbortSignal): Promise<readonly HeldRecording[]>;
}

/** A recording that is ready, at the carrier; also of calls that are not ours. */
export interface HeldRecording {
  readonly id: string;
  readonly callId: CallId;
  /** When it began, epoch ms. */
  readonly recordedAtMs: number;
  readonly seconds: number;
}

export interface CarrierAccount {
  /** Tries the credentials. Throws CARRIER_UNREACHABLE (try again) or CARRIER_REFUSED: wrong, or the account may not call. */
  check(): Promise<void>;
}
