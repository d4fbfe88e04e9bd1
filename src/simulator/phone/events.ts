// What happens in a simulated call, as it is told to people and to tests. Types only.
import type { TwilioError } from './twilio-error.ts';
import type { Verb } from './verb.ts';

/** `network`: Twilio ended the call because of an error. */
export type HungUpBy = 'caller' | 'server' | 'network';

export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled';

export type PhoneEventBody =
  | { type: 'ringing'; callSid: string; from: string; to: string }
  /** The voice webhook was answered with TwiML; `status` is the HTTP status. */
  | { type: 'answered'; status: number; verbs: readonly Verb['verb'][] }
  /** TwiML of a later request: a Connect action or a Redirect. */
  | { type: 'document'; url: string; status: number; verbs: readonly Verb['verb'][] }
  | { type: 'verb'; verb: Verb }
  /** Somebody whom the network called has picked up. */
  | { type: 'pickedUp' }
  /** The beep of an answering machine is over: what it hears now is its message. */
  | { type: 'beeped' }
  /** `<Say>` begins. */
  | { type: 'said-by-carrier'; text: string; language: string | undefined }
  /** Keys are asked for. */
  | { type: 'gathering' }
  /** What is said from now on is recorded. */
  | { type: 'recording' }
  /** `<Dial>` calls somebody. */
  | { type: 'dialling'; to: string }
  /** Waits for a conference to start. */
  | { type: 'held'; conference: string }
  /** Is in a conference that has started. */
  | { type: 'joined'; conference: string }
  | { type: 'queued'; queue: string }
  /** Hears another leg, and is heard; `with` is its CallSid. */
  | { type: 'connected'; with: string }
  | { type: 'disconnected'; with: string }
  /** `<Refer>` asks the caller's telephone to call somebody else. */
  | { type: 'referred'; to: string }
  /** REST gave the call something else to do. */
  | { type: 'redirected' }
  | { type: 'streamOpened'; streamSid: string; url: string }
  /** The caller begins to speak. */
  | { type: 'said'; what: string; forMs: number }
  | { type: 'saidEnd'; what: string }
  | { type: 'agentStarted' }
  /** Nothing was playing for `quietMs`. `endedAtMs`: when the last sound ended; `spokeMs`: sound without the pauses. */
  | { type: 'agentQuiet'; endedAtMs: number; spokeMs: number }
  /** The server's `clear`: `forgottenMs` were queued and not heard; `heardMs` of this stream were heard until now. */
  | { type: 'cleared'; forgottenMs: number; heardMs: number; marks: number }
  /** Sent back to the server. */
  | { type: 'mark'; name: string }
  /** `sent` is false when no stream was open: nobody got the digit. */
  | { type: 'digit'; digit: string; sent: boolean }
  /** `<Play digits>`: the server pressed it, and the tone has reached this phone. */
  | { type: 'keyPlayed'; key: string }
  | {
      type: 'streamClosed';
      streamSid: string;
      code: number;
      reason: string;
      by: 'server' | 'phone' | 'network';
    }
  /** A callback whose answer is not TwiML. `status` 0: it never arrived. */
  | {
      type: 'posted';
      to: 'action' | 'streamStatus' | 'status' | 'conference' | 'recording' | 'amd';
      event: string;
      status: number;
    }
  /** A text message has come to this phone; it may do so after the call. */
  | { type: 'text'; from: string; body: string }
  | { type: 'error'; error: TwilioError }
  | { type: 'hungUp'; by: HungUpBy; why: string };

/** `atMs`: since the call was placed. */
export type PhoneEvent = PhoneEventBody & { readonly atMs: number };

export interface CallOutcome {
  readonly callSid: string;
  readonly status: CallStatus;
  readonly hungUpBy: HungUpBy;
  readonly why: string;
  /** Since the call was answered; 0 when it never was. */
  readonly durationMs: number;
  /** Agent sound that was played to the caller, over all streams. */
  readonly heardMs: number;
  readonly streams: number;
  readonly errors: readonly TwilioError[];
}
