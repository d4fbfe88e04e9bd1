// Waiting that ends early: a time or a signal. Knows nothing of calls.
import type { Clock } from '../../base/clock.ts';

/** Asked as a function, since a signal changes while one waits and its type does not know. */
export const isGiven = (signal: AbortSignal): boolean => signal.aborted;

/** Resolves once the signal is given. */
export const given = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** Shorter when the signal is given; leaves neither timer nor listener behind. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });
}
