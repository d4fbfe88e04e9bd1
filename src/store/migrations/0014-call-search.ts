// Calls are looked for by the tools that ran in them and by what the watchdog saw.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on liveline.tool_calls (tool, call_id)`.execute(db);
  await sql`
    create index on liveline.call_events ((facts ->> 'saw'), call_id) where type = 'watchdog'`.execute(db);
}
