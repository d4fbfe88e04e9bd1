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
}

export interface StreamStatus {
  readonly callId: CallId;
  readonly streamId: string;
  readonly event: 'started' | 'stopped' | 'error';
  readonly error: string | undefined;
}

/** What the carrier shall do next with the call. */
export type Verb =
  | { do: 'stream'; token: string }
  | { do: 'hang-up' }
  /** Spoken by the carrier's own voice, for when we have none; then hangs up. */
  | { do: 'say-and-hang-up'; text: string; language: string };

export interface CarrierWebhooks {
  /** Throws CARRIER_SIGNATURE_INVALID, with the reason and no secret in the message. */
  verifyPost(request: CarrierRequest): void;
  verifyUpgrade(request: CarrierRequest): void;
  /** Each throws CARRIER_REQUEST_INVALID naming the missing field. */
  readCall(form: CarrierRequest['form']): CarrierCall;
  readStreamStatus(form: CarrierRequest['form']): StreamStatus;
  render(verb: Verb): { contentType: string; body: string };
}
