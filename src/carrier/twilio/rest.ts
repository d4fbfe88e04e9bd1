// Twilio's REST client as its users here share it: one deadline a request, another server when given, and errors that
// carry no credentials. Knows nothing of what is asked.
import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { LivelineError, messageOf } from '../../base/errors.ts';

export type TwilioRestOptions = {
  readonly accountSid: string;
  /** Another server than Twilio's own, `http(s)://host[:port][/path]`. */
  readonly apiBaseUrl?: string | undefined;
  /** The whole of a request, from dialling to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
} & ({ readonly authToken: string } | { readonly apiKey: string; readonly apiSecret: string });

const TIMEOUT_MS = 4_000;

/** What twilio's own methods cannot ask for. `signal`: gives every request up. `body`: answers come as a `Readable`. */
export interface Asking {
  readonly signal?: AbortSignal;
  readonly body?: 'stream';
}

export function twilioClient(options: TwilioRestOptions, asking: Asking = {}): twilio.Twilio {
  const { accountSid } = options;
  const [user, secret] =
    'authToken' in options ? [accountSid, options.authToken] : [options.apiKey, options.apiSecret];
  return twilio(user, secret, { accountSid, httpClient: new BoundedClient(options, asking) });
}

/** twilio's own HTTP client, with one deadline over a whole request and, when given, another server. */
class BoundedClient extends twilio.RequestClient {
  readonly #apiBaseUrl: string | undefined;

  constructor({ timeoutMs = TIMEOUT_MS, apiBaseUrl }: TwilioRestOptions, { signal, body }: Asking) {
    super();
    this.#apiBaseUrl = apiBaseUrl?.replace(/\/+$/, '');
    // Its own timeout starts anew with every byte; an answer that only trickles in would never end.
    this.axios.interceptors.request.use((request) => {
      request.signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
      if (body !== undefined) request.responseType = body;
      return request;
    });
  }

  override async request<T>(options: RequestClient.RequestOptions<T>) {
    const { pathname, search } = new URL(options.uri);
    const uri = this.#apiBaseUrl === undefined ? options.uri : this.#apiBaseUrl + pathname + search;
    try {
      return await super.request<T>({ ...options, uri });
    } catch (thrown) {
      throw new NotReached(thrown);
    }
  }
}

/** What Node says when no connection came about, so that nothing can have been sent (Node docs, common system errors). */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * No answer: nothing is known of what Twilio did with the request, unless `sent` is false. What the HTTP client threw
 * carries the whole request, credentials included, so only its words are kept.
 */
export class NotReached extends Error {
  override readonly name = 'NotReached';
  readonly sent: boolean;

  constructor(thrown: unknown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    super(code === 'ERR_CANCELED' ? 'it took too long' : `${code} ${messageOf(thrown)}`.trim());
    this.sent = !NOT_CONNECTED.has(code);
  }
}

/** CARRIER_UNREACHABLE for what trying again may mend, and CARRIER_REFUSED. `what` begins the message. */
export function asLivelineError(cause: unknown, what: string): LivelineError {
  if (cause instanceof NotReached)
    return new LivelineError('CARRIER_UNREACHABLE', `${what}: no answer from Twilio: ${cause.message}`, {
      cause,
    });
  if (cause instanceof SyntaxError)
    return new LivelineError('CARRIER_UNREACHABLE', `${what}: Twilio's answer is not JSON`, { cause });
  if (!(cause instanceof twilio.RestException))
    return new LivelineError('CARRIER_REFUSED', `${what}: not an id of Twilio's`, { cause });
  return isBusy(cause)
    ? new LivelineError('CARRIER_UNREACHABLE', `${what}: Twilio is busy or failing (${toldBy(cause)})`, {
        cause,
      })
    : new LivelineError('CARRIER_REFUSED', `${what}: Twilio refused (${toldBy(cause)})`, { cause });
}

const isBusy = ({ status }: twilio.RestException): boolean => status === 429 || status >= 500;

/** Of a request that must not be made twice: why nobody knows whether it was done. Undefined: it was not. */
export function doubtOf(cause: unknown): string | undefined {
  if (cause instanceof NotReached) return cause.sent ? `no answer from Twilio: ${cause.message}` : undefined;
  if (!(cause instanceof twilio.RestException)) return "Twilio's answer cannot be read";
  return cause.status >= 500 ? `Twilio is failing (${toldBy(cause)})` : undefined;
}

/** For the person at 3 a.m.: the status, and where Twilio explains its code. */
export const toldBy = ({ status, code }: twilio.RestException): string =>
  code === undefined ? `HTTP ${status}` : `HTTP ${status}, https://www.twilio.com/docs/errors/${code}`;
