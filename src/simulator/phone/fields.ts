// The form fields of Twilio's requests (Twilio docs, TwiML: request parameters and <Stream>; Call resource: status
// callbacks). Knows nothing of when they are sent.
import type { CallStatus } from './events.ts';

export interface CallIdentity {
  readonly callSid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
}

type Fields = Record<string, string>;

/** What every webhook of a call carries. Twilio sends the places it does not know as empty fields. */
export function callFields({ callSid, accountSid, from, to }: CallIdentity, status: CallStatus): Fields {
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
    Direction: 'inbound',
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

/** The status callback of an ended call. `durationMs`: since it was answered. */
export function endedFields(
  call: CallIdentity,
  status: CallStatus,
  durationMs: number,
  epochMs: number,
): Fields {
  const seconds = Math.ceil(durationMs / 1_000);
  return {
    ...callFields(call, status),
    CallDuration: String(seconds),
    Duration: String(Math.ceil(seconds / 60)),
    CallbackSource: 'call-progress-events',
    SequenceNumber: '0',
    // RFC 2822 as Twilio writes it, with the zone as a number.
    Timestamp: new Date(epochMs).toUTCString().replace('GMT', '+0000'),
  };
}
