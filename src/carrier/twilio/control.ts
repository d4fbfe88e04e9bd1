// Power over a call by Twilio's REST interface. Knows its errors and which of them can be tried again; decides nothing.
import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { CallControl, CarrierAccount } from '../control.ts';

export type TwilioControlOptions = {
  readonly accountSid: string;
  /** Another server than Twilio's own, `http(s)://host[:port][/path]`. */
  readonly apiBaseUrl?: string | undefined;
  /** The whole of a request, from dialling to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
} & ({ readonly authToken: string } | { readonly apiKey: string; readonly apiSecret: string });

export function createTwilioControl(options: TwilioControlOptions): CallControl & CarrierAccount {
  const { accountSid, apiBaseUrl, timeoutMs = 4_000 } = options;
  const httpClient = new BoundedClient(timeoutMs, apiBaseUrl?.replace(/\/+$/, ''));
  const [user, secret] =
    'authToken' in options ? [accountSid, options.authToken] : [options.apiKey, options.apiSecret];
  const client = twilio(user, secret, { accountSid, httpClient });
  return {
    async hangUp(id) {
      try {
        await client.calls(id).update({ status: 'completed' });
      } catch (thrown) {
        if (!isOver(thrown)) throw asLivelineError(thrown, `call ${id} could not be hung up`);
      }
    },
    async check() {
      const status = await askForAccount().catch((thrown: unknown) => {
        throw asLivelineError(thrown, `the account ${accountSid} could not be asked for`);
      });
      if (status !== 'active')
        throw new LivelineError('CARRIER_REFUSED', `the account ${accountSid} is ${status}`);
    },
  };

  /** An API key may see everything but the account itself (Twilio docs, API keys), so it asks for the latest call. */
  async function askForAccount(): Promise<string> {
    if ('authToken' in options) return (await client.api.v2010.accounts(accountSid).fetch()).status;
    await client.calls.list({ limit: 1 });
    return 'active';
  }
}

/** twilio's own HTTP client, with one deadline over a whole request and, when given, another server. */
class BoundedClient extends twilio.RequestClient {
  readonly #apiBaseUrl: string | undefined;

  constructor(timeoutMs: number, apiBaseUrl: string | undefined) {
    super();
    this.#apiBaseUrl = apiBaseUrl;
    // Its own timeout starts anew with every byte; an answer that only trickles in would never end.
    this.axios.interceptors.request.use((request) => {
      request.signal = AbortSignal.timeout(timeoutMs);
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

/**
 * No answer: nothing is known of what Twilio did with the request. What the HTTP client threw carries the whole
 * request, credentials included, so only its words are kept.
 */
class NotReached extends Error {
  override readonly name = 'NotReached';

  constructor(thrown: unknown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    super(code === 'ERR_CANCELED' ? 'it took too long' : `${code} ${messageOf(thrown)}`.trim());
  }
}

/** Twilio errors 21220, not in progress any more, and 20404, gone. */
const OVER = new Set([21_220, 20_404]);
const isOver = (thrown: unknown): boolean =>
  thrown instanceof twilio.RestException && thrown.code !== undefined && OVER.has(thrown.code);

function asLivelineError(cause: unknown, what: string): LivelineError {
  if (cause instanceof NotReached)
    return new LivelineError('CARRIER_UNREACHABLE', `${what}: no answer from Twilio: ${cause.message}`, {
      cause,
    });
  if (cause instanceof SyntaxError)
    return new LivelineError('CARRIER_UNREACHABLE', `${what}: Twilio's answer is not JSON`, { cause });
  if (!(cause instanceof twilio.RestException))
    return new LivelineError('CARRIER_REFUSED', `${what}: not an id of Twilio's`, { cause });
  const { status, code } = cause;
  const told =
    code === undefined ? `HTTP ${status}` : `HTTP ${status}, https://www.twilio.com/docs/errors/${code}`;
  return status === 429 || status >= 500
    ? new LivelineError('CARRIER_UNREACHABLE', `${what}: Twilio is busy or failing (${told})`, { cause })
    : new LivelineError('CARRIER_REFUSED', `${what}: Twilio refused (${told})`, { cause });
}
