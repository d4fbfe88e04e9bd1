// Voicemails that go: those past their time, and those of a number that is forgotten. The sound goes before its row, and the
// row of what the carrier may still have stays until it was told, so that nothing is left that nobody knows of.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { Traces } from '../number-traces.ts';
import type { Note, VoicemailDisk } from './disk.ts';
import type { Message } from './message.ts';
import { createVoicemailQueue, ID_STAYS_MS } from './queue.ts';
import { NOBODYS } from './whose.ts';

const AT_ONCE = 500;
/** For the installation that has the sound; it may be gone for good. */
const HOLDERS_TURN_HOURS = 24;
/** A message may still be on its way to people, and the carrier away: each is tried for a day. */
const ON_ITS_WAY_HOURS = 48;
/** Longer than any write takes. */
const TORN_AFTER_MS = 60_000;

/** Nothing is left of it but where its sound is; the carrier is told by whoever works on what is due. */
const ERASED = sql`stage = 'removal', sound = 'erased', claim = claim + 1, tries = 0, after = 'epoch', words = 'off',
  transcript = null, keeps = false, call_id = '', from_number = '', to_number = '', duration_ms = 0,
  delete_after = now() + make_interval(secs => ${ID_STAYS_MS / 1_000})`;

/** `of`: on `liveline.voicemails`. How many. */
async function erase(db: Kysely<Tables>, of: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql`
    with erased as (update liveline.voicemails set ${ERASED} where ${of} returning id),
      gone as (delete from liveline.voicemail_deliveries where voicemail_id in (select id from erased))
    select from erased`.execute(db);
  return rows.length;
}

/**
 * Deletes what is past its time, here and at the carrier: of others' sounds the rows too, once those had their turn. How
 * many. Also by the database's clock, as this machine's may be wrong.
 */
export async function expireVoicemails(
  db: Kysely<Tables>,
  disk: Pick<VoicemailDisk, 'removeSound'>,
  { installation, now }: { readonly installation: string; readonly now: Date },
): Promise<number> {
  const at = sql`least(${now}::timestamptz, now())`;
  const isLongPast = sql`delete_after <= ${at} - make_interval(hours => ${ON_ITS_WAY_HOURS})`;
  let deleted = await erase(
    db,
    sql`sound <> 'erased' and (stage <> 'over' and ${isLongPast}
      or stage = 'over' and sound = 'lost' and delete_after <= ${at})`,
  );
  await removeErased(db, disk, installation);
  for (;;) {
    const { rows } = await sql<{ id: string; sound: string }>`
      select id, sound from liveline.voicemails
      where delete_after <= ${at} and (stage = 'over' or ${isLongPast})
        and (held_by is null or held_by = ${installation}
          or delete_after <= ${at} - make_interval(hours => ${HOLDERS_TURN_HOURS}))
      order by delete_after limit ${AT_ONCE}`.execute(db);
    for (const { id } of rows) await disk.removeSound(id);
    await sql`
      delete from liveline.voicemails where id = any(${rows.map(({ id }) => id)}::text[])
        and delete_after <= ${at}`.execute(db);
    // Whoever erased the others has counted them.
    deleted += rows.filter(({ sound }) => sound !== 'erased').length;
    if (rows.length < AT_ONCE) return deleted;
  }
}

/** Sounds that are here, of what was erased by others. */
async function removeErased(
  db: Kysely<Tables>,
  disk: Pick<VoicemailDisk, 'removeSound'>,
  installation: string,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from liveline.voicemails where sound = 'erased' and held_by = ${installation}`.execute(db);
  for (const { id } of rows) await disk.removeSound(id);
  await sql`
    update liveline.voicemails set held_by = null
    where sound = 'erased' and id = any(${rows.map(({ id }) => id)}::text[])`.execute(db);
}

export interface ForgottenVoicemails {
  readonly voicemails: number;
  /** Of these: the sound is on another machine, which deletes it at its next sweep. */
  readonly elsewhere: number;
  /** Of these: the carrier may still have them, until a server that runs has told it. */
  readonly atCarrier: number;
}

/** `calls`: those whose records were deleted. Also messages that are still on their way: nobody gets them any more. */
export async function forgetVoicemails(
  db: Kysely<Tables>,
  disk: VoicemailDisk,
  installation: string,
  calls: ReadonlySet<string>,
  { suspicion, isParty }: Traces,
): Promise<ForgottenVoicemails> {
  await disk.removeTorn(TORN_AFTER_MS);
  // Also what is only noted is to be deleted at the carrier.
  const queue = createVoicemailQueue({ sql: db }, false);
  for (const message of (await disk.noted()).flatMap(messagesIn)) {
    const { id, callId, from, to } = message;
    if (!calls.has(callId) && ![callId, from, to].some(isParty)) continue;
    // What the database refuses stays, and is found where all files are looked at.
    const isAdded = await queue.add(message).then(
      () => true,
      () => false,
    );
    if (isAdded) await disk.forgetNote(id);
  }
  const { rows } = await sql<Found>`
    select id, call_id, held_by, array[call_id, from_number, to_number] as texts,
      stage <> 'over' or sound = 'lost' as at_carrier from liveline.voicemails
    where concat_ws(' ', call_id, from_number, to_number) ~ ${suspicion} or call_id = any(${[...calls]}::text[])`.execute(
    db,
  );
  const theirs = rows.filter(({ texts, call_id }) => calls.has(call_id) || texts.some(isParty));
  const elsewhere = theirs.filter(({ held_by: holder }) => holder !== null && holder !== installation);
  for (const { id } of theirs) await disk.removeSound(id);
  await erase(db, sql`id = any(${theirs.map(({ id }) => id)}::text[])`);
  await removeErased(db, disk, installation);
  return {
    voicemails: theirs.length,
    elsewhere: elsewhere.length,
    atCarrier: theirs.filter(({ at_carrier: isThere }) => isThere).length,
  };
}

interface Found {
  id: string;
  call_id: string;
  texts: string[];
  held_by: string | null;
  at_carrier: boolean;
}

function messagesIn(note: Note): Message[] {
  if (note.is === 'unreadable') return [];
  return [note.is === 'whole' ? note.message : { ...NOBODYS, ...note.left }];
}
