// Journals: what outlives a process of each call that goes on, and who acts for it. Secrets: what all processes share and
// nobody else may know.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // The row of a call that is over stays a while, without its entry: whoever writes of it late finds that it is over. No
  // column that has an index is written with an entry, and a page has room for it: so no index grows with every turn.
  await sql`
    create table liveline.call_journals (
      call_id text primary key,
      node text not null,
      -- Higher with every node that acts for the call.
      fence bigint not null,
      -- Of what a node wrote the latest: what comes late does not replace it.
      seq bigint not null,
      rejoins integer not null default 0,
      spent_tokens text[] not null default '{}',
      over boolean not null default false,
      entry jsonb,
      opened_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      check (over = (entry is null))
    ) with (fillfactor = 70)`.execute(db);
  await sql`create index on liveline.call_journals (node) where not over`.execute(db);
  await sql`
    create table liveline.secrets (
      name text primary key,
      secret bytea not null,
      made_at timestamptz(3) not null default clock_timestamp()
    )`.execute(db);
}
