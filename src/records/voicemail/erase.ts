// Voicemails that go: those past their time, and those of a number that is forgotten. The sound goes before its row, so that
// a crash in between leaves none that nobody knows of.
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Traces } from '../number-traces.ts';
import type { VoicemailDisk } from './disk.ts';

const AT_ONCE = 500;
/** For the installation that has the sound; it may be gone for good. */
const HOLDERS_TURN_HOURS = 24;
/** A message may still be on its way to people: it is tried for a day. */
const ON_ITS_WAY_HOURS = 48;

/**
 * Deletes what is past its time: of others' sounds the rows too, once those had their turn. How many. Also by the
 * database's clock, as this machine's may be wrong.
 */
export async function expireVoicemails(
  db: Kysely<Tables>,
  disk: Pick<VoicemailDisk, 'removeSound'>,
  { installation, now }: { readonly installation: string; readonly now: Date },
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rows } = await sql<{ id: string }>`
      select id from liveline.voicemails
      where delete_after <= least(${now}::timestamptz, now())
        and (held_by is null or held_by = ${installation}
          or delete_after <= least(${now}::timestamptz, now()) - make_interval(hours => ${HOLDERS_TURN_HOURS}))
        and (stage = 'over'
          or delete_after <= least(${now}::timestamptz, now()) - make_interval(hours => ${ON_ITS_WAY_HOURS}))
      order by delete_after limit ${AT_ONCE}`.execute(db);
    for (const { id } of rows) await disk.removeSound(id);
    await sql`
      delete from liveline.voicemails where id = any(${rows.map(({ id }) => id)}::text[])
        and delete_after <= least(${now}::timestamptz, now())`.execute(db);
    deleted += rows.length;
    if (rows.length < AT_ONCE) return deleted;
  }
}

export interface ForgottenVoicemails {
  readonly voicemails: number;
  /** Of these: the sound is on another machine, which deletes it at its next sweep. */
  readonly elsewhere: number;
}

/** `calls`: those whose records were deleted. Also messages that are still on their way: nobody gets them any more. */
export async function forgetVoicemails(
  db: Kysely<Tables>,
  disk: VoicemailDisk,
  installation: string,
  calls: ReadonlySet<string>,
  { suspicion, isParty }: Traces,
): Promise<ForgottenVoicemails> {
  for (const { id, callId, from, to } of await disk.noted())
    if (calls.has(callId) || [callId, from, to].some(isParty)) await disk.forgetNote(id);
  const { rows } = await sql<{ id: string; texts: string[]; call_id: string; held_by: string | null }>`
    select id, call_id, held_by, array[call_id, from_number, to_number] as texts from liveline.voicemails
    where concat_ws(' ', call_id, from_number, to_number) ~ ${suspicion} or call_id = any(${[...calls]}::text[])`.execute(
    db,
  );
  const theirs = rows.filter(({ texts, call_id }) => calls.has(call_id) || texts.some(isParty));
  const isElsewhere = ({ held_by: holder }: { held_by: string | null }): boolean =>
    holder !== null && holder !== installation;
  const here = theirs.filter((row) => !isElsewhere(row)).map(({ id }) => id);
  const elsewhere = theirs.filter(isElsewhere).map(({ id }) => id);
  for (const id of here) await disk.removeSound(id);
  await sql`delete from liveline.voicemails where id = any(${here}::text[])`.execute(db);
  // Nothing is left of them but where their sound is.
  await sql`
    with gone as (delete from liveline.voicemail_deliveries where voicemail_id = any(${elsewhere}::text[]))
    update liveline.voicemails set stage = 'over', claim = claim + 1, words = 'off', transcript = null, call_id = '',
      from_number = '', to_number = '', delete_after = least(delete_after, now()), sound = 'erased'
    where id = any(${elsewhere}::text[])`.execute(db);
  return { voicemails: theirs.length, elsewhere: elsewhere.length };
}
