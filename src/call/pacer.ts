// One heartbeat for all playing calls: a timer per call would be a cost of its own (measured).
import type { Clock, StopTimer } from '../base/clock.ts';

const BEAT_MS = 20;

export interface Paced {
  beat(): void;
}

export class Pacer {
  readonly #clock: Clock;
  readonly #playing = new Set<Paced>();
  #stop: StopTimer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(paced: Paced): void {
    this.#playing.add(paced);
    this.#stop ??= this.#clock.every(BEAT_MS, () => {
      for (const each of this.#playing) each.beat();
    });
  }

  remove(paced: Paced): void {
    this.#playing.delete(paced);
    if (this.#playing.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
