// The numbers of an account as Twilio's REST server tells them (Twilio docs, IncomingPhoneNumbers and OutgoingCallerIds).
import type { Reply } from './reply.ts';
import { pageOf } from './pages.ts';

/** Numbers that the account may show to whom it calls. */
export interface Numbers {
  /** Bought. */
  readonly own: readonly string[];
  /** Somebody else's, verified. */
  readonly verified: readonly string[];
}

const sidOf = (kind: 'PN', number: string): string => kind + number.replace(/\D/g, '').padStart(32, '0');

export const listOwn = (numbers: readonly string[], query: URLSearchParams, path: string): Reply =>
  pageOf(
    'incoming_phone_numbers',
    numbers,
    (number) => ({
      ...{ sid: sidOf('PN', number), phone_number: number, friendly_name: number },
      capabilities: { voice: true, sms: true, mms: false, fax: false },
    }),
    query,
    path,
  );

export const listVerified = (numbers: readonly string[], query: URLSearchParams, path: string): Reply =>
  pageOf(
    'outgoing_caller_ids',
    numbers,
    (number) => ({ sid: sidOf('PN', number), phone_number: number, friendly_name: number }),
    query,
    path,
  );
