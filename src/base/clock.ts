// Time, handed in. Nothing in src/ asks the machine for the time except through a Clock.

export type StopTimer = () => void;

export interface Clock {
  /** Monotonic milliseconds with a fraction; only differences mean something. */
  nowMs(): number;
  /** Wall-clock milliseconds since 1970, for records and logs; may jump. */
  epochMs(): number;
  /** Runs `then` once, after `delayMs`. */
  after(delayMs: number, then: () => void): StopTimer;
  /** Runs `then` again and again, about every `periodMs`; a late tick is not made up for. */
  every(periodMs: number, then: () => void): StopTimer;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, then) {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, then) {
    const timer = setInterval(then, periodMs);
    return () => clearInterval(timer);
  },
};
