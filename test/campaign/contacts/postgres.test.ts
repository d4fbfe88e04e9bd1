// Imports of contacts on a real database.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { ImportedConsent, ImportedRow } from '../../../src/campaign/contacts/row.ts';
import { createPostgresContacts } from '../../../src/campaign/contacts/postgres.ts';
import type { PhoneNumber } from '../../../src/base/phone-number.ts';
import type { Database } from '../../../src/store/database.ts';
import { freshDatabase, LARGEST } from '../../doubles/databases.ts';

const row = (line: number, to: string, more: Partial<ImportedRow> = {}): ImportedRow => ({
  ...{
    line,
    to: to as PhoneNumber,
    timeZone: undefined,
    region: undefined,
    variables: {},
    consent: undefined,
  },
  ...more,
});

const consentOf = (more: Partial<ImportedConsent> = {}): ImportedConsent => ({
  ...{ kind: 'written', givenAt: '2026-03-01T00:00:00.000Z', expiresAt: undefined, source: 'web' },
  ...{ wording: 'yes', seller: '', ...more },
});

async function rig(database: Pick<Database, 'sql' | 'ready'>, partRows?: number) {
  await database.ready();
  await sql`
    insert into liveline.campaigns (id, name, rehearsal, profile, settings, state)
    values ('c', 'spring', true, 'p', '{}', 'draft')`.execute(database.sql);
  const contacts = async () =>
    (
      await sql<{
        to_number: string;
        variables: object;
        region: string | null;
        time_zone: string | null;
        state: string;
        line: string;
      }>`
        select to_number, variables, region, time_zone, state, line from liveline.campaign_contacts order by to_number`.execute(
        database.sql,
      )
    ).rows;
  return { store: createPostgresContacts(database, partRows), contacts };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(LARGEST)('%s', (size) => {
  test('nobody is a contact until all of the file is read', async (context) => {
    const { store, contacts } = await rig(await freshDatabase(context, size));
    const id = await store.begin('c', 'a.csv');
    await store.put(id, [row(2, '+12125550101')], [{ line: 3, field: 'phone', words: 'is missing' }]);
    expect(await contacts()).toEqual([]);
    expect(await store.find('c')).toMatchObject([{ state: 'reading', rows: 2, faulty: 1 }]);
    expect(await store.finish(id)).toMatchObject({ state: 'done', rows: 2, kept: 1, merged: 0, faulty: 1 });
    expect(await contacts()).toMatchObject([{ to_number: '+12125550101', state: 'waiting', line: '2' }]);
    expect(await all(store.faults(id))).toEqual([{ line: 3, field: 'phone', words: 'is missing' }]);
  });

  test.for([1, 2, 3, undefined])('in parts of %j rows all is as in one', async (partRows, context) => {
    const database = await freshDatabase(context, size);
    const { store, contacts } = await rig(database, partRows);
    const given = { consent: consentOf() };
    const [ada, bo, cy] = ['+12125550101', '+12125550102', '+12125550103'] as const;
    const before = await store.begin('c', 'a.csv');
    await store.put(before, [row(2, cy, { timeZone: 'America/Chicago' })], []);
    expect(await store.finish(before)).toMatchObject({ kept: 1 });
    const id = await store.begin('c', 'b.csv');
    const rows = [
      row(2, cy, { timeZone: 'America/Denver' }),
      row(3, bo, { ...given, variables: { name: 'Bo' } }),
      row(4, ada, { variables: { name: 'Ada' }, region: 'NY' }),
      row(5, bo, { ...given, variables: { sum: '5' } }),
      row(6, ada, { region: 'TX' }),
      row(7, bo, { variables: { sum: '7' } }),
    ];
    await store.put(id, rows, []);
    expect(await store.finish(id)).toMatchObject({ rows: 6, kept: 2, merged: 2, faulty: 2 });
    expect((await all(store.faults(id))).map(({ line, field }) => [line, field])).toEqual([
      [2, 'time_zone'],
      [6, 'region'],
    ]);
    expect(await contacts()).toMatchObject([
      { to_number: ada, variables: { name: 'Ada' }, region: 'NY', line: '4' },
      { to_number: bo, variables: { name: 'Bo', sum: '7' }, line: '3' },
      { to_number: cy, time_zone: 'America/Chicago' },
    ]);
    const counted = await sql<{ consents: number; left: number }>`
      select (select count(*) from liveline.consents)::integer as consents,
        (select count(*) from liveline.imported_rows)::integer as left`.execute(database.sql);
    expect(counted.rows).toEqual([{ consents: 1, left: 0 }]);
  });

  test('rows of one number become one contact; the last value that is there counts', async (context) => {
    const { store, contacts } = await rig(await freshDatabase(context, size));
    const first = await store.begin('c', 'a.csv');
    const rows = [
      row(2, '+12125550101', { variables: { name: 'Ada', sum: '3' }, region: 'NY' }),
      row(3, '+12125550102', { variables: { name: 'Bo' } }),
      row(4, '+12125550101', { variables: { sum: '5' } }),
    ];
    await store.put(first, rows, []);
    expect(await store.finish(first)).toMatchObject({ rows: 3, kept: 2, merged: 1 });
    const second = await store.begin('c', 'b.csv');
    await store.put(
      second,
      [row(2, '+12125550102', { variables: { sum: '7' } }), row(3, '+12125550103')],
      [],
    );
    expect(await store.finish(second)).toMatchObject({ rows: 2, kept: 1, merged: 1 });
    expect(await contacts()).toMatchObject([
      { to_number: '+12125550101', variables: { name: 'Ada', sum: '5' }, region: 'NY', line: '2' },
      { to_number: '+12125550102', variables: { name: 'Bo', sum: '7' } },
      { to_number: '+12125550103' },
    ]);
  });

  test('one that was called already stays so', async (context) => {
    const database = await freshDatabase(context, size);
    const { store, contacts } = await rig(database);
    const first = await store.begin('c', 'a.csv');
    await store.put(first, [row(2, '+12125550101')], []);
    await store.finish(first);
    await sql`update liveline.campaign_contacts set state = 'never', attempts = 2`.execute(database.sql);
    const second = await store.begin('c', 'a.csv');
    await store.put(second, [row(2, '+12125550101')], []);
    expect(await store.finish(second)).toMatchObject({ kept: 0, merged: 1 });
    expect(await contacts()).toMatchObject([{ state: 'never' }]);
  });

  test('one that failed leaves nothing but its faults and its cause', async (context) => {
    const { store, contacts } = await rig(await freshDatabase(context, size));
    const id = await store.begin('c', 'a.csv');
    await store.put(id, [row(2, '+12125550101')], [{ line: 3, field: 'phone', words: 'is missing' }]);
    expect(await store.fail(id, 'line 4: no')).toMatchObject({
      state: 'failed',
      cause: 'line 4: no',
      kept: 0,
    });
    expect(await contacts()).toEqual([]);
    await expect(store.put(id, [row(5, '+12125550102')], [])).rejects.toMatchObject({
      code: 'CONTACTS_INVALID',
    });
    await expect(store.finish(id)).rejects.toMatchObject({ code: 'CONTACTS_INVALID' });
    expect(await all(store.faults(id))).toHaveLength(1);
  });

  test('one whose reader died fails after ten minutes, and no earlier', async (context) => {
    const { store, contacts } = await rig(await freshDatabase(context, size));
    const id = await store.begin('c', 'a.csv');
    await store.put(id, [row(2, '+12125550101')], []);
    expect(await store.failLost(Date.now())).toBe(0);
    expect(await store.failLost(Date.now() + 660_000)).toBe(1);
    expect(await store.find('c')).toMatchObject([{ state: 'failed' }]);
    await expect(store.finish(id)).rejects.toMatchObject({ code: 'CONTACTS_INVALID' });
    expect(await contacts()).toEqual([]);
  });

  test('rows that a crash of the database took are not missing in silence', async (context) => {
    const database = await freshDatabase(context, size);
    const { store, contacts } = await rig(database);
    const id = await store.begin('c', 'a.csv');
    await store.put(id, [row(2, '+12125550101')], []);
    await sql`truncate liveline.imported_rows`.execute(database.sql);
    await store.put(id, [row(3, '+12125550102')], []);
    await expect(store.finish(id)).rejects.toThrow('the database has lost rows of it');
    expect(await contacts()).toEqual([]);
  });

  test('consent is kept once, whichever file brings it', async (context) => {
    const database = await freshDatabase(context, size);
    const { store } = await rig(database);
    const consent = consentOf();
    for (const file of ['a.csv', 'b.csv']) {
      const id = await store.begin('c', file);
      await store.put(id, [row(2, '+12125550101', { consent }), row(3, '+12125550101', { consent })], []);
      await store.finish(id);
    }
    const { rows } = await sql`select number, kind, source, wording from liveline.consents`.execute(
      database.sql,
    );
    expect(rows).toEqual([{ number: '+12125550101', kind: 'written', source: 'web', wording: 'yes' }]);
  });

  test('each seller has a consent of its own, and what a rehearsal brings is kept apart', async (context) => {
    const database = await freshDatabase(context, size);
    const { store } = await rig(database);
    await sql`
      insert into liveline.campaigns (id, name, rehearsal, profile, settings, state)
      values ('real', 'summer', false, 'p', '{}', 'draft')`.execute(database.sql);
    const importing = async (campaign: string, ...consents: ImportedConsent[]) => {
      const id = await store.begin(campaign, 'a.csv');
      await store.put(
        id,
        consents.map((consent, at) => row(at + 2, '+12125550101', { consent })),
        [],
      );
      await store.finish(id);
    };
    const [dental, heating] = ['Harbour Dental', 'Harbour Heating'].map((seller) => consentOf({ seller }));
    const until = '2026-06-01T00:00:00.000Z';
    await importing('c', dental!, { ...heating!, expiresAt: until });
    await importing('real', dental!);
    const { rows } = await sql<{ seller: string; rehearsal: boolean; expires_at: Date | null }>`
      select seller, rehearsal, expires_at from liveline.consents order by rehearsal, seller`.execute(
      database.sql,
    );
    expect(rows).toEqual([
      { seller: 'Harbour Dental', rehearsal: false, expires_at: null },
      { seller: 'Harbour Dental', rehearsal: true, expires_at: null },
      { seller: 'Harbour Heating', rehearsal: true, expires_at: new Date(until) },
    ]);
  });

  test('a consent ends when any of its rows says so, and never later than it did', async (context) => {
    const database = await freshDatabase(context, size);
    const { store } = await rig(database);
    const ends = async () => {
      const { rows } = await sql<{ expires_at: Date | null; seller: string }>`
        select expires_at, seller from liveline.consents`.execute(database.sql);
      return rows.map(({ expires_at, seller }) => [expires_at?.toISOString(), seller]);
    };
    const importing = async (...expiring: (string | undefined)[]) => {
      const id = await store.begin('c', 'a.csv');
      const rows = expiring.map((expiresAt, at) =>
        row(at + 2, '+12125550101', { consent: consentOf({ expiresAt, seller: 'Harbour Dental' }) }),
      );
      await store.put(id, rows, []);
      await store.finish(id);
    };
    const day = (date: string) => `${date}T00:00:00.000Z`;
    await importing(undefined);
    expect(await ends()).toEqual([[undefined, 'Harbour Dental']]);
    await importing(day('2028-01-01'), day('2027-01-01'), undefined);
    expect(await ends()).toEqual([[day('2027-01-01'), 'Harbour Dental']]);
    await importing(day('2028-01-01'));
    await importing(undefined);
    expect(await ends()).toEqual([[day('2027-01-01'), 'Harbour Dental']]);
  });

  test('rows of one number that say different places: the first counts, the others are faults', async (context) => {
    const { store, contacts } = await rig(await freshDatabase(context, size));
    const first = await store.begin('c', 'a.csv');
    const [west, east] = ['America/Los_Angeles', 'America/New_York'];
    const rows = [
      row(2, '+12125550101', { timeZone: west, region: 'CA', variables: { name: 'Ada' } }),
      row(3, '+12125550101', { timeZone: east, region: 'CA', variables: { name: 'Bo' } }),
      row(4, '+12125550101', { region: 'NY' }),
      row(5, '+12125550101', { timeZone: west.toLowerCase(), region: 'ca', variables: { sum: '1' } }),
      row(6, '+12125550102', { region: 'NY', timeZone: east }),
      row(7, '+12125550103'),
    ];
    await store.put(first, rows, [{ line: 8, field: 'phone', words: 'is missing' }]);
    expect(await store.finish(first)).toMatchObject({ rows: 7, kept: 3, merged: 1, faulty: 3 });
    const words = expect.stringContaining('differs from an earlier row of this number') as string;
    expect(await all(store.faults(first))).toEqual([
      { line: 3, field: 'time_zone', words },
      { line: 4, field: 'region', words },
      { line: 8, field: 'phone', words: 'is missing' },
    ]);
    const second = await store.begin('c', 'b.csv');
    const again = [
      row(2, '+12125550102', { region: 'CA', variables: { sum: '2' } }),
      row(3, '+12125550103', { region: 'CA' }),
      row(4, '+12125550101', { timeZone: west }),
    ];
    await store.put(second, again, []);
    expect(await store.finish(second)).toMatchObject({ rows: 3, kept: 0, merged: 2, faulty: 1 });
    expect(await all(store.faults(second))).toEqual([{ line: 2, field: 'region', words }]);
    expect(await contacts()).toMatchObject([
      { region: 'CA', time_zone: west, variables: { name: 'Ada', sum: '1' } },
      { region: 'NY', time_zone: east, variables: {} },
      { region: 'CA', time_zone: null },
    ]);
  });

  test('there is no import into a campaign that is over or unknown', async (context) => {
    const database = await freshDatabase(context, size);
    const { store } = await rig(database);
    await sql`update liveline.campaigns set state = 'stopped'`.execute(database.sql);
    for (const campaign of ['c', 'd'])
      await expect(store.begin(campaign, 'a.csv')).rejects.toMatchObject({ code: 'CONTACTS_INVALID' });
  });
});
