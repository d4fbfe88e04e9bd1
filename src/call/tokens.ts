// Stream tokens: minted in the signed voice webhook, shown once by the stream that it asked for, good for one call.
import { newToken, type CallId } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';

/** A stream opens within seconds of the answer (twilio.md §1.7: short-lived, about 60 s). */
const GOOD_FOR_MS = 60_000;

export class Tokens {
  readonly #clock: Clock;
  readonly #minted = new Map<string, { callId: CallId; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mint(callId: CallId): string {
    this.#forgetOld();
    const token = newToken();
    this.#minted.set(token, { callId, atMs: this.#clock.nowMs() });
    return token;
  }

  /** True once per token, for its own call, while it is fresh. A token shown for another call is spent all the same. */
  spend(token: string, callId: CallId): boolean {
    this.#forgetOld();
    const found = this.#minted.get(token);
    this.#minted.delete(token);
    return found?.callId === callId;
  }

  #forgetOld(): void {
    for (const [token, { atMs }] of this.#minted) {
      if (this.#clock.nowMs() - atMs < GOOD_FOR_MS) return;
      this.#minted.delete(token);
    }
  }
}
