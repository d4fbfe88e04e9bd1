// Power over calls from outside their streams, by the carrier's REST interface.
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { CallStatus, Errand, PickedUpBy } from './webhooks.ts';

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

/** A call to somebody whom the agent is to talk with: what the carrier asks and tells of it names the attempt. */
export interface OutboundCall {
  /** E.164. */
  readonly to: string;
  /** E.164, one of the account's own. */
  readonly from: string;
  /** At least 15: who rings shorter hangs up on people who are on their way to the phone (47 CFR 64.1200(a)(6)). */
  readonly ringS: number;
  readonly attempt: string;
  /** `message-end`: of a machine it is told only when its greeting is over. */
  readonly detectsMachines: 'off' | 'on' | 'message-end';
  /** From the answer; left out, the carrier's own limit. */
  readonly longestS?: number | undefined;
}

/** A call as the carrier has it. */
export interface FoundCall {
  readonly id: CallId;
  readonly status: CallStatus;
  /** When the carrier took it, epoch ms, no finer than seconds; it may have waited since. By its own clock, unless listed. */
  readonly startedAtMs: number;
  readonly answeredBy?: PickedUpBy | undefined;
}

export interface Dialling {
  /**
   * Not to be repeated unless it throws CARRIER_UNREACHABLE or CARRIER_BUSY (too many requests or calls): nobody was called
   * then. Throws CARRIER_REFUSED, as a `CallRefused` where the carrier says why: nor will be. Throws CARRIER_IN_DOUBT: nobody
   * knows.
   */
  dial(call: OutboundCall): Promise<CallId>;
  /**
   * Of a call that nobody has answered. `canceled`: the carrier takes it; of a call that it had not begun to dial it tells
   * nothing more. `too-late`: answered or over. Throws CARRIER_UNREACHABLE (try again) or CARRIER_REFUSED.
   */
  cancel(id: CallId): Promise<'canceled' | 'too-late'>;
  /** Taken since then, by this process's clock, the latest first; also those that still wait. Throws as `cancel`. */
  callsTo(to: string, from: string, sinceMs: number, signal: AbortSignal): Promise<readonly FoundCall[]>;
  /** Undefined: the carrier knows no such call. Throws as `cancel`. */
  look(id: CallId): Promise<FoundCall | undefined>;
  /** Numbers that may be shown to whom we call: the account's own, and others that are verified. Throws as `cancel`. */
  ownNumbers(signal: AbortSignal): Promise<readonly PhoneNumber[]>;
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
