// Records in PostgreSQL: the rules of the door in both sizes, and what only a database can get wrong.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import { callOf, recordsContract, WHOLE } from '../contracts/records.contract.ts';
import { freshDatabase, SIZES } from '../doubles/databases.ts';

describe.each(SIZES)('%s', (size) => {
  recordsContract('PostgreSQL', async (context) => createPostgresRecords(await freshDatabase(context, size)));

  test('a call deleted while a batch of it is written leaves nothing, and refuses nothing', async (context) => {
    const database = await freshDatabase(context, size);
    const store = createPostgresRecords(database);
    for (let round = 0; round < 20; round++) {
      await store.apply(WHOLE);
      const [first] = WHOLE;
      const children = WHOLE.slice(1);
      await Promise.all([
        store.apply(children),
        sql`delete from liveline.calls where id = ${first!.callId}`.execute(database.sql),
        store.apply(children),
      ]);
      expect(await store.get(callId('CA-whole'))).toBeUndefined();
    }
  });

  test('several nodes write the same batch at once', async (context) => {
    const store = createPostgresRecords(await freshDatabase(context, size));
    await Promise.all(Array.from({ length: 6 }, () => store.apply([...WHOLE, callOf('b'), callOf('a')])));
    expect((await store.get(callId('CA-whole')))?.turns).toHaveLength(2);
  });
});
