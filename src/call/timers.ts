// The timers of a call: one of each name, armed anew by being armed again. What becomes of the time it does not know.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { TimerName } from './state.ts';

export class Timers {
  readonly #clock: Clock;
  readonly #onTimeUp: (timer: TimerName) => void;
  readonly #stops = new Map<TimerName, StopTimer>();

  constructor(clock: Clock, onTimeUp: (timer: TimerName) => void) {
    this.#clock = clock;
    this.#onTimeUp = onTimeUp;
  }

  arm(timer: TimerName, ms: number): void {
    this.disarm(timer);
    this.#stops.set(
      timer,
      this.#clock.after(ms, () => this.#onTimeUp(timer)),
    );
  }

  disarm(timer: TimerName): void {
    this.#stops.get(timer)?.();
    this.#stops.delete(timer);
  }

  disarmAll(): void {
    for (const timer of [...this.#stops.keys()]) this.disarm(timer);
  }
}
