// Messages that callers left: what is to be done with each, how far that is, and whom it was brought to.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // No reference to the call: its row is written behind, and may come later, or never.
  await sql`
    create table liveline.voicemails (
      id text primary key,
      call_id text not null,
      profile text not null,
      from_number text not null,
      to_number text not null,
      language text not null,
      time_zone text not null,
      model text,
      rehearsal boolean not null,
      recorded_at timestamptz(3) not null,
      duration_ms integer not null,
      stage text not null default 'sound'
        check (stage in ('sound', 'words', 'delivery', 'removal', 'over')),
      claim integer not null default 0,
      tries integer not null default 0,
      after timestamptz(3) not null,
      sound text not null default 'due' check (sound in ('due', 'kept', 'none', 'lost', 'erased')),
      held_by text,
      words text not null check (words in ('off', 'due', 'done', 'none', 'failed')),
      transcript text,
      keeps boolean not null,
      delete_after timestamptz(3)
    )`.execute(db);
  await sql`create index on liveline.voicemails (after) where stage <> 'over'`.execute(db);
  await sql`create index on liveline.voicemails (recorded_at desc, id desc)`.execute(db);
  await sql`create index on liveline.voicemails (call_id)`.execute(db);
  await sql`create index on liveline.voicemails (delete_after) where delete_after is not null`.execute(db);
  await sql`
    create table liveline.voicemail_deliveries (
      voicemail_id text not null references liveline.voicemails on update cascade on delete cascade,
      n integer not null,
      target text not null,
      state text not null default 'due' check (state in ('due', 'begun', 'done', 'failed', 'in-doubt')),
      tries integer not null default 0,
      after timestamptz(3) not null,
      cause text,
      primary key (voicemail_id, n)
    )`.execute(db);
}
