// The processes that take calls on this database: where each is reached, and when it was last seen.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table liveline.nodes (
      node text primary key,
      -- In the addresses that the carrier is given.
      key text not null unique,
      -- As the other nodes reach it.
      address text not null,
      -- As the carrier reaches it: those behind the same one share their calls.
      public_url text not null,
      -- For people.
      name text not null,
      started_at timestamptz(3) not null,
      seen_at timestamptz(3) not null,
      draining boolean not null,
      calls integer not null,
      -- So many calls it takes; null: any number.
      capacity integer,
      lag_ms integer not null,
      -- An operator wants it to take no more calls, and to let the others have those that it has.
      drain_asked boolean not null default false
    )`.execute(db);
}
