// fetch that stays in the open internet: the address is judged when it is connected to, so that no name, redirection or
// second answer of the DNS leads into a private network. Knows nothing of what is asked.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch as send, type RequestInit as SendInit } from 'undici';
import { LivelineError } from '../base/errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Well under the time of an attempt: what was not connected was not sent, and that is worth knowing. */
const CONNECT_TIMEOUT_MS = 3_000;

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
  if (allowPrivate) return buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: lookupPublic });
  return (options, done) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    // What is an address already is never looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host))
      done(refusal(`the address is in a private network${ALLOW}`), null);
    else connect(options, done);
  };
}

/**
 * A `fetch` with strings and URLs for http and https. Throws ADDRESS_REFUSED for an address in a private network unless
 * these are allowed, and gives redirections back instead of following them.
 */
export function guardedFetch(options: { readonly allowPrivate: boolean }): typeof fetch {
  const dispatcher = new Agent({ connect: connectorOf(options.allowPrivate) });
  return async (input, init) => {
    if (typeof input !== 'string' && !(input instanceof URL))
      throw new TypeError('guardedFetch takes a string or a URL');
    const { protocol, username, password } = new URL(input);
    if (!/^https?:$/.test(protocol)) throw refusal('the address is neither http nor https');
    // fetch would refuse it too, and quote it.
    if (username !== '' || password !== '') throw refusal('the address holds credentials');
    const redirect = init?.redirect === 'error' ? 'error' : 'manual';
    return send(input, { ...(init as unknown as SendInit), redirect, dispatcher }).catch(
      (thrown: unknown) => {
        const cause = thrown instanceof Error ? thrown.cause : undefined;
        throw cause instanceof LivelineError ? cause : thrown;
      },
    );
  };
}
