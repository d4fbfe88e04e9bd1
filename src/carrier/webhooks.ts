// A carrier's HTTP face: who may knock, what a request says, and in which words to answer.
import type { CallId } from '../base/ids.ts';

/** A request as it arrived, with all that a signature may cover. */
export interface CarrierRequest {
  /** Path and query exactly as requested, e.g. `/twilio/voice?x=1`. */
  readonly target: string;
  /** The signature header, when there was one. */
  readonly signature: string | undefined;
  /** The decoded form of a POST; empty for an upgrade. */
  readonly form: Readonly<Record<string, string | string[]>>;
  readonly remoteAddress: string;
}

export type CallStatus =
  'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

export interface CarrierCall {
  readonly id: CallId;
  /** E.164, or whatever else the carrier knows of the caller (`anonymous`, `client:…`, `sip:…`). */
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound';
  readonly status: CallStatus;
  /** Of a call that we dialled: the attempt that the URL names. */
  readonly attempt?: string | undefined;
  /** How the network ended it, when the carrier says so: 603, 607 and 608 are blocks (RFC 3261, 8197, 8688). */
  readonly sipCode?: number | undefined;
  /** Who answers, by name, where the caller chose and not the number that was called. */
  readonly profile?: string | undefined;
}

/** Who picked up, as the carrier judges by ear: a hint, for people and machines are taken for each other. */
export type PickedUpBy = 'human' | 'machine' | 'fax' | 'unknown';

/** Comes once a call, or never; also before the carrier says that the call was answered. */
export interface AnsweredBy {
  readonly attempt: string;
  readonly callId: CallId;
  readonly by: PickedUpBy;
  /** How the greeting of a machine ended; undefined: it may still be speaking. */
  readonly messageEnded: 'beep' | 'silence' | 'other' | undefined;
}

export interface StreamStatus {
  readonly callId: CallId;
  readonly streamId: string;
  readonly event: 'started' | 'stopped' | 'error';
  readonly error: string | undefined;
}

/** What became of the verb that a call was given. `stream`: it is over, or nothing more is said of it. */
export type Outcome =
  | { readonly of: 'stream' }
  /** Also of a conference. `talkedS`: how long both sides were connected. */
  | { readonly of: 'dial'; readonly result: DialResult; readonly talkedS: number }
  | { readonly of: 'queue'; readonly result: QueueResult; readonly waitedS: number }
  /** `id`: undefined when nothing was recorded. */
  | { readonly of: 'recording'; readonly id: string | undefined; readonly seconds: number }
  /** Keys pressed; '' when none was in time. */
  | { readonly of: 'keys'; readonly digits: string }
  | { readonly of: 'refer'; readonly result: 'taken' | 'refused' };

export type DialResult = 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';
/** `left`: by our own word · `full`: it took nobody more. */
export type QueueResult = 'bridged' | 'left' | 'redirected' | 'hung-up' | 'full' | 'failed';

/** The carrier asks what is next for a caller. */
export interface Question {
  readonly call: CarrierCall;
  /** The number of the verb that is over, as it was rendered; undefined where none was. */
  readonly step: number | undefined;
  readonly outcome: Outcome;
}

/** What a call that we placed ourselves is for; it comes back with every question about it. */
export interface Errand {
  readonly is: 'transfer' | 'queue' | 'callback';
  /** Of a transfer the caller's call, of a queue its name, of a callback its id. */
  readonly of: string;
  /** Tells repetitions of the errand apart. */
  readonly attempt: number;
}

/** The carrier asks what is next for somebody whom we called. */
export interface PersonQuestion {
  readonly call: CarrierCall;
  readonly errand: Errand;
  /** `answered`: they have just picked up · `keys`: as in `Outcome` · `over`: what they were given is over. */
  readonly outcome:
    { readonly of: 'answered' } | { readonly of: 'keys'; readonly digits: string } | { readonly of: 'over' };
}

/** Of somebody whom we called, or whom a `dial` rings: it comes for every change, in any order, and more than once. */
export interface PersonStatus {
  /** Of the person's own leg. */
  readonly id: CallId;
  readonly errand: Errand;
  readonly status: CallStatus;
}

