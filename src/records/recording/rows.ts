// Recordings in PostgreSQL: which there are, and where. Knows no file.
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { RecordingNote } from './note.ts';

type Db = Kysely<Tables>;

export interface Kept extends Pick<
  RecordingNote,
  'callId' | 'rehearsal' | 'startedAt' | 'fromMs' | 'deleteAfter' | 'lostMs'
> {
  readonly durationMs: number;
}

interface Placed {
  readonly callId: string;
  readonly place: string;
}

/** It is there; one that was erased stays so. */
export async function addRecording(db: Db, kept: Kept, place: string): Promise<void> {
  await sql`
    insert into liveline.recordings (call_id, rehearsal, started_at, from_ms, duration_ms, lost_ms, place, delete_after)
    values (${kept.callId}, ${kept.rehearsal}, ${kept.startedAt}::timestamptz, ${kept.fromMs}, ${kept.durationMs},
      ${kept.lostMs}, ${place}, ${kept.deleteAfter}::timestamptz)
    on conflict (call_id) do nothing`.execute(db);
}

/** False: it was erased meanwhile. */
export async function moveRecording(db: Db, callId: string, place: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update liveline.recordings set place = ${place} where call_id = ${callId} and sound = 'kept'`.execute(db);
  return numAffectedRows === 1n;
}

/** Where it is; undefined: there is none, or it is past its time. */
export async function placeOf(db: Db, callId: string): Promise<string | undefined> {
  const { rows } = await sql<{ place: string }>`
    select place from liveline.recordings
    where call_id = ${callId} and sound = 'kept' and (delete_after is null or delete_after > now())`.execute(
    db,
  );
  return rows[0]?.place;
}

/** From now on it is nobody's; whoever keeps its sound deletes that, and then the row. */
export async function eraseRecordings(db: Db, callIds: readonly string[]): Promise<readonly Placed[]> {
  const { rows } = await sql<{ call_id: string; place: string }>`
    update liveline.recordings set sound = 'erased' where call_id = any(${callIds}::text[])
    returning call_id, place`.execute(db);
  return rows.map(({ call_id: callId, place }) => ({ callId, place }));
}

/**
 * What is kept in this place and is erased, or past its time: also by the database's clock, as this machine's may be wrong. In the
 * order of their ids, behind this one.
 */
export async function recordingsToDelete(
  db: Db,
  place: string,
  { now, after, limit }: { readonly now: Date; readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await sql<{ call_id: string }>`
    select call_id from liveline.recordings
    where place = ${place} and call_id > ${after}
      and (sound = 'erased' or delete_after <= least(${now}::timestamptz, now()))
    order by call_id limit ${limit}`.execute(db);
  return rows.map(({ call_id: callId }) => callId);
}

export async function deleteRecording(db: Db, callId: string): Promise<void> {
  await sql`delete from liveline.recordings where call_id = ${callId}`.execute(db);
}
