// Migrations that fail, that take long, and that are cut off. They stand in place of the real ones.
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { beforeEach, describe, expect, test, vi, type TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { freshDatabaseUrl, SIZES, TEST_DATA_DIR } from '../doubles/databases.ts';

const stand = vi.hoisted<{ in: Record<string, Migration> }>(() => ({ in: {} }));
vi.mock('../../src/store/migrations/all.ts', () => ({
  get MIGRATIONS() {
    return stand.in;
  },
}));

beforeEach(() => {
  stand.in = {};
});

async function unmigrated(context: Pick<TestContext, 'onTestFinished'>, size: Database['size']) {
  const url = await freshDatabaseUrl(context, size);
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  return database;
}

const run =
  (statement: string) =>
  async (db: Kysely<unknown>): Promise<void> => {
    await sql.raw(statement).execute(db);
  };

const tables = async (database: Database): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'liveline' and table_name not like 'kysely%' order by 1`.execute(database.sql);
  return rows.map(({ name }) => name);
};

describe.each(SIZES)('%s', (size) => {
  test('a migration may take as long as it takes; what is asked afterwards may not', async (context) => {
    const limits = (name: string): string =>
      `create table liveline.${name} as select current_setting('statement_timeout') as is`;
    stand.in['0001'] = { up: run(limits('migration')) };
    const database = await unmigrated(context, size);
    await database.ready();
    const { rows } = await sql`
      select "is", current_setting('statement_timeout') as now from liveline.migration`.execute(database.sql);
    expect(rows).toEqual([{ is: '0', now: '30s' }]);
  });

  test('one that fails keeps nothing, nor do those that were taken with it, and is named', async (context) => {
    stand.in['0001'] = { up: run('create table liveline.one ()') };
    stand.in['0002'] = { up: run('create table liveline.two (); select nonsense') };
    const database = await unmigrated(context, size);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(database.ready()).rejects.toMatchObject({
        code: 'DATABASE_REFUSED',
        message: expect.stringMatching(
          /^migration 0002 failed, and nothing of it was kept: .*nonsense/,
        ) as unknown,
      });
      expect(await tables(database)).toEqual([]);
    }
    stand.in['0002'] = { up: run('create table liveline.two ()') };
    await database.ready();
    expect(await tables(database)).toEqual(['one', 'two']);
  });

  test('one that is cut off is taken again by the next ready()', async (context) => {
    let cuts = 2;
    stand.in['0001'] = {
      async up(db) {
        await run('create table liveline.one ()')(db);
        if (cuts-- > 0) await run('select pg_terminate_backend(pg_backend_pid())')(db);
      },
    };
    const database = await unmigrated(context, size);
    await expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await database.ready();
    expect(await tables(database)).toEqual(['one']);
  });
});