/** The carrier asks what somebody who waits shall hear. */
export interface Waiting {
  readonly callId: CallId;
  readonly step: number;
  /** Undefined in a conference. */
  readonly queue:
    | {
        /** The first is 1. */
        readonly position: number;
        readonly waitedS: number;
        /** How long others have waited, by the carrier; 0 when it does not know. */
        readonly averageS: number;
      }
    | undefined;
  /** A key pressed meanwhile. */
  readonly digits: string;
}

/** A recording is ready to be fetched, or will never be. */
export interface RecordingReady {
  readonly callId: CallId;
  readonly id: string;
  readonly seconds: number;
  readonly is: 'ready' | 'absent';
}

/** Words in the carrier's own voice. */
export interface Spoken {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

/** What the carrier shall do next with a call. `step`: comes back with the question what is next after it. */
export type Verb =
  /** `step` left out: none is told apart. `keys`: pressed first, as `<Play digits>` has them. */
  | { do: 'stream'; token: string; step?: number | undefined; keys?: string | undefined }
  | { do: 'hang-up' }
  /** For when we have no voice; then hangs up. */
  | { do: 'say-and-hang-up'; text: string; language: string }
  /**
   * Rings somebody, and connects both when they answer. `to`: E.164 or a sip: address. `callerId`: E.164; the caller's own
   * when left out. `errand`: under which the status of their leg is told.
   */
  | {
      do: 'dial';
      step: number;
      say?: Spoken | undefined;
      to: string;
      callerId?: string | undefined;
      ringS: number;
      errand: Errand;
    }
  /** Of a caller on SIP: the other side is asked to call `to` itself. */
  | { do: 'refer'; step: number; say?: Spoken | undefined; to: string }
  /** The caller waits in a conference, with music, until somebody joins. */
  | { do: 'hold'; step: number; say?: Spoken | undefined; callId: CallId; conference: string }
  /** A person joins the caller who waits there. */
  | { do: 'join'; conference: string; errand: Errand }
  | { do: 'queue'; step: number; say?: Spoken | undefined; callId: CallId; queue: string }
  /** A person is connected with the first of a queue. */
  | { do: 'take-from-queue'; queue: string; errand: Errand }
  | { do: 'leave-queue' }
  /** A beep, and what is said then is recorded. */
  | { do: 'record'; step: number; say: Spoken; longestS: number }
  /** One key is asked for. `of`: whom the answer comes back for. */
  | { do: 'ask-key'; say: readonly Spoken[]; withinS: number; of: { step: number } | { errand: Errand } }
  /** To somebody who waits; asked for again when it is over. `key`: one key counts meanwhile, and comes back at once. */
  | {
      do: 'music';
      callId: CallId;
      step: number;
      say?: readonly Spoken[] | undefined;
      sound: string;
      key: boolean;
    };

export interface CarrierWebhooks {
  /** Throws CARRIER_SIGNATURE_INVALID, with the reason and no secret in the message. */
  verifyPost(request: CarrierRequest): void;
  verifyUpgrade(request: CarrierRequest): void;
  /** Each throws CARRIER_REQUEST_INVALID naming the missing field. */
  /** `target`: of the request, which names the attempt; left out, none is told. */
  readCall(form: CarrierRequest['form'], target?: string): CarrierCall;
  readStreamStatus(form: CarrierRequest['form']): StreamStatus;
  readQuestion(request: CarrierRequest): Question;
  readPersonQuestion(request: CarrierRequest): PersonQuestion;
  readPersonStatus(request: CarrierRequest): PersonStatus;
  readWaiting(request: CarrierRequest): Waiting;
  readRecording(form: CarrierRequest['form']): RecordingReady;
  readAnsweredBy(request: CarrierRequest): AnsweredBy;
  render(verb: Verb): { contentType: string; body: string };
  /** By its key the process that gave the carrier the URL of a request, or of an upgrade; undefined: the URL names none. */
  nodeOf(target: string): string | undefined;
}
