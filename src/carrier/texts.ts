// Text messages by the carrier.
import type { CallId } from '../base/ids.ts';

export interface TextMessage {
  /** E.164, one of the account's own. */
  readonly from: string;
  /** E.164. */
  readonly to: string;
  readonly body: string;
}

export interface TextSender {
  /**
   * Hands it to the carrier; whether it arrives is another matter. The carrier takes no key: asked twice, it sends twice.
   * Throws CARRIER_UNREACHABLE when it was not sent, CARRIER_REFUSED when it cannot be (no mobile number, opted out,
   * a country that the account may not text), and TOOL_IN_DOUBT when the carrier took the request and did not answer.
   * `callId`: in which it is sent.
   */
  send(message: TextMessage, signal: AbortSignal, callId?: CallId): Promise<{ readonly id: string }>;
}
