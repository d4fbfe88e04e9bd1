// By how much the event loop is late, as a sampler of Node's measures it. What harms calls is lag that lasts, not one pause.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from './clock.ts';

const RESOLUTION_MS = 10;
const SLICE_MS = 1_000;
const SLICES = 5;

export interface LoopLag {
  /** Of the p99 of each of the last five seconds, the least. */
  readonly ms: number;
  stop(): void;
}

export function watchLoopLag(clock: Pick<Clock, 'every'>): LoopLag {
  const sampled = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  sampled.enable();
  let slices: number[] = [];
  const stop = clock.every(SLICE_MS, () => {
    // It measures from one sample to the next. A second without one is NaN, and was late as a whole.
    const lateMs = sampled.count === 0 ? SLICE_MS : sampled.percentile(99) / 1e6 - RESOLUTION_MS;
    slices = [...slices.slice(1 - SLICES), Math.max(0, lateMs)];
    sampled.reset();
  });
  return {
    get ms() {
      return slices.length < SLICES ? 0 : Math.min(...slices);
    },
    stop() {
      stop();
      sampled.disable();
    },
  };
}
