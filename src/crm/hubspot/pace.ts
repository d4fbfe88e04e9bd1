// Turns for requests of which a service takes only so many in a time: in order, and given up with the signal of whoever
// waits. Knows nothing of the requests.
import type { Clock, StopTimer } from '../../base/clock.ts';

export interface PaceOptions {
  /** At least one. */
  readonly most: number;
  readonly withinMs: number;
  readonly clock: Clock;
}

export class Pace {
  readonly #options: PaceOptions;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  /** When the last `most` turns were given. */
  #givenAtMs: readonly number[] = [];
  #stopTimer: StopTimer | undefined;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Resolves when it is one's turn; rejects with the signal's reason, and the turn is the next one's. */
  turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const give = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(give);
        this.#giveTurns();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(give);
      this.#giveTurns();
    });
  }

  #giveTurns(): void {
    const { most, withinMs, clock } = this.#options;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (const give of this.#waiting) {
      const nowMs = clock.nowMs();
      const waitMs = (this.#givenAtMs.at(-most) ?? -Infinity) + withinMs - nowMs;
      if (waitMs > 0) {
        this.#stopTimer = clock.after(waitMs, () => this.#giveTurns());
        return;
      }
      this.#waiting.delete(give);
      this.#givenAtMs = [...this.#givenAtMs, nowMs].slice(-most);
      give();
    }
  }
}
