// A clock that moves only when the test says so; timers fire in order, each at its own time.
import type { Clock, StopTimer } from '../../src/base/clock.ts';

interface Timer {
  dueMs: number;
  order: number;
  periodMs: number | undefined;
  then: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #count = 0;
  readonly #timers = new Set<Timer>();
  readonly #startedAtMs: number;

  /** `startedAtMs`: since the epoch; now, where a database with a clock of its own looks on. */
  constructor(startedAtMs = Date.UTC(2026, 0, 1)) {
    this.#startedAtMs = startedAtMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#startedAtMs + this.#nowMs;
  }

  after(delayMs: number, then: () => void): StopTimer {
    return this.#add({ dueMs: this.#nowMs + delayMs, order: this.#count++, periodMs: undefined, then });
  }

  every(periodMs: number, then: () => void): StopTimer {
    return this.#add({ dueMs: this.#nowMs + periodMs, order: this.#count++, periodMs, then });
  }

  /** Timers that still wait; a finished call leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (!next || next.dueMs > endMs) break;
      this.#nowMs = next.dueMs;
      if (next.periodMs === undefined) this.#timers.delete(next);
      else next.dueMs += next.periodMs;
      next.then();
    }
    this.#nowMs = endMs;
  }

  /** Time goes by and nothing is done, as in a process that was stopped: what is due by then comes with the next advance, once. */
  standStill(forMs: number): void {
    this.#nowMs += forMs;
    for (const timer of this.#timers) timer.dueMs = Math.max(timer.dueMs, this.#nowMs);
  }

  #add(timer: Timer): StopTimer {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
