// Recordings of calls: where the sound of each is, and for how long.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // No reference to the call: its row is written behind, and may come later, or never.
  await sql`
    create table liveline.recordings (
      call_id text primary key,
      rehearsal boolean not null,
      started_at timestamptz(3) not null,
      from_ms integer not null,
      duration_ms integer not null,
      lost_ms integer not null,
      sound text not null default 'kept' check (sound in ('kept', 'erased')),
      -- The installation in whose DATA_DIR, or the bucket in which, it is.
      place text not null,
      delete_after timestamptz(3)
    )`.execute(db);
  await sql`create index on liveline.recordings (delete_after) where delete_after is not null`.execute(db);
  await sql`create index on liveline.recordings (place) where sound = 'erased'`.execute(db);
}
