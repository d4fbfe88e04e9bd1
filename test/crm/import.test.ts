// Contacts from a file, and what callers left, in a real PostgreSQL.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { loadCustomers } from '../../src/crm/contacts-file.ts';
import type { Contact } from '../../src/crm/crm.ts';
import { importContacts } from '../../src/crm/import.ts';
import { leftMessages } from '../../src/crm/left-messages.ts';
import { createPostgresCrm } from '../../src/crm/postgres.ts';
import type { Database } from '../../src/store/database.ts';
import { failing, go } from '../contracts/crm-rig.ts';
import { freshDatabase } from '../doubles/databases.ts';

const ADA: Contact = {
  id: 'ada',
  name: 'Ada Moreno',
  phone: '+15550100123',
  facts: { 'last visit': 'in March' },
};
const BOB: Contact = {
  id: 'bob',
  name: 'Bob Ørsted',
  phone: '+15550100124',
  email: 'bob@example.com',
  facts: {},
};

async function opened(context: Pick<TestContext, 'onTestFinished'>) {
  const database = await freshDatabase(context);
  return {
    database,
    crm: createPostgresCrm({ database, rehearsal: false }),
    rehearsed: createPostgresCrm({ database, rehearsal: true }),
  };
}
const bring = (
  database: Database,
  contacts: readonly Contact[],
  more: { rehearsal?: boolean; overwrite?: boolean } = {},
) => importContacts({ database, contacts, rehearsal: false, overwrite: false, ...more }, go());
const NOTHING = { added: 0, changed: 0, same: 0, kept: 0, sharing: 0 };

test('added, found by all that identifies them, and the same again is the same', async (context) => {
  const { database, crm } = await opened(context);
  expect(await bring(database, [ADA, BOB])).toEqual({ ...NOTHING, added: 2 });
  expect(await bring(database, [BOB, ADA])).toEqual({ ...NOTHING, same: 2 });
  expect(await crm.findByPhone('+15550100123', go())).toEqual(ADA);
  expect(await crm.findByEmail('BOB@example.com', go())).toEqual(BOB);
  expect(await crm.findByName('orsted', 5, go())).toEqual([BOB]);
});

test('a changed file changes who is in it, with what is no longer said', async (context) => {
  const { database, crm } = await opened(context);
  await bring(database, [ADA, BOB]);
  const changed = { id: 'bob', name: 'Robert Ørsted', phone: '+15550100124', facts: { member: 'yes' } };
  expect(await bring(database, [ADA, changed])).toEqual({ ...NOTHING, changed: 1, same: 1 });
  expect(await crm.findById('bob', go())).toEqual(changed);
  expect(await crm.findByName('Bob', 5, go())).toEqual([]);
  expect(await crm.findById('ada', go())).toEqual(ADA);
});

test('what a caller changed is kept, unless the file is to win', async (context) => {
  const { database, crm } = await opened(context);
  await bring(database, [ADA, BOB]);
  await crm.updateContact('ada', { phone: '+15550100199' }, go());
  expect(await bring(database, [ADA, BOB])).toEqual({ ...NOTHING, kept: 1, same: 1 });
  expect(await crm.findById('ada', go())).toMatchObject({ phone: '+15550100199' });
  expect(await bring(database, [ADA, BOB], { overwrite: true })).toEqual({ ...NOTHING, changed: 1, same: 1 });
  expect(await crm.findById('ada', go())).toEqual(ADA);
  expect(await bring(database, [ADA, BOB])).toEqual({ ...NOTHING, same: 2 });
});

test('rehearsals and real calls never see each other', async (context) => {
  const { database, crm, rehearsed } = await opened(context);
  await bring(database, [ADA], { rehearsal: true });
  expect(await crm.findById('ada', go())).toBeUndefined();
  const real = { ...ADA, name: 'Ada King' };
  expect(await bring(database, [real])).toEqual({ ...NOTHING, added: 1 });
  expect(await rehearsed.findById('ada', go())).toEqual(ADA);
  expect(await crm.findById('ada', go())).toEqual(real);
});

test('a number that somebody else has is counted', async (context) => {
  const { database, crm } = await opened(context);
  await crm.createContact({ name: 'Ada from a call', phone: ADA.phone }, 'k', go());
  expect(await bring(database, [ADA, BOB])).toEqual({ ...NOTHING, added: 2, sharing: 1 });
  expect(await crm.findByPhone('+15550100123', go())).toBeUndefined();
});

