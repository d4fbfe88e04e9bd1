// Calls and what happened in them. What belongs to a call goes with it.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table liveline.calls (
      id text primary key,
      profile text not null,
      profile_version text not null,
      model text not null,
      direction text not null check (direction in ('inbound', 'outbound')),
      from_number text not null,
      to_number text not null,
      rehearsal boolean not null,
      node text not null,
      started_at timestamptz(3) not null,
      ended_at timestamptz(3),
      duration_ms integer,
      outcome text,
      watchdog jsonb,
      usage jsonb,
      cost_micro_usd bigint,
      lost_writes integer not null default 0,
      delete_after timestamptz(3)
    )`.execute(db);
  await sql`create index on liveline.calls (started_at desc, id desc)`.execute(db);
  await sql`create index on liveline.calls (from_number, started_at desc, id desc)`.execute(db);
  await sql`create index on liveline.calls (to_number, started_at desc, id desc)`.execute(db);
  await sql`create index on liveline.calls (profile, started_at desc, id desc)`.execute(db);
  await sql`create index on liveline.calls (outcome, started_at desc, id desc)`.execute(db);
  await sql`create index on liveline.calls (started_at desc, id desc) where ended_at is null`.execute(db);
  await sql`create index on liveline.calls (delete_after) where delete_after is not null`.execute(db);
  await sql`create index on liveline.calls (node) where ended_at is null`.execute(db);
  await sql`
    create table liveline.turns (
      call_id text not null references liveline.calls on delete cascade,
      n integer not null,
      who text not null check (who in ('caller', 'agent')),
      at_ms integer not null,
      text text not null,
      heard text not null,
      state text not null check (state in ('open', 'done', 'cut')),
      primary key (call_id, n)
    )`.execute(db);
  await sql`
    create table liveline.tool_calls (
      call_id text not null references liveline.calls on delete cascade,
      id text not null,
      tool text not null,
      args jsonb not null,
      response jsonb,
      called_ms integer not null,
      done_ms integer,
      state text not null check (state in ('running', 'done', 'cancelled')),
      primary key (call_id, id)
    )`.execute(db);
  await sql`
    create table liveline.call_events (
      call_id text not null references liveline.calls on delete cascade,
      n integer not null,
      at_ms integer not null,
      type text not null,
      facts jsonb not null,
      primary key (call_id, n)
    )`.execute(db);
  await sql`
    create table liveline.turn_usage (
      call_id text not null references liveline.calls on delete cascade,
      n integer not null,
      turn integer not null,
      at_ms integer not null,
      usage jsonb not null,
      cost_micro_usd integer,
      primary key (call_id, n)
    )`.execute(db);
}
