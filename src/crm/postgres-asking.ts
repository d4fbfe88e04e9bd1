// How the CRM asks its database: once more when it was away, not longer than somebody waits, and with an answer about
// whether a write was done. Knows no tables.
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { Database } from '../store/database.ts';
import type { Tables } from '../store/tables.ts';
import { ANSWER_WITHIN_MS, tooSlow, Turns } from './postgres-turns.ts';

type Work<T> = (db: Kysely<Tables>) => Promise<T>;

export interface Asking {
  readonly read: <T>(signal: AbortSignal, work: Work<T>) => Promise<T>;
  /** In one transaction, taken back when the signal fires before its end. `work` must bear being done a second time. */
  readonly write: <T>(signal: AbortSignal, work: Work<T>) => Promise<T>;
}

/** postgresql.org, Error Codes: lock_not_available, query_canceled (also by its timeout). */
const CUT = new Set(['55P03', '57014']);

/** `clock`: for who is asked while somebody waits, and soon gives up. Left out, the database has its own time. */
export function askingOf({ sql: db, ready }: Pick<Database, 'sql' | 'ready'>, clock?: Clock): Asking {
  const turns = clock && new Turns(clock);
  const inTurn = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    turns ? turns.take(signal, work) : work();
  /** A database that is found away may be there again: the embedded one is started again by `ready`. */
  const twice = async <T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt();
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isAway(thrown) || wasCut(thrown)) throw thrown;
      await ready();
      return await attempt();
    }
  };

  /** The server ends by itself what nobody waits for any more, so that its turn is free for others. */
  const limited = <T>(signal: AbortSignal, work: Work<T>): Promise<T> =>
    clock
      ? db
          .transaction()
          .setAccessMode('read only')
          .execute(async (transaction) => {
            await sql`set local statement_timeout = ${sql.lit(ANSWER_WITHIN_MS)}`.execute(transaction);
            signal.throwIfAborted();
            return work(transaction);
          })
      : work(db);

  return {
    read: (signal, work) =>
      waitedFor(
        signal,
        () => true,
        async () => {
          try {
            const rows = inTurn(signal, () => twice(signal, () => limited(signal, work)));
            return await (clock ? inTime(clock, rows) : rows);
          } catch (thrown) {
            throw asCrmError(thrown, signal);
          }
        },
      ),

    write(signal, work) {
      let isCommitting = false;
      const attempt = () =>
        db.transaction().execute(async (transaction) => {
          if (clock) await sql`set local lock_timeout = ${sql.lit(ANSWER_WITHIN_MS)}`.execute(transaction);
          const result = await work(transaction);
          signal.throwIfAborted();
          isCommitting = true;
          return result;
        });
      return waitedFor(
        signal,
        () => !isCommitting,
        async () => {
          try {
            return await inTurn(signal, () => twice(signal, attempt));
          } catch (thrown) {
            const error = asCrmError(thrown, signal);
            // The first attempt may have been done; the second could not even find that out.
            if (isCommitting && !isAnswer(error)) throw inDoubt(thrown);
            throw error;
          }
        },
      );
    },
  };
}

const isAnswer = (error: unknown): boolean =>
  error instanceof LivelineError && error.code !== 'CRM_UNAVAILABLE' && error.code.startsWith('CRM_');

const inDoubt = (thrown: unknown): LivelineError =>
  new LivelineError(
    'CRM_IN_DOUBT',
    `the database of the CRM went away while it was writing, and nobody can say whether it wrote: ${messageOf(thrown)}`,
  );

/** Until the signal fires, as long as `mayLeave`; what was begun then ends by itself. */
function waitedFor<T>(signal: AbortSignal, mayLeave: () => boolean, begin: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      if (mayLeave()) reject(reasonOf(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** What was begun ends by itself, and gives its turn back then. */
function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stopTimer = clock.after(ANSWER_WITHIN_MS, () => reject(tooSlow()));
    work.then(resolve, reject).finally(stopTimer);
  });
}

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError');

const isAway = (thrown: unknown): boolean =>
  thrown instanceof LivelineError ? thrown.code === 'DATABASE_UNAVAILABLE' : isDatabaseAway(thrown);

/** It took as long as anybody waits: a second time nobody would be there any more. */
const wasCut = (thrown: unknown): boolean => thrown instanceof pg.DatabaseError && CUT.has(thrown.code ?? '');

function asCrmError(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted && thrown === signal.reason) return thrown;
  if (thrown instanceof LivelineError && thrown.code.startsWith('CRM_')) return thrown;
  if (thrown instanceof pg.DatabaseError && !isDatabaseAway(thrown))
    // Without PostgreSQL's words and without the cause: they quote values, and values are of callers.
    return new LivelineError(
      'CRM_REFUSED',
      `a value does not fit into the CRM's table${thrown.constraint === undefined ? '' : ` (${thrown.constraint})`}, PostgreSQL says ${thrown.code ?? 'no more'}`,
    );
  if (thrown instanceof TypeError || thrown instanceof RangeError) return thrown;
  return new LivelineError(
    'CRM_UNAVAILABLE',
    `the database of the CRM does not answer: ${messageOf(thrown)}; see \`liveline db status\``,
    { cause: thrown },
  );
}
