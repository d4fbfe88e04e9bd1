// A wait that ends: at its limit, or when nobody waits any more, whatever the other side does.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';

export interface Limits {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Nobody waits any more. */
  readonly signal?: AbortSignal | undefined;
  /** For the words of the error: 'listing its tools'. */
  readonly what: string;
}

/** Throws TOOL_TIMED_OUT when the time is up or `signal` fires; what is under way is told by the signal that it gets. */
export async function within<T>(limits: Limits, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, limitMs, signal, what } = limits;
  const aborter = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (why: string): void => {
    const fault = new LivelineError('TOOL_TIMED_OUT', `${what} ${why}`);
    // First the rejection: what `run` makes of its signal must not be what is told.
    ended.reject(fault);
    aborter.abort(fault);
  };
  const cancelled = (): void => end('was cancelled');
  if (signal?.aborted === true) throw new LivelineError('TOOL_TIMED_OUT', `${what} was cancelled`);
  signal?.addEventListener('abort', cancelled, { once: true });
  const stopTimer = clock.after(limitMs, () => end(`took longer than ${limitMs} ms`));
  try {
    return await Promise.race([ended.promise, run(aborter.signal)]);
  } finally {
    stopTimer();
    signal?.removeEventListener('abort', cancelled);
  }
}
