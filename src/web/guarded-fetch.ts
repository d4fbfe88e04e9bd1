// fetch that stays in the open internet: the address is judged when it is connected to, so that no name, redirection or
// second answer of the DNS leads into a private network. Knows nothing of what is asked.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { Agent, buildConnector, fetch as send, type Dispatcher, type RequestInit as SendInit } from 'undici';
import { LivelineError } from '../base/errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Well under the time of an attempt: what was not connected was not sent, and that is worth knowing. */
const CONNECT_TIMEOUT_MS = 3_000;

/** Look-ups come minutes apart, and a new connection costs two round trips more: kept for so long, if its server says nothing. */
const KEEP_ALIVE_MS = 60_000;
/**
 * However long its server would keep it: less than the four minutes after which Azure's gateways forget a silent connection
 * (learn.microsoft.com, "TCP reset and idle timeout"), as what is written on such a one is lost without a word.
 */
const MOST_KEEP_ALIVE_MS = 180_000;
/** One request at a time on a connection, so that what becomes of the connection became of this request. */
const HTTP_1 = { allowH2: false };

const ALLOW = ', and these are not allowed in the settings of this server or tool';

const refusal = (what: string): LivelineError =>
  new LivelineError('ADDRESS_REFUSED', `${what}: requests do not go there`);

/** Gives only those addresses that a request may go to. */
const lookupPublic: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, found: readonly LookupAddress[]) => {
    if (error !== null) return done(error, []);
    const allowed = found.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined) return done(refusal(`the name leads to a private network${ALLOW}`), []);
    if (options.all === true) return done(null, allowed);
    done(null, first.address, first.family);
  });
};

function connectorOf(allowPrivate: boolean): buildConnector.connector {
  if (allowPrivate) return buildConnector({ ...HTTP_1, timeout: CONNECT_TIMEOUT_MS });
  const connect = buildConnector({ ...HTTP_1, timeout: CONNECT_TIMEOUT_MS, lookup: lookupPublic });
  return (options, done) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    // What is an address already is never looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host))
      done(refusal(`the address is in a private network${ALLOW}`), null);
    else connect(options, done);
  };
}

/** `onSending`: just before the first byte of it is written, on a connection that stands. Never called: nothing was sent. */
export type GuardedFetch = (
  input: string | URL | Request,
  init?: RequestInit,
  onSending?: () => void,
) => Promise<Response>;

/**
 * A `fetch` with strings and URLs for http and https. Throws ADDRESS_REFUSED for an address in a private network unless
 * these are allowed, and gives redirections back instead of following them.
 */
export function guardedFetch(options: { readonly allowPrivate: boolean }): GuardedFetch {
  const agent = new Agent({
    ...HTTP_1,
    connect: connectorOf(options.allowPrivate),
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: MOST_KEEP_ALIVE_MS,
  });
  return async (input, init, onSending) => {
    if (typeof input !== 'string' && !(input instanceof URL))
      throw new TypeError('guardedFetch takes a string or a URL');
    const { protocol, username, password } = new URL(input);
    if (!/^https?:$/.test(protocol)) throw refusal('the address is neither http nor https');
    // fetch would refuse it too, and quote it.
    if (username !== '' || password !== '') throw refusal('the address holds credentials');
    const dispatcher = onSending === undefined ? agent : agent.compose(noting(onSending));
    // The connection of a request that ended just now is free a moment later; one that its server has closed is seen only
    // between two rounds of the event loop, and would take a request that then may or may not have been read.
    await nextRound();
    const redirect = init?.redirect === 'error' ? 'error' : 'manual';
    return send(input, { ...(init as unknown as SendInit), redirect, dispatcher }).catch(
      (thrown: unknown) => {
        const cause = thrown instanceof Error ? thrown.cause : undefined;
        throw cause instanceof LivelineError ? cause : thrown;
      },
    );
  };
}

/** undici starts a request when it has a connection for it. What it calls the handler for otherwise passes by. */
const noting =
  (onSending: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    const noted = Object.create(handler) as Dispatcher.DispatchHandler;
    noted.onRequestStart = (controller, context) => {
      onSending();
      handler.onRequestStart?.(controller, context);
    };
    return dispatch(options, noted);
  };
