// On the machine's own event loop: the sampler is Node's. What is told of time is only that it is long, or was not yet.
import { expect, test } from 'vitest';
import { watchLoopLag } from '../../src/base/loop-lag.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

/** Nothing else runs meanwhile. */
function hold(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('lag counts once it has lasted for five seconds', async (context) => {
  const clock = new ManualClock();
  const lag = watchLoopLag(clock);
  context.onTestFinished(() => lag.stop());
  for (let second = 1; second <= 5; second += 1) {
    expect(lag.ms, `after ${second - 1} s`).toBe(0);
    // It measures from one sample to the next.
    await turn();
    hold(150);
    await turn();
    clock.advance(1_000);
  }
  expect(lag.ms).toBeGreaterThan(100);
});

test('a second in which nothing was sampled was late as a whole', async (context) => {
  const clock = new ManualClock();
  const lag = watchLoopLag(clock);
  context.onTestFinished(() => lag.stop());
  clock.advance(5_000);
  expect(lag.ms).toBe(1_000);
  lag.stop();
  expect(clock.pending).toBe(0);
  await turn();
});
