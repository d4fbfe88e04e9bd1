// Calls that go on in another process: which of their processes had them last, so that the word of an earlier one does not end them.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // As the journal of the call has it; 0: no other process ever had it.
  await sql`alter table liveline.calls add column fence bigint not null default 0`.execute(db);
}
