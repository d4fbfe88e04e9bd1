// Who is signed in to the console, and what operators did.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table liveline.operator_sessions (
      -- Made of the cookie and the token with which it was opened: neither can be told from it, and a token that is changed
      -- ends its sessions.
      key bytea primary key,
      role text not null check (role in ('viewer', 'operator')),
      -- As they call themselves.
      name text not null,
      opened_at timestamptz(3) not null,
      used_at timestamptz(3) not null
    )`.execute(db);
  await sql`create index on liveline.operator_sessions (used_at)`.execute(db);

  await sql`
    create table liveline.operator_audit (
      id text primary key,
      at timestamptz(3) not null,
      who text not null,
      role text check (role in ('viewer', 'operator')),
      -- How they showed who they are; null: they did not.
      by text check (by in ('session', 'token', 'machine')),
      action text not null,
      -- No reference: an audit outlives what it tells of.
      call_id text,
      campaign_id text,
      outcome text not null check (outcome in ('done', 'refused', 'failed')),
      detail jsonb not null default '{}',
      -- From which they asked.
      address text not null
    )`.execute(db);
  await sql`create index on liveline.operator_audit (at, id)`.execute(db);
  await sql`create index on liveline.operator_audit (call_id) where call_id is not null`.execute(db);
  await sql`
    create function liveline.only_added_to() returns trigger language plpgsql as $$
    begin
      raise exception '% is only ever added to', tg_table_name;
    end $$`.execute(db);
  // A number that is forgotten is taken out of it, and nothing else.
  await sql`
    create trigger only_added_to before update or delete on liveline.operator_audit for each row
    when (current_setting('liveline.forgetting', true) is distinct from 'yes')
    execute function liveline.only_added_to()`.execute(db);
}
