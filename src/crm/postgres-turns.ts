// Who of the CRM may ask the database now: so many at once, that a locked or slow table of the CRM never takes all of the
// connections that calls and records share. Knows no tables.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';

/** Of the pool's eight. */
const AT_ONCE = 3;
/** A caller waits. */
export const ANSWER_WITHIN_MS = 2_000;

export class Turns {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws CRM_UNAVAILABLE when there is no room in time, and the signal's reason. */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#taken >= AT_ONCE) await this.#turn(signal);
    else this.#taken += 1;
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      // The place is handed on as it is.
      if (next) next();
      else this.#taken -= 1;
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let stopTimer: StopTimer = () => undefined;
      const leave = (then: () => void) => (): void => {
        this.#waiting.delete(enter);
        stopTimer();
        signal.removeEventListener('abort', onAbort);
        then();
      };
      const enter = leave(resolve);
      const onAbort = leave(() => reject(signal.reason as Error));
      stopTimer = this.#clock.after(
        ANSWER_WITHIN_MS,
        leave(() => reject(tooSlow())),
      );
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(enter);
    });
  }
}

export const tooSlow = (): LivelineError =>
  new LivelineError(
    'CRM_UNAVAILABLE',
    `the database of the CRM did not answer within ${ANSWER_WITHIN_MS / 1_000} s; something may hold its tables locked: see \`liveline db status\``,
  );
