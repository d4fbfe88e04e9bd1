// Work in steps, one at a time, whenever there is something to do. Knows not what the work is.
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { Clock, StopTimer } from '../../base/clock.ts';

export interface RunnerOptions {
  readonly clock: Clock;
  /** False: nothing more can be done now; whatever changes that wakes. */
  readonly step: () => Promise<boolean>;
  readonly onIdle: () => void;
  readonly onFault: (thrown: unknown) => void;
}

const AFTER_FAULT_MS = 1_000;

export class Runner {
  readonly #options: RunnerOptions;
  #run: { again: boolean } | undefined;
  #timer: { readonly dueMs: number; readonly stop: StopTimer } | undefined;
  #isStopped = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** At that time or before. */
  wakeAt(dueMs: number): void {
    if (this.#isStopped || (this.#timer && this.#timer.dueMs <= dueMs)) return;
    const { clock } = this.#options;
    this.#timer?.stop();
    const stop = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#timer = undefined;
      if (this.#run) this.#run.again = true;
      else void this.#work((this.#run = { again: true }));
    });
    this.#timer = { dueMs, stop };
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.stop();
  }

  async #work(run: { again: boolean }): Promise<void> {
    const { step, onIdle, onFault, clock } = this.#options;
    try {
      while (run.again) {
        run.again = false;
        while (await step()) await letOthersRun();
      }
    } catch (thrown) {
      onFault(thrown);
      this.wakeAt(clock.nowMs() + AFTER_FAULT_MS);
    }
    this.#run = undefined;
    onIdle();
  }
}
