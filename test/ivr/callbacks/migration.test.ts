// What was promised before a number was owed one call by a profile.
import { sql, type Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../src/store/migrations/all.ts';
import type { Tables } from '../../../src/store/tables.ts';
import { freshDatabase } from '../../doubles/databases.ts';

const asBefore = async (db: Kysely<Tables>): Promise<void> => {
  await sql`drop index liveline.callbacks_to_number`.execute(db);
  await sql`alter table liveline.callbacks drop column dialled_at`.execute(db);
};

test('of several to one number the one that is dialled is kept, or the next one', async (context) => {
  const { sql: db } = await freshDatabase(context);
  await asBefore(db);
  const rows = [
    ['late', 'Desk', '+12025550143', 'due', '2026-11-23T16:00Z'],
    ['next', 'Desk', '+12025550143', 'due', '2026-11-23T15:00Z'],
    ['other', 'Lab', '+12025550143', 'due', '2026-11-23T17:00Z'],
    ['rings', 'Desk', '+12025550144', 'dialling', '2026-11-23T17:00Z'],
    ['waits', 'Desk', '+12025550144', 'due', '2026-11-23T14:00Z'],
    ['over', 'Desk', '+12025550143', 'done', '2026-11-23T13:00Z'],
  ];
  for (const [id, profile, number, state, at] of rows)
    await sql`
      insert into liveline.callbacks
        (id, key, rehearsal, call_id, profile, to_number, from_number, destination, reason, due_at, next_at, state)
      values (${id}, ${id}, false, 'CA1', ${profile}, ${number}, '+12025550100', 'sales', '', ${at}, ${at}, ${state})`.execute(
      db,
    );
  await MIGRATIONS['0009-callback-limits']?.up(db);
  const left = await db.selectFrom('callbacks').select(['id', 'dialled_at']).orderBy('id').execute();
  expect(left).toEqual(['next', 'other', 'over', 'rings'].map((id) => ({ id, dialled_at: [] })));
});
