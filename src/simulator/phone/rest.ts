// Twilio's REST interface over the calls, texts and recordings of a simulated network: who may ask, and for what. Knows
// nothing of what happens inside a call.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { PhoneCall } from './call.ts';
import { describeCall, type Ledger } from './ledger.ts';
import type { Recordings } from './recordings.ts';
import { refusal, type Reply } from './reply.ts';
import { readOutgoing, updateCall } from './rest-calls.ts';
import { listOwn, listVerified, type Numbers } from './rest-numbers.ts';
import { describeRecording, listRecordings } from './rest-recordings.ts';
import type { Outgoing } from './stage.ts';
import { describeText, takeText, type SimulatedText } from './texts.ts';

const ACCOUNT_PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/(.+)$/;
const CALL_PATH = /^Calls\/([^/]+)\.json$/;
const RECORDING_PATH = /^Recordings\/(RE[^/.]+)(\.json|\.wav|)$/;

export interface RestRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** The decoded body of a POST. */
  readonly form: URLSearchParams;
}

/** What the interface works on. */
export interface Exchanges {
  readonly accountSid: string;
  readonly authToken: string;
  readonly ledger: Ledger;
  /** Undefined: any may be shown to whom is called, and none is listed. */
  readonly numbers: Numbers | undefined;
  readonly recordings: Recordings;
  deliver(text: SimulatedText): void;
  dial(outgoing: Outgoing): PhoneCall;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function authorised(header: string | undefined, { accountSid, authToken }: Exchanges): boolean {
  const [scheme, credentials] = (header ?? '').split(' ', 2);
  if (scheme?.toLowerCase() !== 'basic' || credentials === undefined) return false;
  const given = Buffer.from(credentials, 'base64').toString();
  return timingSafeEqual(digest(given), digest(`${accountSid}:${authToken}`));
}

export function answer(request: RestRequest, network: Exchanges): Reply {
  const { method, path, query, authorization, form } = request;
  if (!authorised(authorization, network)) return refusal(401, 20003, 'Authenticate');
  const missing = refusal(404, 20404, `The requested resource ${path} was not found`);
  const notAllowed = refusal(405, 20004, `Method ${method} not allowed`);
  const [, accountSid, resource = ''] = ACCOUNT_PATH.exec(path) ?? [];
  if (accountSid !== network.accountSid) return missing;
  if (resource === 'Calls.json') {
    if (method === 'GET') return network.ledger.list(query, path);
    if (method !== 'POST') return notAllowed;
    const { numbers } = network;
    const outgoing = readOutgoing(
      form,
      (from) => numbers === undefined || numbers.own.includes(from) || numbers.verified.includes(from),
    );
    return 'body' in outgoing ? outgoing : { status: 201, body: describeCall(network.dial(outgoing)) };
  }
  if (resource === 'IncomingPhoneNumbers.json')
    return method === 'GET' ? listOwn(network.numbers?.own ?? [], query, path) : notAllowed;
  if (resource === 'OutgoingCallerIds.json')
    return method === 'GET' ? listVerified(network.numbers?.verified ?? [], query, path) : notAllowed;
  if (resource === 'Messages.json') {
    if (method !== 'POST') return notAllowed;
    const text = takeText(form);
    if ('code' in text) return refusal(400, text.code, text.message);
    network.deliver(text);
    return { status: 201, body: describeText(text, accountSid) };
  }
  if (resource === 'Recordings.json')
    return method === 'GET' ? listRecordings(network.recordings.all, query, path, accountSid) : notAllowed;
  const [, recordingSid, ending = ''] = RECORDING_PATH.exec(resource) ?? [];
  if (recordingSid !== undefined) {
    const recording = network.recordings.ready(recordingSid);
    if (!recording) return missing;
    if (method === 'DELETE') {
      network.recordings.remove(recordingSid);
      return { status: 204, body: undefined };
    }
    if (method !== 'GET') return notAllowed;
    const body = ending === '.json' ? describeRecording(recording, accountSid) : recording.wav;
    return { status: 200, body };
  }
  const sid = CALL_PATH.exec(resource)?.[1] ?? '';
  const found = network.ledger.find(sid);
  if (!found) return missing;
  if (method === 'GET') return { status: 200, body: found };
  return method === 'POST' ? updateCall(network.ledger.calls.get(sid), form) : notAllowed;
}
