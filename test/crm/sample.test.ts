// The sample customers: put into a real database, again and again, as time goes by.
import { resolve } from 'node:path';
import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { loadCustomers } from '../../src/crm/contacts-file.ts';
import { importContacts } from '../../src/crm/import.ts';
import { createPostgresCrm } from '../../src/crm/postgres.ts';
import { seedSamples } from '../../src/crm/sample.ts';
import { freshDatabase } from '../doubles/databases.ts';

const DAY_MS = 86_400_000;
/** A Monday, ten in the morning in New York. */
const NOW_MS = Date.parse('2026-11-23T15:00:00Z');
const THURSDAY_MS = Date.parse('2026-11-26T14:30:00Z');
const go = (): AbortSignal => new AbortController().signal;

async function seeded(context: Pick<TestContext, 'onTestFinished'>) {
  const database = await freshDatabase(context);
  const contacts = await loadCustomers(
    resolve(import.meta.dirname, '../../fixtures/contacts/customers.yaml'),
  );
  const seed = (epochMs: number, of = contacts) => seedSamples({ database, contacts: of, epochMs });
  await seed(NOW_MS);
  const rows = async () =>
    (
      await sql`
        select (select jsonb_agg(to_jsonb(c) - 'name_words' order by id) from liveline.crm_contacts c) as contacts,
          (select jsonb_agg(to_jsonb(a) order by id) from liveline.crm_appointments a) as appointments,
          (select jsonb_agg(to_jsonb(o) - 'n' order by id) from liveline.crm_objects o) as objects`.execute(
        database.sql,
      )
    ).rows[0];
  return { database, contacts, seed, rows, crm: createPostgresCrm({ database, rehearsal: true }) };
}

test('everybody is there, with what is agreed with them and what they ordered', async (context) => {
  const { crm, contacts } = await seeded(context);
  for (const { id, name, phone, appointments, orders, facts } of contacts) {
    expect(await crm.findByPhone(phone, go())).toMatchObject({ id, name, facts });
    const agreed = await crm.appointmentsOf(id, NOW_MS, go());
    expect(agreed.map(({ about }) => about).sort()).toEqual(appointments.map(({ about }) => about).sort());
    const ordered = await crm.objectsOf(id, 'order', 9, go());
    const newestFirst = [...orders].sort((a, b) => a.daysAgo - b.daysAgo);
    expect(ordered.map(({ number }) => number)).toEqual(newestFirst.map(({ number }) => number));
  }
  expect(await crm.appointmentsOf('ada-moreno', NOW_MS, go())).toMatchObject([
    { startsAtMs: THURSDAY_MS, minutes: 30, about: 'a check-up with Doctor Osei' },
  ]);
  expect(await crm.findObject('order', 'hd 2041', go())).toMatchObject({
    contactId: 'ada-moreno',
    title: 'a night guard',
    status: 'ready to be picked up',
  });
});

test('again, be it by several processes at once, nothing changes', async (context) => {
  const { seed, rows } = await seeded(context);
  const before = await rows();
  await Promise.all([seed(NOW_MS), seed(NOW_MS), seed(NOW_MS)]);
  expect(await rows()).toEqual(before);
});

test('later, what is over is in the future again, and the rest stays', async (context) => {
  const { seed, crm, contacts } = await seeded(context);
  const cleaning = await crm.appointmentsOf('priya-raman', NOW_MS + 20 * DAY_MS, go());
  for (const days of [7, 8, 15, 100]) {
    const nowMs = NOW_MS + days * DAY_MS;
    await seed(nowMs);
    for (const { id, appointments } of contacts)
      expect(await crm.appointmentsOf(id, nowMs, go()), `${id}, ${days} days on`).toHaveLength(
        appointments.length,
      );
    if (days === 15)
      expect(await crm.appointmentsOf('priya-raman', nowMs + 10 * DAY_MS, go())).toEqual(cleaning);
  }
});

test('what callers booked, cancelled or changed stays', async (context) => {
  const { seed, crm } = await seeded(context);
  const [ada] = await crm.appointmentsOf('ada-moreno', NOW_MS, go());
  await crm.cancelAppointment(ada!.id, go());
  await crm.updateContact('ada-moreno', { email: 'new@example.com', facts: { allergy: 'latex' } }, go());
  // Where Ada's next one would go.
  const booking = {
    contactId: 'adam-moreno',
    startsAtMs: THURSDAY_MS + 7 * DAY_MS,
    minutes: 30,
    about: 'a filling',
  };
  const booked = await crm.bookAppointment(booking, 'k1', go());
  await seed(NOW_MS + DAY_MS);
  expect(await crm.appointmentsOf('ada-moreno', NOW_MS, go())).toEqual([]);
  await seed(NOW_MS + 4 * DAY_MS);
  expect(await crm.appointmentsOf('adam-moreno', NOW_MS, go())).toEqual([booked]);
  expect(await crm.appointmentsOf('ada-moreno', NOW_MS, go())).toMatchObject([
    { id: ada!.id, startsAtMs: THURSDAY_MS + 14 * DAY_MS, status: 'booked' },
  ]);
  expect(await crm.findById('ada-moreno', go())).toMatchObject({
    email: 'new@example.com',
    facts: { allergy: 'latex', 'last order': 'a night guard, ready to be picked up' },
  });
});

test('what the file says anew is known, of whom no caller changed', async (context) => {
  const { seed, crm, contacts } = await seeded(context);
  await seed(
    NOW_MS,
    contacts.map((one) => ({ ...one, name: `${one.name} Junior` })),
  );
  expect((await crm.findByName('adam moreno junior', 5, go())).map(({ id }) => id)).toEqual(['adam-moreno']);
});

test('nobody who is not rehearsing sees them', async (context) => {
  const { database } = await seeded(context);
  const earnest = createPostgresCrm({ database, rehearsal: false });
  expect(await earnest.findByPhone('+15550100123', go())).toBeUndefined();
  expect(await earnest.findByName('moreno', 5, go())).toEqual([]);
});

test('who was imported is the importer’s, changed or not; the others stay samples', async (context) => {
  const { database, seed, crm, contacts } = await seeded(context);
  const [ada, adam, other] = contacts;
  const mine = [{ ...ada!, name: 'Ada of Ours', email: undefined }, adam!];
  await importContacts({ database, rehearsal: true, overwrite: false, contacts: mine }, go());
  const changed = contacts.map((one) => ({ ...one, name: `${one.name} Anew` }));
  await seed(NOW_MS, changed);
  expect(await crm.findById(ada!.id, go())).toMatchObject({ name: 'Ada of Ours' });
  expect(await crm.findById(adam!.id, go())).toMatchObject({ name: adam!.name });
  expect(await crm.findById(other!.id, go())).toMatchObject({ name: `${other!.name} Anew` });
});
