// The expiry of recordings: those that are past their time, or were forgotten, are deleted where they are kept.
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Tables } from '../../store/tables.ts';
import { deleteRecording, recordingsToDelete } from './rows.ts';
import type { RecordingStorage } from './storage.ts';

export interface ExpiryOptions {
  readonly db: Kysely<Tables>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly storages: readonly RecordingStorage[];
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

const DELETED_AT_ONCE = 500;
/** One may be locked where it is; where so many are refused, nothing is deleted. */
const REFUSED_AT_MOST = 3;

/** Never rejects. What cannot be deleted keeps nothing else. */
export async function expireRecordings(options: ExpiryOptions): Promise<void> {
  const { ready, storages, signal, log } = options;
  for (const storage of storages) {
    const done = { deleted: 0, refused: 0 };
    try {
      await ready();
      await expireIn(storage, options, done);
    } catch (thrown) {
      if (signal.aborted) return;
      const isAway = thrown instanceof LivelineError && thrown.retryable;
      log[isAway ? 'debug' : 'warn'](
        { storage: storage.name, reason: messageOf(thrown) },
        'recordings past their time could not be deleted; it is tried again within the hour',
      );
    }
    if (done.deleted > 0) log.info({ recordings: done.deleted }, 'recordings past their time were deleted');
  }
}

async function expireIn(
  storage: RecordingStorage,
  { db, signal, clock, log }: ExpiryOptions,
  done: { deleted: number; refused: number },
): Promise<void> {
  for (let after = ''; ;) {
    const now = new Date(clock.epochMs());
    const some = await recordingsToDelete(db, storage.name, { now, after, limit: DELETED_AT_ONCE });
    for (const callId of some) {
      after = callId;
      try {
        await storage.remove(callId, signal);
      } catch (thrown) {
        done.refused += 1;
        if (signal.aborted || done.refused === REFUSED_AT_MOST) throw thrown;
        const reason = messageOf(thrown);
        log.warn(
          { callId, storage: storage.name, reason },
          'a recording past its time could not be deleted; it is tried again within the hour',
        );
        continue;
      }
      await deleteRecording(db, callId);
      done.deleted += 1;
    }
    if (some.length < DELETED_AT_ONCE) return;
  }
}
