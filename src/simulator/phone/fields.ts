// The form fields of Twilio's requests (Twilio docs, TwiML: request parameters and <Stream>; Call resource: status
// callbacks). Knows nothing of when they are sent.
import type { CallStatus } from './events.ts';

export interface CallIdentity {
  readonly callSid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** Default `inbound`. */
  readonly direction?: 'inbound' | 'outbound-api' | 'outbound-dial';
  readonly parentCallSid?: string | undefined;
}

type Fields = Record<string, string>;

/** What every webhook of a call carries. Twilio sends the places it does not know as empty fields. */
export function callFields(call: CallIdentity, status: CallStatus): Fields {
  const { callSid, accountSid, from, to, direction = 'inbound', parentCallSid } = call;
  const places: (readonly [string, string])[] = ['From', 'To', 'Caller', 'Called'].flatMap((who) =>
    ['City', 'State', 'Zip', 'Country'].map((what) => [who + what, what === 'Country' ? 'US' : ''] as const),
  );
  return {
    CallSid: callSid,
    AccountSid: accountSid,
    From: from,
    To: to,
    Caller: from,
    Called: to,
    CallStatus: status,
    Direction: direction,
    ...(parentCallSid === undefined ? {} : { ParentCallSid: parentCallSid }),
    ApiVersion: '2010-04-01',
    ...Object.fromEntries(places),
  };
}

export interface StreamReport {
  readonly streamSid: string;
  readonly name: string | undefined;
  readonly event: 'stream-started' | 'stream-stopped' | 'stream-error';
  readonly error: string | undefined;
}

export const streamStatusFields = (call: CallIdentity, report: StreamReport, epochMs: number): Fields => ({
  AccountSid: call.accountSid,
  CallSid: call.callSid,
  StreamSid: report.streamSid,
  StreamName: report.name ?? report.streamSid,
  StreamEvent: report.event,
  ...(report.error === undefined ? {} : { StreamError: report.error }),
  Timestamp: new Date(epochMs).toISOString(),
});

/** RFC 2822 as Twilio writes it, with the zone as a number. */
export const rfc2822 = (epochMs: number): string => new Date(epochMs).toUTCString().replace('GMT', '+0000');

export interface Progress {
  /** From 0. */
  readonly sequence: number;
  /** Since it was answered, of a call that has ended. */
  readonly durationMs: number | undefined;
  /** Of a call of the network's that has ended. */
  readonly sipCode: number | undefined;
  readonly epochMs: number;
}

/** A status callback. */
export function progressFields(
  call: CallIdentity,
  status: CallStatus,
  { sequence, durationMs, sipCode, epochMs }: Progress,
): Fields {
  const seconds = Math.ceil((durationMs ?? 0) / 1_000);
  const lasted = { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) };
  return {
    ...callFields(call, status),
    ...(durationMs === undefined ? {} : lasted),
    ...(sipCode === undefined ? {} : { SipResponseCode: String(sipCode) }),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    Timestamp: rfc2822(epochMs),
  };
}
