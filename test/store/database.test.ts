// The database: reached, migrated, by several processes at once, in both sizes.
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrationStatus } from '../../src/store/migrate.ts';
import { freshDatabaseUrl, SIZES, TEST_DATA_DIR } from '../doubles/databases.ts';

describe.each(SIZES)('%s', (size) => {
  test('four at once migrate it once', async ({ onTestFinished }) => {
    const url = await freshDatabaseUrl({ onTestFinished }, size);
    const databases = Array.from({ length: 4 }, () =>
      openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog }),
    );
    onTestFinished(async () => {
      await Promise.all(databases.map((database) => database.close()));
    });
    await Promise.all(databases.map((database) => database.ready()));
    const [database] = databases;
    const status = await migrationStatus(database!.sql);
    expect(status.length).toBeGreaterThan(0);
    expect(status.filter(({ doneAt }) => doneAt === undefined)).toEqual([]);
  });
});
