// Voicemails as they are looked up, in PostgreSQL. Changes nothing.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { Tables } from '../../store/tables.ts';
import { readCursor, writeCursor } from '../page-cursor.ts';
import type { VoicemailEntry, VoicemailPage, VoicemailQuery } from './entry.ts';

interface Row {
  id: string;
  call_id: string;
  profile: string;
  from_number: string;
  to_number: string;
  rehearsal: boolean;
  recorded_at: Date;
  duration_ms: number;
  stage: VoicemailEntry['stage'];
  sound: VoicemailEntry['sound'];
  words: VoicemailEntry['words'];
  transcript: string | null;
  delete_after: Date | null;
  deliveries: VoicemailEntry['deliveries'];
}

/** Newest first; without those that were too short to keep, or are not kept. Throws API_REQUEST_INVALID for a cursor that is none. */
export async function findVoicemails(db: Kysely<Tables>, query: VoicemailQuery): Promise<VoicemailPage> {
  // PostgreSQL takes no U+0000, so nothing that it holds has one.
  if ([query.number, query.profile, query.call].some((text) => text?.includes('\0')))
    return { voicemails: [], next: null };
  const { limit } = query;
  const { rows } = await sql<Row>`
    select v.*, (
      select coalesce(json_agg(json_build_object('to', target, 'state', state, 'cause', cause) order by n), '[]')
      from liveline.voicemail_deliveries where voicemail_id = v.id
    ) as deliveries
    from liveline.voicemails v
    where ${sql.join([sql`sound not in ('none', 'erased')`, ...conditions(query)], sql` and `)}
    order by recorded_at desc, id desc limit ${limit + 1}`.execute(db);
  const voicemails = rows.slice(0, limit).map(entryOf);
  const last = voicemails.at(-1);
  return { voicemails, next: rows.length > limit && last ? writeCursor(last.recordedAt, last.id) : null };
}

/** The installation in whose DATA_DIR its sound is; undefined: there is no such sound. */
export async function holderOf(db: Kysely<Tables>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ held_by: string | null }>`
    select held_by from liveline.voicemails where id = ${id} and sound = 'kept'`.execute(db);
  return rows[0]?.held_by ?? undefined;
}

function* conditions({ number, profile, call, cursor }: VoicemailQuery): Generator<RawBuilder<unknown>> {
  if (number !== undefined) {
    const known = parsePhoneNumber(number) ?? number;
    yield sql`(from_number = ${known} or to_number = ${known})`;
  }
  if (profile !== undefined) yield sql`profile = ${profile}`;
  if (call !== undefined) yield sql`call_id = ${call}`;
  if (cursor !== undefined) {
    const [recordedAt, id] = readCursor(cursor);
    yield sql`(recorded_at, id) < (${new Date(recordedAt)}, ${id})`;
  }
}

const entryOf = (row: Row): VoicemailEntry => ({
  id: row.id,
  callId: row.call_id,
  profile: row.profile,
  from: row.from_number,
  to: row.to_number,
  rehearsal: row.rehearsal,
  recordedAt: row.recorded_at.toISOString(),
  seconds: row.duration_ms / 1_000,
  stage: row.stage,
  sound: row.sound,
  words: row.words,
  transcript: row.transcript,
  deliveries: row.deliveries,
  keptUntil: row.delete_after?.toISOString() ?? null,
});
