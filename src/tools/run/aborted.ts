// Waiting that ends when nobody waits any more.
import type { Clock } from '../../base/clock.ts';

/** Rejects with the signal's reason once it has fired, whatever becomes of `work`. */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const gone = Promise.withResolvers<never>();
  const leave = (): void => gone.reject(signal.reason);
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([gone.promise, work]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

export async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const awake = Promise.withResolvers<undefined>();
  const stopTimer = clock.after(ms, () => awake.resolve(undefined));
  await unlessAborted(signal, awake.promise).finally(stopTimer);
}
