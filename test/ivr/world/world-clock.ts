// The time of the model: goes from timer to timer, so that hours cost nothing. Knows nothing of calls.
import type { Clock, StopTimer } from '../../../src/base/clock.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

/** Once everything that follows of what has happened has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Also while nothing happens: somebody may be left just then. */
const LOOK_EVERY_MS = 3_000;

export class WorldClock implements Clock {
  readonly #manual: ManualClock;
  readonly #dues = new Set<{ readonly atMs: number }>();

  constructor(startedAtMs: number) {
    this.#manual = new ManualClock(startedAtMs);
  }

  nowMs(): number {
    return this.#manual.nowMs();
  }

  epochMs(): number {
    return this.#manual.epochMs();
  }

  after(delayMs: number, then: () => void): StopTimer {
    const due = { atMs: this.nowMs() + delayMs };
    this.#dues.add(due);
    const stop = this.#manual.after(delayMs, () => {
      this.#dues.delete(due);
      then();
    });
    return () => {
      this.#dues.delete(due);
      stop();
    };
  }

  sleep(forMs: number): Promise<void> {
    return new Promise((resolve) => this.after(forMs, resolve));
  }

  every(periodMs: number, then: () => void): StopTimer {
    return this.#manual.every(periodMs, then);
  }

  /** `look`: whenever all is quiet. */
  async pass(forMs: number, look: () => void): Promise<void> {
    const endMs = this.nowMs() + forMs;
    for (;;) {
      await settled();
      look();
      const nextMs = Math.min(
        endMs,
        this.nowMs() + LOOK_EVERY_MS,
        ...[...this.#dues].map(({ atMs }) => atMs),
      );
      if (nextMs >= endMs && this.nowMs() >= endMs) return;
      this.#manual.advance(nextMs - this.nowMs());
    }
  }
}
