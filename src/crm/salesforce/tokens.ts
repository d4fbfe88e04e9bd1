// Access to Salesforce: OAuth 2.0 by client credentials or by JWT bearer (RFC 7523), one token for all calls, renewed when
// Salesforce no longer takes it. Knows nothing of contacts.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { isLoopbackHost } from '../../base/loopback.ts';
import { createRest, type Rest } from '../../web/rest.ts';

export interface Credentials {
  /** `https://login.salesforce.com`, `https://test.salesforce.com` or the organisation's own My Domain. */
  readonly loginUrl: string;
  readonly clientId: string;
  readonly by:
    { readonly clientSecret: string } | { readonly privateKeyPem: string; readonly username: string };
}

export interface Grant {
  readonly accessToken: string;
  /** Where the API of this organisation is, without a slash at its end. */
  readonly instanceUrl: string;
  /** Of the user on whose behalf everything is done. */
  readonly userId: string;
}

/** help.salesforce.com, "OAuth 2.0 JWT Bearer Flow": the assertion must expire within three minutes. */
const ASSERTION_VALID_S = 120;
const MOST_WORDS = 200;

const answered = z.object({
  access_token: z.string().min(1),
  instance_url: z.string(),
  /** The identity URL: `https://login.salesforce.com/id/<organisation>/<user>`. */
  id: z.string().regex(/\/[A-Za-z0-9]{15,18}$/),
});
const refused = z.object({ error: z.string(), error_description: z.string().optional() });

export class Tokens {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #login: URL;
  readonly #key: KeyObject | undefined;
  readonly #rest: Rest;
  #grant: Grant | undefined;
  #asking: Promise<Grant> | undefined;

  /** Throws CRM_INVALID for a login URL or a key that are none. */
  constructor(credentials: Credentials, clock: Clock) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#login = loginOf(credentials.loginUrl);
    this.#key = 'privateKeyPem' in credentials.by ? keyOf(credentials.by.privateKeyPem) : undefined;
    this.#rest = createRest({
      name: 'the login of Salesforce',
      baseUrl: this.#login.origin,
      codes: { unavailable: 'CRM_UNAVAILABLE', refused: 'CRM_REFUSED', inDoubt: 'CRM_UNAVAILABLE' },
      allowPrivate: this.onThisMachine,
      clock,
    });
  }

  /** A stand-in, then; only such a one may lead to this machine, and speak http. */
  get onThisMachine(): boolean {
    return isLoopbackHost(this.#login.hostname);
  }

  /**
   * The grant that holds, or a new one when there is none or `stale` is the one that holds. Calls that find theirs stale
   * together are given the same new one. Throws CRM_REFUSED and CRM_UNAVAILABLE.
   */
  async grant(signal: AbortSignal, stale?: Grant): Promise<Grant> {
    signal.throwIfAborted();
    if (this.#grant !== undefined && this.#grant !== stale) return this.#grant;
    // Not with the signal of whoever came first: the others wait for the same answer.
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return unlessAborted(this.#asking, signal);
  }

  async #ask(): Promise<Grant> {
    this.#grant = undefined;
    const form = await this.#form();
    const answer = await this.#rest.ask({
      method: 'POST',
      path: '/services/oauth2/token',
      form,
      repeatable: true,
      expects: [400, 401, 403],
      label: 'get a token',
      signal: new AbortController().signal,
    });
    if (answer.status >= 400) throw refusal(answer.body, Object.values(form));
    const granted = answered.safeParse(answer.body);
    if (!granted.success)
      throw new LivelineError('CRM_UNAVAILABLE', 'the login of Salesforce gives an answer without a token');
    const { access_token: accessToken, instance_url, id } = granted.data;
    const instanceUrl = this.#instance(instance_url);
    return (this.#grant = { accessToken, instanceUrl, userId: id.slice(id.lastIndexOf('/') + 1) });
  }

  async #form(): Promise<Readonly<Record<string, string>>> {
    const { clientId, by } = this.#credentials;
    if ('clientSecret' in by)
      return { grant_type: 'client_credentials', client_id: clientId, client_secret: by.clientSecret };
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(clientId)
      .setSubject(by.username)
      .setAudience(this.#login.origin)
      .setExpirationTime(Math.floor(this.#clock.epochMs() / 1_000) + ASSERTION_VALID_S)
      .sign(this.#key!);
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  }

  /** The token goes there with every request: nowhere without TLS. */
  #instance(text: string): string {
    const url = URL.parse(text);
    const safe =
      url?.protocol === 'https:' ||
      (url?.protocol === 'http:' && this.onThisMachine && isLoopbackHost(url.hostname));
    if (url === null || !safe || url.username !== '' || url.password !== '')
      throw new LivelineError(
        'CRM_REFUSED',
        'the login of Salesforce names an instance that is no https address',
      );
    return url.origin;
  }
}

function loginOf(text: string): URL {
  const url = URL.parse(text);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === null || !safe || url.username !== '' || url.password !== '')
    throw new LivelineError(
      'CRM_INVALID',
      "the login URL of Salesforce must be an https address: https://login.salesforce.com, or your organisation's own",
    );
  return url;
}

/** Without the cause: nothing of a key may be seen. PKCS #8 and PKCS #1 are taken. */
function keyOf(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== 'rsa')
    throw new LivelineError(
      'CRM_INVALID',
      'the private key for Salesforce is no RSA key in PEM; give the key whose certificate the connected app holds',
    );
  return key;
}

/** Salesforce's own words, unless they repeat something that we sent. */
function refusal(body: unknown, sent: readonly string[]): LivelineError {
  const said = refused.safeParse(body).data;
  const words = [said?.error, said?.error_description]
    .filter((word) => word !== undefined && !sent.some((secret) => word.includes(secret)))
    .join(': ');
  return new LivelineError(
    'CRM_REFUSED',
    `Salesforce gives no token (${words.slice(0, MOST_WORDS) || 'no reason given'}); ` +
      'check client id, secret or key, and that the connected app allows this flow to its user',
  );
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