test('one that does not fit: all are left out, and nothing of theirs is in the error', async (context) => {
  const { database, crm } = await opened(context);
  const thrown: unknown = await bring(database, [ADA, { ...BOB, name: 'Geheim '.repeat(100) }]).catch(
    (caught: unknown) => caught,
  );
  expect(thrown).toEqual(failing('CRM_REFUSED'));
  expect(JSON.stringify([thrown, String(thrown), (thrown as Error).cause])).not.toMatch(/Geheim|5550100/);
  expect(await crm.findById('ada', go())).toBeUndefined();
});

test('texts that no row holds, and none at all', async (context) => {
  const { database, crm } = await opened(context);
  expect(await bring(database, [])).toEqual(NOTHING);
  const odd = { ...ADA, name: "A\0da'; drop table", facts: { 'a\0': '\ud800"', b: '{"x":1}' } };
  expect(await bring(database, [odd])).toEqual({ ...NOTHING, added: 1 });
  expect(await bring(database, [odd])).toEqual({ ...NOTHING, same: 1 });
  expect(await crm.findById('ada', go())).toMatchObject({
    name: "A\ufffdda'; drop table",
    facts: { b: '{"x":1}' },
  });
});

test('twice at once: everybody is there once', async (context) => {
  const { database } = await opened(context);
  const both = await Promise.all([bring(database, [ADA, BOB]), bring(database, [BOB, ADA])]);
  expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(2);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from liveline.crm_contacts`.execute(
    database.sql,
  );
  expect(rows[0]?.n).toBe(2);
});

test('what callers left: messages and tickets of real calls, newest first, since a time', async (context) => {
  const { database, crm, rehearsed } = await opened(context);
  await bring(database, [ADA]);
  const note = { kind: 'message', title: 'Call back', text: 'Please.', from: 'Ada, +15550100123' } as const;
  await crm.createObject({ ...note, contactId: 'ada' }, 'k1', go());
  await crm.createObject({ ...note, kind: 'ticket', title: 'No heat' }, 'k2', go());
  await rehearsed.createObject(note, 'k3', go());
  const ask = (more: object) =>
    leftMessages({ database, rehearsal: false, sinceMs: 0, limit: 10, ...more }, go());
  expect(await ask({})).toEqual([
    expect.objectContaining({ kind: 'ticket', title: 'No heat', text: 'Please.', contactId: null }),
    expect.objectContaining({ kind: 'message', from: 'Ada, +15550100123', status: 'open', contactId: 'ada' }),
  ]);
  expect(await ask({ limit: 1 })).toHaveLength(1);
  expect(await ask({ rehearsal: true })).toHaveLength(1);
  expect(await ask({ sinceMs: Date.UTC(2200, 0) })).toEqual([]);
});

test('facts of just the size that a file may have are taken', async (context) => {
  const { database, crm } = await opened(context);
  const folder = await mkdtemp(join(tmpdir(), 'contacts-'));
  context.onTestFinished(() => rm(folder, { recursive: true }));
  const fileOf = async (facts: object): Promise<readonly Contact[]> => {
    await writeFile(join(folder, 'c.yaml'), JSON.stringify({ customers: [{ ...ADA, facts }] }));
    return await loadCustomers(join(folder, 'c.yaml'), false);
  };
  const answerTo = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'taken',
      (thrown: unknown) => (thrown as { code?: unknown }).code,
    );
  // 65 536 bytes as PostgreSQL keeps them: 8, and for each fact 8 with its texts.
  const others = { 'a fact': 'x'.repeat(59_000), ö: '🦷'.repeat(1_375) };
  const room = 65_536 - 8 - (8 + 6 + 59_000) - (8 + 2 + 5_500) - (8 + 1);
  const facts = { ...others, z: '1'.repeat(room) };
  const tooMuch = { ...others, z: '1'.repeat(room + 1) };
  expect(await bring(database, await fileOf(facts))).toEqual({ ...NOTHING, added: 1 });
  expect((await crm.findById('ada', go()))?.facts['z']).toHaveLength(room);
  expect(await answerTo(bring(database, [{ ...ADA, facts: tooMuch }]))).toBe('CRM_REFUSED');
  expect(await answerTo(fileOf(tooMuch))).toBe('CONTACTS_INVALID');
});
