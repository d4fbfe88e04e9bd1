// Retention: deletes records that are past their time, now and then; which those are, each record says. Also what tools
// have done, once no call can do it again, and journals, once none can be gone on with.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RecordStore } from './store.ts';

export interface RetentionOptions {
  readonly store: Pick<RecordStore, 'deleteExpired'>;
  /** How many were deleted. */
  readonly sweepEffects: () => Promise<number>;
  /** The same of journals. */
  readonly sweepJournals: () => Promise<number>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** One hour when absent: times to keep are counted in days. */
  readonly everyMs?: number;
}

/** At once and then every so often; what fails is tried again the next time. Several nodes may do it together. */
export function startRetention({
  store,
  sweepEffects,
  sweepJournals,
  ready,
  clock,
  log,
  everyMs = 3_600_000,
}: RetentionOptions): StopTimer {
  let sweeping: Promise<void> | undefined;

  const sweep = async (): Promise<void> => {
    try {
      await ready();
      const calls = await store.deleteExpired(new Date(clock.epochMs()));
      if (calls > 0) log.info({ calls }, 'records past their time were deleted');
      const effects = await sweepEffects();
      if (effects > 0) log.debug({ effects }, 'effects of tools in calls that are long over were deleted');
      const journals = await sweepJournals();
      if (journals > 0) log.debug({ journals }, 'journals of calls that are long over were deleted');
    } catch (thrown) {
      // Whoever writes the records says already that the database is away.
      const isAway = thrown instanceof LivelineError && thrown.retryable;
      log[isAway ? 'debug' : 'warn'](
        { reason: messageOf(thrown), nextInMs: everyMs },
        'records past their time could not be deleted; it is tried again',
      );
    }
  };
  const sweepUnlessBusy = (): void => {
    sweeping ??= sweep().finally(() => {
      sweeping = undefined;
    });
  };

  sweepUnlessBusy();
  return clock.every(everyMs, sweepUnlessBusy);
}
