// Twilio's side of HTTP: signed requests, 15 seconds at most, one more try when no connection came about. Knows nothing
// of what the requests mean.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { spoil, type CallFaults } from './faults.ts';
import { sign, type FormFields } from './signature.ts';
import type { TwilioError } from './twilio-error.ts';
import { parseTwiml } from './twiml.ts';
import type { Method, Verb } from './verb.ts';

/** Connecting, retry and answer together (Twilio error 11205). */
const LIMIT_MS = 15_000;
/** Twilio refuses longer TwiML as 11750. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** More than any sound that a test plays; Twilio's own limit is 40 MB. */
export const SOUND_LIMIT_BYTES = 8 * 1024 * 1024;

export interface WebhookRequest {
  readonly url: string;
  readonly method: Method;
  readonly fields?: FormFields;
  /** Of the answer. Default: what Twilio takes for TwiML. */
  readonly limitBytes?: number;
}

interface Response {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export type Answer = { ok: true } & Response;
export type Failure = { ok: false; status: number; error: TwilioError };
export type Document = {
  ok: true;
  url: string;
  status: number;
  verbs: readonly Verb[];
  warnings: readonly TwilioError[];
};

class RequestError extends Error {
  readonly code: number;
  readonly connected: boolean;

  constructor(code: number, message: string, connected: boolean) {
    super(message);
    this.code = code;
    this.connected = connected;
  }
}

function formOf(fields: FormFields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  return form.toString();
}

export class WebhookClient {
  readonly #authToken: string;
  readonly #clock: Clock;
  readonly #faults: CallFaults;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(authToken: string, clock: Clock, faults: CallFaults) {
    this.#authToken = authToken;
    this.#clock = clock;
    this.#faults = faults;
  }

  /** Asks for TwiML. Never rejects. */
  fetchTwiml(request: WebhookRequest): Promise<Document | Failure> {
    const document = this.#fetchTwiml(request);
    this.#underWay.add(document);
    return document.finally(() => this.#underWay.delete(document));
  }

  /** Once every request for TwiML is answered, also those that nobody waits for any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #fetchTwiml(request: WebhookRequest): Promise<Document | Failure> {
    if (this.#faults.duplicateActions === true) await this.ask(request);
    const answer = await this.ask(request);
    if (!answer.ok) return answer;
    const { status, contentType, body } = answer;
    if (!/^(application|text)\/(xml|html)\b/i.test(contentType))
      return failure(status, 12300, `TwiML must be text/xml, not '${contentType}' (${request.url})`);
    const twiml = parseTwiml(body.toString('utf8'));
    return twiml.ok
      ? { ok: true, url: request.url, status, verbs: twiml.verbs, warnings: twiml.warnings }
      : failure(status, twiml.error.code, `${twiml.error.message} (${request.url})`);
  }

  /** One request with all its tries. Every status outside 200–299 is a failure. Never rejects. */
  async ask({
    url,
    method,
    fields = {},
    limitBytes = BODY_LIMIT_BYTES,
  }: WebhookRequest): Promise<Answer | Failure> {
    if (!URL.canParse(url) || !/^https?:/i.test(url))
      return failure(0, 11100, `not an http(s) URL: '${url}'`);
    const query = formOf(fields);
    const full =
      method === 'GET' && query !== ''
        ? url.replace(/(#.*)?$/s, (url.includes('?') ? '&' : '?') + query)
        : url;
    const signature = spoil(
      this.#faults.signature,
      sign(this.#authToken, full, method === 'POST' ? fields : {}),
    );
    const headers = {
      'user-agent': 'TwilioProxy/1.1 (simulated)',
      accept: '*/*',
      'i-twilio-idempotency-token': randomUUID(),
      ...(signature === undefined ? {} : { 'x-twilio-signature': signature }),
    };
    const limit = new AbortController();
    const cancel = this.#clock.after(LIMIT_MS, () => limit.abort());
    try {
      const body = method === 'POST' ? query : undefined;
      const send = (): Promise<Response> => exchange(full, headers, body, limitBytes, limit.signal);
      const response = await send().catch((error: unknown) => {
        if (error instanceof RequestError && !error.connected && !limit.signal.aborted) return send();
        throw error;
      });
      return response.status >= 200 && response.status < 300
        ? { ok: true, ...response }
        : failure(response.status, 11200, `${method} ${url} was answered with HTTP ${response.status}`);
    } catch (error) {
      const why = limit.signal.aborted ? `no answer within ${LIMIT_MS / 1_000} s` : messageOf(error);
      return failure(0, error instanceof RequestError ? error.code : 11205, `${method} ${url}: ${why}`);
    } finally {
      cancel();
    }
  }
}

const failure = (status: number, code: number, message: string): Failure => ({
  ok: false,
  status,
  error: { code, message },
});

/** `body`: a form to POST; absent: a GET. A connection of its own each time, so that none is found dead. */
function exchange(
  url: string,
  headers: http.OutgoingHttpHeaders,
  body: string | undefined,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (error: Error, code = 11205): void =>
      reject(new RequestError(code, error.message, connected));
    const options = { method: body === undefined ? 'GET' : 'POST', headers, signal, agent: false };
    const request = (/^https:/i.test(url) ? https : http).request(url, options, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('error', fail);
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes <= limitBytes) return;
        fail(new Error(`the answer is longer than ${limitBytes} bytes`), 11750);
        request.destroy();
      });
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(parts) });
      });
    });
    request.on('error', fail);
    request.on('socket', (socket) =>
      socket.once(/^https:/i.test(url) ? 'secureConnect' : 'connect', () => (connected = true)),
    );
    if (body !== undefined)
      request.setHeader('content-type', 'application/x-www-form-urlencoded; charset=utf-8');
    request.end(body);
  });
}
