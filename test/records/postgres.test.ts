// Records in PostgreSQL: the rules of the door in both sizes, and what only a database can get wrong.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { closeEndlessCalls, createPostgresRecords } from '../../src/records/postgres.ts';
import { callOf, endOf, recordsContract, WHOLE } from '../contracts/records.contract.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

describe.each(LARGEST)('%s', (size) => {
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

  test('a call that is open for longer than a call can last is ended, whoever took it', async (context) => {
    const database = await freshDatabase(context, size);
    const store = createPostgresRecords(database);
    const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
    await store.apply([
      callOf('endless', { node: 'gone/1-1', startedAt: ago(25) }),
      callOf('long', { startedAt: ago(23) }),
      callOf('ended', { startedAt: ago(25) }),
      endOf('ended'),
    ]);
    expect(await closeEndlessCalls(database)).toBe(1);
    expect(await closeEndlessCalls(database)).toBe(0);
    expect(await store.get(callId('CA-endless'))).toMatchObject({ outcome: 'process-died', durationMs: 0 });
    expect(await store.get(callId('CA-long'))).toMatchObject({ outcome: null });
    expect(await store.get(callId('CA-ended'))).toMatchObject({ outcome: 'caller-hung-up' });
  });

  test('a log in the CRM of our own goes with its call, and one without a call of its kind goes too', async (context) => {
    const database = await freshDatabase(context, size);
    const store = createPostgresRecords(database);
    const keptUntil = '2026-01-02T00:00:00.000Z';
    await store.apply([
      callOf('old', { keptUntil }),
      callOf('kept'),
      callOf('rehearsed', { keptUntil }),
      callOf('played', { rehearsal: true }),
    ]);
    for (const name of ['old', 'kept', 'rehearsed', 'alone', 'played'])
      await sql`
        insert into liveline.crm_calls (rehearsal, call_id, from_number, to_number, direction, started_at, duration_ms,
          outcome, summary) values (${name === 'rehearsed' || name === 'played'}, ${`CA-${name}`}, '', '', 'inbound', now(), 1, '', '')`.execute(
        database.sql,
      );
    expect(await store.deleteExpired(new Date(keptUntil))).toBe(2);
    const { rows } = await sql<{ id: string }>`
      select call_id as id from liveline.crm_calls order by 1`.execute(database.sql);
    expect(rows.map(({ id }) => id)).toEqual(['CA-kept', 'CA-played']);
  });

  test('several nodes write the same batch at once', async (context) => {
    const store = createPostgresRecords(await freshDatabase(context, size));
    await Promise.all(Array.from({ length: 6 }, () => store.apply([...WHOLE, callOf('b'), callOf('a')])));
    expect((await store.get(callId('CA-whole')))?.turns).toHaveLength(2);
  });
});
