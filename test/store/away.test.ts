// Whether a failed statement is worth trying again, asked of a real database.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { isDatabaseAway } from '../../src/store/away.ts';
import { freshDatabase, SIZES } from '../doubles/databases.ts';

describe.each(SIZES)('%s', (size) => {
  test('values are at fault, a database that cannot be asked is not', async (context) => {
    const { sql: db } = await freshDatabase(context, size);
    const failure = (statement: string): Promise<unknown> =>
      sql
        .raw(statement)
        .execute(db)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
    for (const statement of [
      `select '{"a": "\\u0000"}'::jsonb`,
      `select 3000000000::integer`,
      `insert into liveline.turns values ('CA1', 0, 'caller', 0, '', '', 'done')`,
    ])
      expect(isDatabaseAway(await failure(statement)), statement).toBe(false);
    for (const statement of [
      `do $$ begin raise exception using errcode = '53100'; end $$`,
      `set statement_timeout = 1; select pg_sleep(1)`,
      `select * from liveline.not_migrated_yet`,
      `select pg_terminate_backend(pg_backend_pid())`,
    ])
      expect(isDatabaseAway(await failure(statement)), statement).toBe(true);
  });
});

test('connections that are refused or lost are worth another try; mistakes of ours are not', () => {
  expect(isDatabaseAway(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(true);
  expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
  expect(isDatabaseAway(new LivelineError('DATABASE_UNAVAILABLE', 'it does not answer'))).toBe(true);
  expect(isDatabaseAway(new TypeError('Do not know how to serialize a BigInt'))).toBe(false);
});
