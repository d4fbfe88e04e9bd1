// The whole simulated network: it places calls and stands in for Twilio's REST server (TWILIO_API_BASE_URL), so that the
// server under test can look its calls up, end them and send texts. Knows nothing of what happens inside a call.
import { createHash, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { placeCall, type CallOptions, type PhoneCall } from './call.ts';
import { describeText, takeText, type SimulatedText } from './texts.ts';
import { createTicker } from './ticker.ts';

/** Ended calls that can still be asked for, each with its sound; older ones are unknown. */
const REMEMBERED_CALLS = 100;
const BODY_LIMIT_BYTES = 64 * 1024;
const CALL_PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/Calls\/([^/]+)\.json$/;
const CALLS_PATH = /^\/2010-04-01\/Accounts\/[^/]+\/Calls\.json$/;
const MESSAGES_PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/;
/** Texts that can still be read; older ones are forgotten. */
const REMEMBERED_TEXTS = 100;

export interface NetworkOptions {
  readonly accountSid: string;
  readonly authToken: string;
  readonly clock: Clock;
  readonly log?: Log | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
}

export type NetworkCallOptions = Omit<CallOptions, 'accountSid' | 'authToken' | 'clock' | 'ticker' | 'log'>;

export interface PhoneNetwork {
  /** For TWILIO_API_BASE_URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** All calls that have not ended, and the latest that have. */
  readonly calls: ReadonlyMap<string, PhoneCall>;
  /** The latest that the server has sent, whoever they were for; the phone of a call tells of its own as an event. */
  readonly texts: readonly SimulatedText[];
  placeCall(options: NetworkCallOptions): PhoneCall;
  /** Hangs every call up, waits for their last callbacks, and closes the server. */
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Twilio's error body; the same words come out of its client library. */
const refusal = (status: number, code: number, message: string): Reply => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const rfc2822 = (epochMs: number): string => new Date(epochMs).toUTCString().replace('GMT', '+0000');

function describe(call: PhoneCall): object {
  const over = call.ended;
  const endedEpochMs = call.placedEpochMs + call.elapsedMs;
  return {
    sid: call.callSid,
    account_sid: call.accountSid,
    from: call.from,
    from_formatted: call.from,
    to: call.to,
    to_formatted: call.to,
    status: call.status,
    direction: 'inbound',
    duration: over ? String(Math.ceil(call.durationMs / 1_000)) : null,
    start_time: rfc2822(call.placedEpochMs),
    end_time: over ? rfc2822(endedEpochMs) : null,
    date_created: rfc2822(call.placedEpochMs),
    date_updated: rfc2822(endedEpochMs),
    answered_by: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.callSid}.json`,
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function authorised(header: string | undefined, { accountSid, authToken }: NetworkOptions): boolean {
  const [scheme, credentials] = (header ?? '').split(' ', 2);
  if (scheme?.toLowerCase() !== 'basic' || credentials === undefined) return false;
  const given = Buffer.from(credentials, 'base64').toString();
  return timingSafeEqual(digest(given), digest(`${accountSid}:${authToken}`));
}

function update(call: PhoneCall, form: URLSearchParams): Reply {
  const status = form.get('Status');
  if (form.has('Twiml') || form.has('Url'))
    return refusal(
      400,
      20001,
      'this simulated network does not redirect calls yet; it takes Status=completed',
    );
  if (status !== 'completed' && status !== 'canceled')
    return refusal(400, 20001, `Status must be completed or canceled, not '${status ?? ''}'`);
  if (call.ended) return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.');
  // `canceled` is for calls that nobody has answered yet.
  if (status === 'completed' || call.status === 'ringing') call.hangUp('server');
  return { status: 200, body: describe(call) };
}

/** `form`: the decoded body of a POST. */
function answer(
  request: { method: string; path: string; authorization: string | undefined; form: URLSearchParams },
  calls: ReadonlyMap<string, PhoneCall>,
  options: NetworkOptions,
  deliver: (text: SimulatedText) => void,
): Reply {
  const { method, path, authorization, form } = request;
  if (!authorised(authorization, options)) return refusal(401, 20003, 'Authenticate');
  if (CALLS_PATH.test(path))
    return refusal(404, 20404, 'this simulated network does not place outbound calls for REST yet');
  if (method === 'POST' && MESSAGES_PATH.exec(path)?.[1] === options.accountSid) {
    const text = takeText(form);
    if ('code' in text) return refusal(400, text.code, text.message);
    deliver(text);
    return { status: 201, body: describeText(text, options.accountSid) };
  }
  const [, accountSid, callSid = ''] = CALL_PATH.exec(path) ?? [];
  const call = accountSid === options.accountSid ? calls.get(callSid) : undefined;
  if (!call) return refusal(404, 20404, `The requested resource ${path} was not found`);
  if (method === 'GET') return { status: 200, body: describe(call) };
  if (method === 'POST') return update(call, form);
  return refusal(405, 20004, `Method ${method} not allowed`);
}

async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_LIMIT_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Throws PORT_UNAVAILABLE. */
export async function startNetwork(options: NetworkOptions): Promise<PhoneNetwork> {
  const { accountSid, authToken, clock, log = silentLog, port = 0, host = '127.0.0.1' } = options;
  const calls = new Map<string, PhoneCall>();
  const over: string[] = [];
  const texts: SimulatedText[] = [];
  /** To the phone of that number: the one that calls, or else the one that called last. */
  const deliver = (text: SimulatedText): void => {
    texts.push(text);
    if (texts.length > REMEMBERED_TEXTS) texts.shift();
    const phones = [...calls.values()].filter(({ from }) => from === text.to);
    (phones.findLast(({ ended }) => !ended) ?? phones.at(-1))?.receiveText(text.from, text.body);
  };
  const ticker = createTicker(clock);

  const serve = async (request: http.IncomingMessage): Promise<Reply> => {
    const body = await readBody(request);
    if (body === undefined) return refusal(413, 20413, `a body is at most ${BODY_LIMIT_BYTES} bytes`);
    const { method = 'GET', url = '/', headers } = request;
    const path = url.replace(/\?.*$/s, '');
    const { authorization } = headers;
    return answer({ method, path, authorization, form: new URLSearchParams(body) }, calls, options, deliver);
  };
  const server = http.createServer((request, response) => {
    serve(request).then(
      ({ status, body }) => {
        log.debug({ method: request.method, path: request.url, status }, 'simulated Twilio REST request');
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      // The client went away in the middle of its request: nobody is left to answer.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new LivelineError('PORT_UNAVAILABLE', `the simulated network cannot listen on ${host}:${port}`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;

  const teardown = async (): Promise<void> => {
    for (const call of calls.values()) call.hangUp();
    await Promise.all([...calls.values()].map(({ done }) => done));
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };

  return {
    url: `http://${host}:${address.port}`,
    calls,
    texts,
    placeCall(callOptions) {
      const call = placeCall({ ...callOptions, accountSid, authToken, clock, ticker, log });
      calls.set(call.callSid, call);
      void call.done.then(() => {
        over.push(call.callSid);
        if (over.length > REMEMBERED_CALLS) calls.delete(over.shift()!);
      });
      return call;
    },
    close: () => (closing ??= teardown()),
  };
}
