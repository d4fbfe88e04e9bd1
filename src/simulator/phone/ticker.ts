// The one heartbeat that all calls of a simulated network share: one timer, however many calls there are.
import type { Clock } from '../../base/clock.ts';

/** A quarter of a frame: a frame or mark leaves at most this much late, and calls spread over four beats. */
const TICK_MS = 5;

export interface Ticker {
  /** Called on every beat until the returned function is called. No timer runs while nobody listens. */
  add(tick: (nowMs: number) => void): () => void;
}

export function createTicker(clock: Clock, periodMs = TICK_MS): Ticker {
  const ticks = new Set<(nowMs: number) => void>();
  let stop: (() => void) | undefined;
  const beat = (): void => {
    const nowMs = clock.nowMs();
    for (const tick of ticks) tick(nowMs);
  };
  return {
    add(tick) {
      ticks.add(tick);
      stop ??= clock.every(periodMs, beat);
      return () => {
        ticks.delete(tick);
        if (ticks.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}
