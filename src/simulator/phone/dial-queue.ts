// Calls by REST that wait for their turn: an account dials so many a second, and the rest stand in a queue (Twilio docs, Call
// resource: Calls Per Second). Knows nothing of calls.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { given } from './waiting.ts';

export class DialQueue {
  readonly #clock: Clock;
  /** 0: as many as come. */
  readonly #periodMs: number;
  readonly #waiting: (() => void)[] = [];
  #freeAtMs = -Infinity;
  #timer: StopTimer | undefined;

  constructor(clock: Clock, callsPerSecond: number | undefined) {
    this.#clock = clock;
    this.#periodMs = callsPerSecond === undefined ? 0 : 1_000 / callsPerSecond;
  }

  /** Resolves at its turn, in the order of their coming, or when the signal is given: that one takes no turn. */
  async turn(signal: AbortSignal): Promise<void> {
    if (this.#periodMs === 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const go = (): void => resolve(undefined);
    this.#waiting.push(go);
    this.#run();
    await Promise.race([promise, given(signal)]);
    const at = this.#waiting.indexOf(go);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    if (this.#waiting.length > 0) return;
    this.#timer?.();
    this.#timer = undefined;
  }

  #run(): void {
    if (this.#timer || this.#waiting.length === 0) return;
    this.#timer = this.#clock.after(Math.max(0, this.#freeAtMs - this.#clock.nowMs()), () => {
      this.#timer = undefined;
      const next = this.#waiting.shift();
      if (!next) return;
      this.#freeAtMs = this.#clock.nowMs() + this.#periodMs;
      next();
      this.#run();
    });
  }
}
