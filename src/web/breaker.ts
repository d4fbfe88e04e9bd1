// A breaker: whom nobody reaches is left alone for a while, so that callers hear at once that nothing can be had.
// Knows nothing of what is tried.
import type { Clock } from '../base/clock.ts';

export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** For so long; then one may try, and its luck decides. */
  readonly openMs: number;
  readonly clock: Clock;
}

type State = { is: 'closed'; failures: number } | { is: 'open'; untilMs: number } | { is: 'trying' };

export class Breaker {
  readonly #options: BreakerOptions;
  #state: State = { is: 'closed', failures: 0 };

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Whether one may try now. Whoever is let in says afterwards how it went. */
  admits(): boolean {
    if (this.#state.is === 'closed') return true;
    if (this.#state.is === 'trying' || this.#options.clock.nowMs() < this.#state.untilMs) return false;
    this.#state = { is: 'trying' };
    return true;
  }

  /** How whom one tried is; `unknown` when one gave up before knowing. */
  note(health: 'well' | 'ill' | 'unknown'): void {
    const { failures, openMs } = this.#options;
    if (health === 'well') this.#state = { is: 'closed', failures: 0 };
    else if (this.#state.is === 'trying') this.#state = this.#open(health === 'ill' ? openMs : 0);
    else if (health === 'ill' && this.#state.is === 'closed')
      this.#state =
        this.#state.failures + 1 < failures
          ? { is: 'closed', failures: this.#state.failures + 1 }
          : this.#open(openMs);
  }

  #open(forMs: number): State {
    return { is: 'open', untilMs: this.#options.clock.nowMs() + forMs };
  }
}
