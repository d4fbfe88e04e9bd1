// A number is called back so often in a day and no oftener, and each profile owes it one call at a time.
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table liveline.callbacks add column dialled_at timestamptz(3)[] not null default '{}'`.execute(db);
  // Of several that were promised to one number the next one is kept.
  await sql`
    delete from liveline.callbacks c using liveline.callbacks o
    where c.state = 'due' and (c.rehearsal, c.profile, c.to_number) = (o.rehearsal, o.profile, o.to_number)
      and (o.state = 'dialling' or o.state = 'due' and (c.due_at, c.id) > (o.due_at, o.id))`.execute(db);
  await sql`create index callbacks_to_number on liveline.callbacks (to_number)`.execute(db);
}
