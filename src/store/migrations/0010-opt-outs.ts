// The numbers that are not to be called again. Of a number that is forgotten, the number alone stays.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // No reference to the call: its record is written behind, and is deleted before this is.
  await sql`
    create table liveline.opt_outs (
      number text primary key check (number ~ '^[+][1-9][0-9]{6,14}$'),
      call_id text,
      reason text not null default '',
      added_at timestamptz(3) not null default now()
    )`.execute(db);
  await sql`create index on liveline.opt_outs (added_at, number)`.execute(db);
}
