// Where callers are in the telephone network, what one process alone may do, and who was promised to be called back.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // No reference to the call, here and below: its record is written behind, and may never be.
  await sql`
    create table liveline.routes (
      call_id text primary key,
      from_number text not null,
      to_number text not null,
      step integer not null,
      route jsonb not null,
      updated_at timestamptz(3) not null default now()
    )`.execute(db);
  await sql`create index on liveline.routes (updated_at)`.execute(db);
  await sql`
    create table liveline.claims (
      name text primary key,
      until timestamptz(3) not null
    )`.execute(db);
  await sql`create index on liveline.claims (until)`.execute(db);
  await sql`
    create table liveline.callbacks (
      id text primary key,
      key text not null unique,
      rehearsal boolean not null,
      call_id text not null,
      profile text not null,
      to_number text not null,
      from_number text not null,
      destination text not null,
      reason text not null,
      due_at timestamptz(3) not null,
      state text not null default 'due' check (state in ('due', 'dialling', 'done', 'failed', 'in-doubt')),
      attempts integer not null default 0,
      unanswered integer not null default 0,
      next_at timestamptz(3) not null,
      leg_id text,
      cause text,
      settled_at timestamptz(3)
    )`.execute(db);
  await sql`
    create index callbacks_next on liveline.callbacks (rehearsal, next_at) where state in ('due', 'dialling')`.execute(
    db,
  );
  await sql`create index on liveline.callbacks (settled_at) where settled_at is not null`.execute(db);
}
