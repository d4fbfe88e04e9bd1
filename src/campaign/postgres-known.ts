// What a call itself tells of its attempt, also after that was settled. Each is one transaction under the lock of the attempt's
// row. Decides nothing about whom to call.
import { sql } from 'kysely';
import type { CallId } from '../base/ids.ts';
import type { AnsweredBy } from '../call/answered-by.ts';
import { storable } from '../store/storable.ts';
import type { Disposition } from '../tools/dispositions.ts';
import { timeOf } from './postgres-clock.ts';
import type { Place } from './postgres-decisions.ts';
import { json, type AttemptRow, type Db } from './postgres-rows.ts';
import { reopen } from './postgres-told.ts';

export const answeredBy = (db: Db, place: Place, call: CallId, by: AnsweredBy, nowMs: number) =>
  known(db, place, call, { answered_by: by }, nowMs);
export const spoken = (db: Db, place: Place, call: CallId, nowMs: number) =>
  known(db, place, call, { spoken: true }, nowMs);
export const abandoned = (db: Db, place: Place, call: CallId, cause: string, nowMs: number) =>
  known(db, place, call, { abandoned: true, cause: storable(cause) }, nowMs);
export const messageLeft = (db: Db, place: Place, call: CallId, nowMs: number) =>
  known(db, place, call, { message_left: true }, nowMs);
export const hungUp = (db: Db, place: Place, call: CallId, nowMs: number) =>
  known(db, place, call, { spoken: true, cause: 'they hung up before a word of ours could be heard' }, nowMs);
export const firstWordsMissing = (
  db: Db,
  place: Place,
  call: CallId,
  parts: readonly string[],
  nowMs: number,
) => {
  const first_words_missing = parts.join(', ');
  const cause = `the agent left out first words: ${first_words_missing}`;
  return known(db, place, call, { first_words_missing, cause }, nowMs);
};
export const disposed = (db: Db, place: Place, call: CallId, disposition: Disposition, nowMs: number) =>
  known(db, place, call, { disposition }, nowMs);

type Known = Partial<
  Pick<
    AttemptRow,
    'answered_by' | 'spoken' | 'abandoned' | 'message_left' | 'first_words_missing' | 'disposition' | 'cause'
  >
>;

/** Of the call itself; what it knew before stays. Also after the attempt was settled: it counts all the same. False: it is none of ours. */
const known = (db: Db, place: Place, call: CallId, now: Known, nowMs: number): Promise<boolean> =>
  db.transaction().execute(async (one) => {
    const [attempt] = (
      await sql<AttemptRow>`
        select * from liveline.attempts where call_id = ${call} and rehearsal = ${place.rehearsal} for update`.execute(
        one,
      )
    ).rows;
    if (!attempt) return false;
    const { answered_by: by, abandoned: isAbandoned, message_left: isLeft, disposition } = now;
    const { spoken: isSpoken, first_words_missing: missing, cause } = now;
    await sql`
      update liveline.attempts set answered_by = coalesce(${by ?? null}, answered_by),
        spoken = spoken or ${isSpoken ?? false}, abandoned = abandoned or ${isAbandoned ?? false}, message_left = message_left or ${isLeft ?? false},
        disposition = coalesce(${disposition ? json(disposition) : null}, disposition),
        first_words_missing = coalesce(first_words_missing, ${missing ?? null}), cause = coalesce(cause, ${cause ?? null})
      where id = ${attempt.id}`.execute(one);
    const isNew =
      disposition !== undefined ||
      (by !== undefined && by !== attempt.answered_by) ||
      (isSpoken === true && !attempt.spoken) ||
      (isAbandoned === true && !attempt.abandoned) ||
      (isLeft === true && !attempt.message_left) ||
      (missing !== undefined && attempt.first_words_missing === null);
    if (attempt.state === 'over' && isNew) await reopen(one, attempt, await timeOf(one, place, nowMs));
    return true;
  });
