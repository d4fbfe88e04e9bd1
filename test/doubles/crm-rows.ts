// Puts a world of the CRM's contract into the tables of the CRM, as whoever imports customers would.
import type { World } from '../contracts/crm-world.ts';
import { foldedWords } from '../../src/crm/folded-name.ts';
import type { Database } from '../../src/store/database.ts';
import { SCHEMA } from '../../src/store/tables.ts';

const bare = (number: string): string => number.replaceAll(/[\s-]/g, '').toLowerCase();

export async function fillCrm({ sql }: Database, world: World, rehearsal: boolean): Promise<void> {
  const db = sql.withSchema(SCHEMA);
  const contacts = world.contacts.map(({ id, name, phone, email, facts }) => ({
    ...{ rehearsal, id, name, folded_name: foldedWords(name).join(' '), facts: JSON.stringify(facts) },
    ...{ phone: phone ?? null, email: email ?? null, key: null },
  }));
  await db.insertInto('crm_contacts').values(contacts).execute();
  const appointments = world.appointments.map(({ id, contactId, startsAtMs, minutes, about, status }) => ({
    ...{ rehearsal, id, contact_id: contactId, about, status, key: null },
    starts_at: new Date(startsAtMs),
    ends_at: new Date(startsAtMs + minutes * 60_000),
  }));
  await db.insertInto('crm_appointments').values(appointments).execute();
  const objects = world.objects.map(({ contactId, facts, createdAtMs, ...one }) => ({
    ...{ ...one, rehearsal, contact_id: contactId ?? null, key: null, bare_number: bare(one.number) },
    facts: JSON.stringify(facts),
    created_at: new Date(createdAtMs),
  }));
  await db.insertInto('crm_objects').values(objects).execute();
}
