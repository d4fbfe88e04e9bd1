// A clock that runs faster than the machine's, and shows the same time in every process of a test: hours pass in seconds.
import type { Clock } from '../../src/base/clock.ts';

export const SPEED = 20;

/** `startedAtMs`: when it began to run, by the machine. */
export function fastClock(startedAtMs: number): Clock {
  const epochMs = (): number => startedAtMs + (Date.now() - startedAtMs) * SPEED;
  return {
    nowMs: () => performance.now() * SPEED,
    epochMs,
    after(delayMs, then) {
      const timer = setTimeout(then, delayMs / SPEED);
      return () => clearTimeout(timer);
    },
    every(periodMs, then) {
      const timer = setInterval(then, periodMs / SPEED);
      return () => clearInterval(timer);
    },
  };
}
