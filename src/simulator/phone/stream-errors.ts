// Which code Twilio's debugger gives to what goes wrong with a media stream (Twilio docs, errors 31900 to 31951). Pure.
import { messageOf } from '../../base/errors.ts';
import type { TwilioError } from './twilio-error.ts';
import type { StreamNoun } from './verb.ts';

/** Why Twilio would not even dial; undefined: it would. A plain `ws:` is taken, since loopback has no certificate. */
export function refuse(noun: StreamNoun): TwilioError | undefined {
  const { url, track } = noun;
  if (!/^wss?:\/\//i.test(url) || !URL.canParse(url))
    return { code: 31922, message: `the Stream url must begin with wss:// and be absolute: '${url}'` };
  if (url.includes('?'))
    return { code: 31920, message: `the Stream url has a query string, which is not supported: '${url}'` };
  if (track !== undefined && track !== 'inbound_track')
    return { code: 31941, message: `<Connect><Stream> carries only inbound_track, not '${track}'` };
  return undefined;
}

/** As in the codes of Node's TLS errors, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
const TLS_FAILURE = /CERT|TLS|SSL|SIGNATURE/;

export function explain(error: Error & { code?: string }, connecting: boolean): TwilioError {
  const code = error.code ?? '';
  if (code.startsWith('WS_ERR_'))
    return { code: 31924, message: `WebSocket protocol violation: ${messageOf(error)}` };
  if (!connecting) return { code: 31921, message: `the connection broke: ${messageOf(error)}` };
  if (TLS_FAILURE.test(code)) return { code: 31910, message: `TLS failed: ${messageOf(error)}` };
  if (code !== '') return { code: 31901, message: `no connection: ${messageOf(error)}` };
  return { code: 31920, message: `the handshake failed: ${messageOf(error)}` };
}

/** Close codes that a server uses when all is well: 1005 is a close frame without a code. */
const CLEAN_CODES = new Set([1000, 1001, 1005]);

export const explainClose = (code: number): TwilioError | undefined =>
  CLEAN_CODES.has(code)
    ? undefined
    : { code: 31921, message: `the server ended the stream with close code ${code}` };
