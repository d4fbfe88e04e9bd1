// Why a tool call failed, and whether its result was one given before.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table liveline.tool_calls
      add column cause text,
      add column repeated boolean not null default false`.execute(db);
}
