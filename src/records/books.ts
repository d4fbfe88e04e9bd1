// The books: everything that keeps records while the server runs, put together. Calls go on whatever becomes of it.
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { sweepJournals } from '../call/journal-postgres.ts';
import type { Notices } from '../call/notices.ts';
import type { Crm } from '../crm/crm.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { Database } from '../store/database.ts';
import { installationName } from '../store/installation.ts';
import { processOwner } from '../store/process-owner.ts';
import { openSpool } from '../store/spool/spool.ts';
import { sweepEffects } from '../tools/effects/postgres.ts';
import { WriteBehind, type Backlog, type WriteBehindOptions } from '../store/write-behind/write-behind.ts';
import { CallLosses } from './call-losses.ts';
import { createCrmLogQueue } from './crm-log-queue.ts';
import { startCrmLog, type CrmLogCounts } from './crm-log.ts';
import { sweepDeadCalls } from './dead-calls.ts';
import { hasDied, nodeOf } from './node.ts';
import { closeEndlessCalls, createPostgresRecords } from './postgres.ts';
import { startRecorder } from './recorder.ts';
import { startRetention } from './retention.ts';
import type { RecordStore } from './store.ts';
import type { RecordWrite } from './write.ts';

export interface BooksOptions {
  readonly database: Database;
  readonly dataDir: string;
  /** What may wait on disk while the database is away. */
  readonly spoolBytes: number;
  readonly notices: Notices;
  /** Calls on the simulators. */
  readonly rehearsal: boolean;
  /** Is told of calls that have ended; left out: nobody is. */
  readonly crm?: Crm | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Nobody waits for the start any longer. */
  readonly signal?: AbortSignal | undefined;
  /** Is told what of the records is safe: committed, or on disk. */
  readonly onSafe?: WriteBehindOptions<RecordWrite>['onSafe'] | undefined;
}

export interface Books {
  /** This process, by a name that tells whether it can still be alive. */
  readonly node: string;
  readonly store: Pick<RecordStore, 'find' | 'get' | 'last'>;
  readonly backlog: Backlog;
  /** Calls that the CRM was told of, or not, since the start. */
  readonly crmLog: CrmLogCounts;
  /** What was told until now is in the database, or at the deadline in the spool. Then takes nothing more. */
  close(withinMs: number): Promise<void>;
}

/** A database that is starting up, with the server or after it. */
const STARTS_WITHIN_MS = 10_000;

const TELL_LOSSES_EVERY_MS = 1_000;

const NOBODY_TOLD: CrmLogCounts = { done: 0, failed: 0, 'in-doubt': 0 };

/**
 * Throws DATABASE_REFUSED when the database will not have us, which trying again does not change. When it does not answer,
 * the books are open all the same: what is written waits.
 */
export async function openBooks(options: BooksOptions): Promise<Books> {
  const { database, dataDir, spoolBytes, notices, rehearsal, crm, clock, log, onSafe } = options;
  await firstReady(database, options);
  const owner = await processOwner();
  const node = nodeOf(await installationName(dataDir, log), owner);
  const store = createPostgresRecords(database);
  const spool = await openSpool<RecordWrite>({
    ...{ dir: join(dataDir, 'spool'), name: 'records', clock, log, maxBytes: spoolBytes, owner },
  });
  const losses = new CallLosses();
  const writes = new WriteBehind<RecordWrite>({
    ...{ spool, clock, log, isAway: isDatabaseAway },
    apply: (batch) => store.apply(batch),
    ready: () => database.ready(),
    onLost: (lost) => losses.count(lost),
    ...(onSafe && { onSafe }),
  });
  const tellLosses = (): void => {
    if (writes.backlog.isAway) losses.offer(writes);
    else losses.tell(writes);
  };
  const stopTelling = clock.every(TELL_LOSSES_EVERY_MS, tellLosses);
  const stopRecorder = startRecorder({
    notices,
    write: (write) => losses.write(write, writes),
    node,
    rehearsal,
    logsCalls: crm !== undefined,
  });
  const crmLog =
    crm &&
    startCrmLog({
      ...{ crm, store, notices, clock, log },
      queue: createCrmLogQueue(database, rehearsal),
      ready: () => database.ready(),
    });
  const stopRetention = startRetention({
    ...{ store, clock, log },
    sweepEffects: () => sweepEffects(database),
    sweepJournals: () => sweepJournals(database),
    ready: () => database.ready(),
  });
  const stopSweeping = sweepDeadCalls({
    ...{ store, clock, log },
    closeEndlessCalls: () => closeEndlessCalls(database),
    hasDied: (other) => hasDied(other, node, owner, (id) => spool.foundDead(id)),
    showLife: () => spool.adopt('nothing'),
    adopt: () => writes.adopt(),
    isBehind: () => writes.backlog.isAway || writes.backlog.spooledItems > 0,
  });
  return {
    node,
    store: {
      find: (query) => database.ready().then(() => store.find(query)),
      get: (id) => database.ready().then(() => store.get(id)),
      last: () => database.ready().then(() => store.last()),
    },
    get backlog() {
      const { lost, ...backlog } = writes.backlog;
      return { ...backlog, lost: lost - losses.lostWords };
    },
    crmLog: crmLog?.counts ?? NOBODY_TOLD,
    async close(withinMs) {
      const told = crmLog?.close(withinMs);
      stopRecorder();
      stopRetention();
      stopSweeping();
      stopTelling();
      tellLosses();
      losses.end(writes);
      await Promise.all([writes.close(withinMs), told]);
    },
  };
}

async function firstReady(
  database: Database,
  { clock, log, signal }: Pick<BooksOptions, 'clock' | 'log' | 'signal'>,
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const stopped = (): void => late.reject(signal?.reason);
  signal?.addEventListener('abort', stopped, { once: true });
  const stopTimer = clock.after(STARTS_WITHIN_MS, () =>
    late.reject(
      new LivelineError('DATABASE_UNAVAILABLE', `it did not answer within ${STARTS_WITHIN_MS / 1_000} s`),
    ),
  );
  try {
    await Promise.race([database.ready(), late.promise]);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof LivelineError && !thrown.retryable) throw thrown;
    log.error(
      { database: database.where, reason: messageOf(thrown) },
      'the database is away: calls are answered, and their records wait on disk until it is back',
    );
  } finally {
    stopTimer();
    signal?.removeEventListener('abort', stopped);
  }
}
