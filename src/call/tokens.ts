// Stream tokens: minted in the signed voice webhook, shown once by the stream that it asked for, good for one call.
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { newToken, type CallId } from '../base/ids.ts';

/** A stream opens within seconds of the answer; a token that leaks later opens nothing. */
const GOOD_FOR_MS = 60_000;

export class Tokens {
  readonly #minted: ExpiringMap<string, CallId>;

  constructor(clock: Clock) {
    this.#minted = new ExpiringMap(clock, GOOD_FOR_MS);
  }

  mint(callId: CallId): string {
    const token = newToken();
    this.#minted.set(token, callId);
    return token;
  }

  /** True once per token, for its own call, while it is fresh. A token shown for another call is spent all the same. */
  spend(token: string, callId: CallId): boolean {
    return this.#minted.take(token) === callId;
  }
}
