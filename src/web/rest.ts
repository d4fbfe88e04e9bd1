// A REST service over JSON: tried again where that does no harm, and honest about what may have been done. Knows no vendor.
import type { Clock } from '../base/clock.ts';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { Breaker } from './breaker.ts';
import { exchange } from './exchange.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { judge, type Answer, type Verdict } from './verdict.ts';
import { addressOf, bodyOf, trimmedBase } from './wire-request.ts';

export interface Codes {
  readonly unavailable: ErrorCode;
  readonly refused: ErrorCode;
  readonly inDoubt: ErrorCode;
}

export interface RestOptions {
  /** 'HubSpot': for the words of errors. */
  readonly name: string;
  /** Paths are put behind it. */
  readonly baseUrl: string;
  readonly codes: Codes;
  /** Headers of every request. Asked again with `renew` after a 401, once; then the request is repeated. */
  readonly authorize?: (signal: AbortSignal, renew: boolean) => Promise<Readonly<Record<string, string>>>;
  /** Left out or false: an address in a private network is refused (ADDRESS_REFUSED). */
  readonly allowPrivate?: boolean | undefined;
  /** From dialling to the last byte of one answer. */
  readonly attemptTimeoutMs?: number | undefined;
  /** Of an answer. */
  readonly maxBytes?: number | undefined;
  readonly clock: Clock;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Begins with a slash; its parts are encoded by who makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Trying again does no harm. Left out: GET alone. */
  readonly repeatable?: boolean;
  /** Statuses beside 2xx that are answers, not faults: 404, 409. */
  readonly expects?: readonly number[];
  /** For the words of errors, without caller data: 'search contacts'. */
  readonly label?: string;
  /** Waited for before each attempt, where a service takes only so many; rejects with the signal's reason. */
  readonly turn?: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/** `body` undefined: empty or, with one of the statuses that are expected beside 2xx, no JSON. */
export type RestAnswer = Answer;

export interface Rest {
  /**
   * Throws by `codes`. `unavailable`: nothing was done, or doing it again does no harm. `refused`: the service said no.
   * `inDoubt`: what must not be repeated was sent, and nobody can say whether it was done; also when the signal fires
   * meanwhile. For what was not sent, and for what may be repeated, the signal's own reason is thrown. Also
   * ADDRESS_REFUSED, and whatever `authorize` throws.
   */
  ask(request: RestRequest): Promise<RestAnswer>;
}

const ATTEMPT_TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;
const MOST_ATTEMPTS = 3;
const FIRST_BACK_OFF_MS = 200;
/** A caller waits on the line. */
const MOST_WAITING_MS = 2_000;
const LEFT_ALONE = 'it failed several times in a row and is left alone for some seconds';
const BREAKER = { failures: 5, openMs: 5_000 };

/** Throws `codes.refused` for a base URL that is none. */
export function createRest(options: RestOptions): Rest {
  const { name, codes, clock } = options;
  const fetch = guardedFetch({ allowPrivate: options.allowPrivate ?? false });
  const breaker = new Breaker({ ...BREAKER, clock });
  const baseUrl = trimmedBase(options.baseUrl);
  if (baseUrl === undefined)
    throw new LivelineError(
      codes.refused,
      `the address of ${name} is no http or https URL without user and query`,
    );

  async function attempt(request: RestRequest, url: URL, renew: boolean): Promise<Verdict> {
    const { signal, method } = request;
    await request.turn?.(signal);
    const granted = (await options.authorize?.(signal, renew)) ?? {};
    signal.throwIfAborted();
    const { body, headers } = bodyOf(request);
    const outcome = await exchange({
      fetch,
      url,
      init: {
        method,
        body,
        headers: { accept: 'application/json', ...headers, ...request.headers, ...granted },
      },
      timeoutMs: options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
      maxBytes: options.maxBytes ?? MAX_BYTES,
      clock,
      signal,
    });
    if (outcome.is === 'unsendable' && outcome.error !== undefined) throw outcome.error;
    const repeatable = isRepeatable(request);
    if (outcome.is === 'aborted' && (repeatable || !outcome.isSent)) throw signal.reason;
    return judge(outcome, { expects: request.expects ?? [], repeatable, epochMs: clock.epochMs() });
  }

  async function attemptCounted(request: RestRequest, url: URL, renew: boolean): Promise<Verdict> {
    let health: Verdict['health'] = 'unknown';
    try {
      const verdict = await attempt(request, url, renew);
      health = verdict.health;
      return verdict;
    } finally {
      breaker.note(health);
    }
  }

  return {
    async ask(request) {
      const { signal, label, method } = request;
      const words = (why: string): string => `${name}: ${label ?? method}: ${why}`;
      const url = addressOf(baseUrl, request);
      if (url === undefined)
        throw new LivelineError(codes.refused, words('the path leads out of the address of the service'));
      let [waits, waitedMs, renewed, renew] = [0, 0, false, false];
      let last = new LivelineError(codes.unavailable, words(LEFT_ALONE));
      for (;;) {
        signal.throwIfAborted();
        if (!breaker.admits()) throw last;
        const verdict = await attemptCounted(request, url, renew);
        if (verdict.is === 'answer') return verdict.answer;
        const { code, why, again, cause } = verdict;
        last = new LivelineError(codes[code], words(why), cause === undefined ? {} : { cause });
        renew = again?.by === 'renewing';
        if (again === undefined || (renew && (renewed || options.authorize === undefined))) throw last;
        if (again.by === 'renewing') {
          renewed = true;
          continue;
        }
        const leftMs = MOST_WAITING_MS - waitedMs;
        const leastMs = again.forMs ?? 0;
        const isLast = again.by === 'waiting' ? waits + 1 >= MOST_ATTEMPTS : leftMs <= 0;
        if (isLast || leastMs > leftMs) throw last;
        const waitMs = Math.min(leftMs, Math.max(leastMs, FIRST_BACK_OFF_MS * 2 ** waits));
        waits++;
        waitedMs += waitMs;
        await pause(clock, waitMs, signal);
      }
    },
  };
}

const isRepeatable = ({ repeatable, method }: RestRequest): boolean => repeatable ?? method === 'GET';

function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => {
      stop();
      reject(signal.reason as Error);
    };
    const stop = clock.after(forMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
