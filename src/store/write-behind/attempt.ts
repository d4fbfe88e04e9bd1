// One try to put a batch into the database, and what is known of it within its time. Knows no queue and no spool.
import type { Clock } from '../../base/clock.ts';

export type Outcome =
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly thrown: unknown }
  /** Nobody knows whether it will be done; `settled` once somebody does. */
  | { readonly is: 'late'; readonly settled: Promise<void> };

const LOOKS_EVERY_MS = 250;

/** `isTooLong`: asked again and again with how long it has taken. Never rejects. */
export async function attempt(
  run: () => Promise<void>,
  clock: Clock,
  isTooLong: (takenMs: number) => boolean,
): Promise<Outcome> {
  const startMs = clock.nowMs();
  const outcome = Promise.try(run).then(
    (): Outcome => ({ is: 'done' }),
    (thrown: unknown): Outcome => ({ is: 'failed', thrown }),
  );
  const tooLate = Promise.withResolvers<Outcome>();
  const stop = clock.every(LOOKS_EVERY_MS, () => {
    if (isTooLong(clock.nowMs() - startMs))
      tooLate.resolve({ is: 'late', settled: outcome.then(() => undefined) });
  });
  try {
    return await Promise.race([outcome, tooLate.promise]);
  } finally {
    stop();
  }
}
