// The machine's clock, but for waits between attempts: those are over at once.
import { systemClock, type Clock } from '../../../src/base/clock.ts';

/** An attempt's own limit stays what it is. */
const LONGEST_WAIT_MS = 2_000;

export const hurriedClock: Clock = {
  ...systemClock,
  after: (delayMs, then) => systemClock.after(delayMs > LONGEST_WAIT_MS ? delayMs : 0, then),
};
