// A clock that runs faster than the machine's: a rehearsal of an hour in minutes. Everything that shares it agrees.
import type { Clock } from '../base/clock.ts';

/** `speed`: how many of its milliseconds pass in one. Timers of less than a real millisecond come late. */
export function fastClock(speed: number, real: Clock): Clock {
  const startedMs = real.nowMs();
  const startedEpochMs = real.epochMs();
  return {
    nowMs: () => startedMs + (real.nowMs() - startedMs) * speed,
    epochMs: () => startedEpochMs + (real.nowMs() - startedMs) * speed,
    after: (delayMs, then) => real.after(delayMs / speed, then),
    every: (periodMs, then) => real.every(periodMs / speed, then),
  };
}
