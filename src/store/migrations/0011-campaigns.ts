// Calls that we place: campaigns and their contacts, every attempt to reach somebody, what allows it, and why it was made or
// not.
import { sql, type Kysely } from 'kysely';

const NUMBER = sql`check (to_number ~ '^[+][1-9][0-9]{6,14}$')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table liveline.campaigns (
      id text primary key,
      name text not null,
      -- A campaign on the simulators is never dialled on real lines, nor the other way round.
      rehearsal boolean not null,
      profile text not null,
      settings jsonb not null,
      state text not null check (state in ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done')),
      -- Why it is paused; null when a person paused it.
      paused_by text,
      created_at timestamptz(3) not null default now(),
      starts_at timestamptz(3),
      -- Of the last start: the ramp begins there.
      started_at timestamptz(3),
      ended_at timestamptz(3),
      cloned_from text references liveline.campaigns (id) on delete set null on update cascade,
      unique (name, rehearsal)
    )`.execute(db);

  await sql`
    create table liveline.contact_imports (
      id text primary key,
      campaign_id text not null references liveline.campaigns (id) on delete cascade on update cascade,
      file text not null,
      state text not null check (state in ('reading', 'done', 'failed')),
      -- Why it failed.
      cause text,
      rows bigint not null default 0,
      kept bigint not null default 0,
      merged bigint not null default 0,
      faulty bigint not null default 0,
      started_at timestamptz(3) not null default now(),
      -- Who reads it says so again and again; who does not any more is dead.
      seen_at timestamptz(3) not null default now(),
      ended_at timestamptz(3)
    )`.execute(db);
  await sql`create index on liveline.contact_imports (campaign_id)`.execute(db);
  await sql`
    create table liveline.contact_faults (
      import_id text not null references liveline.contact_imports (id) on delete cascade on update cascade,
      -- Of the file, from 1.
      line bigint not null,
      field text not null,
      words text not null
    )`.execute(db);
  await sql`create index on liveline.contact_faults (import_id, line)`.execute(db);
  // What was read of a file, until all of it is: then it becomes contacts at once.
  await sql`
    create unlogged table liveline.imported_rows (
      import_id text not null references liveline.contact_imports (id) on delete cascade on update cascade,
      line bigint not null,
      to_number text not null ${NUMBER},
      time_zone text,
      region text,
      variables jsonb not null,
      consent jsonb
    )`.execute(db);
  await sql`create index on liveline.imported_rows (import_id, to_number)`.execute(db);

  await sql`
    create table liveline.campaign_contacts (
      id bigint generated always as identity primary key,
      campaign_id text not null references liveline.campaigns (id) on delete cascade on update cascade,
      import_id text references liveline.contact_imports (id) on delete set null on update cascade,
      -- Of its file, from 1.
      line bigint,
      to_number text not null ${NUMBER},
      -- Their own, IANA, when the file has it.
      time_zone text,
      -- Of the country, when the file has it: "CA".
      region text,
      -- For the instructions of the agent.
      variables jsonb not null default '{}',
      state text not null check (state in ('waiting', 'dialling', 'done', 'never', 'stopped')),
      next_at timestamptz(3) not null default now(),
      -- The rule that said so last; null: none did since they were called.
      waits_for text,
      -- So often they were, or may have been, called.
      attempts integer not null default 0,
      outcome text,
      outcome_at timestamptz(3),
      unique (campaign_id, to_number)
    )`.execute(db);
  await sql`
    create index campaign_contacts_due on liveline.campaign_contacts (campaign_id, next_at, id)
    where state = 'waiting'`.execute(db);
  await sql`
    create index campaign_contacts_dialling on liveline.campaign_contacts (campaign_id)
    where state = 'dialling'`.execute(db);
  await sql`create index on liveline.campaign_contacts (to_number)`.execute(db);

  await sql`
    create table liveline.attempts (
      -- Comes back with everything that the carrier asks or tells of the call.
      id text primary key,
      -- Null: one call, of no campaign.
      campaign_id text references liveline.campaigns (id) on delete cascade on update cascade,
      contact_id bigint references liveline.campaign_contacts (id) on delete cascade,
      number integer not null,
      rehearsal boolean not null,
      profile text not null,
      to_number text not null ${NUMBER},
      from_number text not null,
      variables jsonb not null default '{}',
      -- claimed: the carrier may or may not have been asked · placed: it has the call · over · void: it was never placed, and
      -- must not be taken when it comes all the same.
      state text not null check (state in ('claimed', 'placed', 'over', 'void')),
      -- The process that placed it, and then the one that talks with them.
      node text not null,
      -- claimed: by then its process is dead, and the carrier is asked · placed: by then the carrier is asked how it stands.
      look_at timestamptz(3) not null,
      call_id text,
      -- As the carrier tells it, in any order; of two the later one in a call's life counts.
      status text,
      -- How the network ended it, when the carrier says so.
      sip_code integer,
      answered_by text,
      disposition jsonb,
      -- Somebody spoke to them in time, or they hung up before that; until it is told, nobody did.
      spoken boolean not null default false,
      -- Answered, and nobody spoke to them in time.
      abandoned boolean not null default false,
      message_left boolean not null default false,
      -- Which of the first words the agent left out, also when it was told to say them.
      first_words_missing text,
      claimed_at timestamptz(3) not null,
      placed_at timestamptz(3),
      answered_at timestamptz(3),
      ended_at timestamptz(3),
      outcome text,
      cause text,
      unique (contact_id, number)
    )`.execute(db);
  await sql`create index on liveline.attempts (to_number, claimed_at)`.execute(db);
  // How often each of our numbers has called within a day is asked for each call: it is kept by the hour, and only an hour at
  // most is counted.
  await sql`
    create table liveline.caller_id_uses (
      from_number text not null,
      rehearsal boolean not null,
      -- Since the epoch, whole.
      hour timestamptz(3) not null,
      calls integer not null,
      primary key (from_number, rehearsal, hour)
    )`.execute(db);
  await sql`
    create function liveline.count_caller_id() returns trigger language plpgsql as $$
    begin
      insert into liveline.caller_id_uses as used (from_number, rehearsal, hour, calls)
      values (new.from_number, new.rehearsal, date_bin('1 hour', new.claimed_at, timestamptz 'epoch'),
        case when new.state = 'void' then -1 else 1 end)
      on conflict (from_number, rehearsal, hour) do update set calls = used.calls + excluded.calls;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger caller_id_used after insert on liveline.attempts for each row when (new.state <> 'void')
    execute function liveline.count_caller_id()`.execute(db);
  await sql`
    create trigger caller_id_used_after_all after update of state on liveline.attempts for each row
    when ((old.state = 'void') <> (new.state = 'void'))
    execute function liveline.count_caller_id()`.execute(db);
  await sql`
    create index attempts_used on liveline.attempts (from_number, claimed_at) include (rehearsal)
    where state <> 'void'`.execute(db);
  await sql`create index on liveline.attempts (campaign_id, claimed_at) include (state)`.execute(db);
  // What the breakers count: the last ones, and a month.
  await sql`
    create index attempts_over on liveline.attempts (campaign_id, claimed_at) include (outcome)
    where state = 'over'`.execute(db);
  // A carrier's call is that of one attempt.
  await sql`create unique index on liveline.attempts (call_id)`.execute(db);
  await sql`create index attempts_open on liveline.attempts (look_at) where state in ('claimed', 'placed')`.execute(
    db,
  );

  await sql`
    create table liveline.dial_audit (
      id bigint generated always as identity primary key,
      at timestamptz(3) not null,
      campaign_id text,
      contact_id bigint,
      attempt_id text,
      to_number text,
      -- dial · wait · never · settle · control · void
      decision text not null,
      -- Which rule decided, such as hours.window or consent.missing.
      rule text not null,
      -- Of the rule data and lists that were looked at.
      data text not null default '',
      facts jsonb not null default '{}'
    )`.execute(db);
  await sql`create index on liveline.dial_audit (campaign_id, id)`.execute(db);
  await sql`create index on liveline.dial_audit (to_number)`.execute(db);
  await sql`
    create function liveline.append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit of dialling is only ever added to';
    end $$`.execute(db);
  // A number that is forgotten is taken out of it, and nothing else.
  await sql`
    create trigger append_only before update or delete on liveline.dial_audit for each row
    when (current_setting('liveline.forgetting', true) is distinct from 'yes')
    execute function liveline.append_only()`.execute(db);
  await sql`
    create trigger append_only_all before truncate on liveline.dial_audit for each statement
    execute function liveline.append_only()`.execute(db);

  await sql`
    create table liveline.consents (
      id bigint generated always as identity primary key,
      number text not null check (number ~ '^[+][1-9][0-9]{6,14}$'),
      -- Such as express or written.
      kind text not null,
      given_at timestamptz(3) not null,
      expires_at timestamptz(3),
      source text not null,
      wording text not null default '',
      -- To whom it was given.
      seller text not null default '',
      -- Made up for the simulators, it allows no call on real lines.
      rehearsal boolean not null,
      added_at timestamptz(3) not null default now(),
      unique (number, kind, given_at, source, seller, rehearsal)
    )`.execute(db);
  await sql`
    create table liveline.suppression_lists (
      name text not null,
      -- One that was made up for the simulators is no list on real lines.
      rehearsal boolean not null,
      -- As of when it is true, by whoever made it.
      as_of timestamptz(3) not null,
      imported_at timestamptz(3) not null default now(),
      numbers bigint not null,
      version integer not null default 1,
      primary key (name, rehearsal)
    )`.execute(db);
  await sql`
    create table liveline.suppressed_numbers (
      list text not null,
      rehearsal boolean not null,
      version integer not null,
      number text not null,
      primary key (list, rehearsal, version, number),
      foreign key (list, rehearsal) references liveline.suppression_lists (name, rehearsal) on delete cascade
    )`.execute(db);

  await sql`
    create table liveline.dial_pace (
      -- The carrier's account.
      account text primary key,
      -- The next call may be placed then.
      free_at timestamptz(3) not null
    )`.execute(db);
}
