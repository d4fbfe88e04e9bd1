// Text messages as Twilio's REST server takes them (Twilio docs, Messages resource). Knows nothing of HTTP or of calls.
import { newSid } from './sid.ts';
import type { TwilioError } from './twilio-error.ts';

export interface SimulatedText {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const MOST_CHARACTERS = 1_600;

/** Twilio's magic numbers for texts that fail (Twilio docs, test credentials). */
const MAGIC_TO: ReadonlyMap<string, TwilioError> = new Map([
  ['+15005550001', { code: 21211, message: "Invalid 'To' Phone Number" }],
  ['+15005550002', { code: 21612, message: "Message cannot be sent with the current 'To' and 'From'" }],
  ['+15005550003', { code: 21408, message: 'Permission to send an SMS has not been enabled for the region' }],
  ['+15005550004', { code: 21610, message: 'Attempt to send to unsubscribed recipient' }],
  ['+15005550009', { code: 21614, message: "'To' number is not a valid mobile number" }],
]);
const MAGIC_FROM: ReadonlyMap<string, TwilioError> = new Map([
  ['+15005550001', { code: 21212, message: "Invalid 'From' Number" }],
  ['+15005550007', { code: 21606, message: "The 'From' phone number is not a valid, SMS-capable number" }],
  ['+15005550008', { code: 21611, message: "This 'From' number has exceeded its queue of messages" }],
]);

/** The text, or the error with which Twilio refuses it (HTTP 400). */
export function takeText(form: URLSearchParams): SimulatedText | TwilioError {
  const [to, from, body] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
  if (to === '') return { code: 21604, message: "A 'To' phone number is required." };
  if (from === '') return { code: 21603, message: "A 'From' phone number is required." };
  if (body === '') return { code: 21602, message: 'Message body is required.' };
  if (body.length > MOST_CHARACTERS)
    return { code: 21617, message: `The message body exceeds ${MOST_CHARACTERS} characters` };
  if (!E164.test(to)) return { code: 21211, message: "Invalid 'To' Phone Number" };
  if (!E164.test(from)) return { code: 21212, message: "Invalid 'From' Number" };
  if (to === from) return { code: 21266, message: "'To' and 'From' numbers cannot be the same" };
  return MAGIC_TO.get(to) ?? MAGIC_FROM.get(from) ?? { sid: newSid('SM'), from, to, body };
}

export const describeText = ({ sid, from, to, body }: SimulatedText, accountSid: string): object => ({
  sid,
  account_sid: accountSid,
  from,
  to,
  body,
  status: 'queued',
  direction: 'outbound-api',
  num_segments: '1',
  num_media: '0',
  error_code: null,
  error_message: null,
  messaging_service_sid: null,
  price: null,
  price_unit: 'USD',
  api_version: '2010-04-01',
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
});
