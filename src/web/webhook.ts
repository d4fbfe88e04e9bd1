// A post of JSON to an address that somebody has written down: once, signed where there is a secret, its query as it is
// written. What comes of it is the caller's to judge further; who gets a post twice can tell, so trying again does no harm.
import type { Clock } from '../base/clock.ts';
import { exchange } from './exchange.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { signed } from './signed.ts';
import { judge, type Verdict } from './verdict.ts';

export interface WebhookOptions {
  /** With it every post is signed; see signed.ts. */
  readonly secret: string | undefined;
  /** Left out or false: an address in a private network is refused (ADDRESS_REFUSED). */
  readonly allowPrivate?: boolean | undefined;
  /** From dialling to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Throws ADDRESS_REFUSED, also for one that holds a user or password, and the signal's reason. */
export type PostJson = (url: URL, json: object, signal: AbortSignal) => Promise<Verdict>;

const MAX_BYTES = 1_000_000;
/** Whatever is said beside it: what counts is that they have it. */
const TAKEN = Array.from({ length: 100 }, (_, n) => 200 + n);
/** It asks for the same request a little later (RFC 8470, 5.2), as 408 and 429 do. */
const TOO_EARLY = 425;
const tooEarly: Verdict = {
  ...{ is: 'fault', health: 'well', code: 'unavailable', why: `it answers ${TOO_EARLY}: too early` },
  again: { by: 'waiting', forMs: undefined },
};

export function createPostJson({ secret, allowPrivate, timeoutMs, clock }: WebhookOptions): PostJson {
  const fetch = guardedFetch({ allowPrivate: allowPrivate ?? false });
  return async (url, json, signal) => {
    signal.throwIfAborted();
    const body = JSON.stringify(json);
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      ...signed(body, secret),
    };
    const init = { method: 'POST', body, headers };
    const outcome = await exchange({ fetch, url, init, timeoutMs, maxBytes: MAX_BYTES, clock, signal });
    if (outcome.is === 'aborted') throw signal.reason;
    if (outcome.is === 'unsendable' && outcome.error !== undefined) throw outcome.error;
    if (outcome.is === 'answered' && outcome.status === TOO_EARLY) return tooEarly;
    return judge(outcome, { expects: TAKEN, repeatable: true, epochMs: clock.epochMs() });
  };
}
