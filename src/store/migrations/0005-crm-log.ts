// Which calls the CRM is told of, and how far that is. Calls of before it are not told.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table liveline.calls
      add column crm_log text not null default 'off'
        check (crm_log in ('off', 'due', 'begun', 'done', 'failed', 'in-doubt')),
      add column crm_log_tries integer not null default 0,
      add column crm_log_after timestamptz(3)`.execute(db);
  await sql`
    create index calls_crm_log on liveline.calls (crm_log, (coalesce(crm_log_after, ended_at)))
    where crm_log in ('due', 'begun')`.execute(db);
}
