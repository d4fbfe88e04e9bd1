// The sample customers in the database, for rehearsals: put there, and their appointments moved on once they are over.
// What callers changed or booked stays, unless it is asked to be as new.
import { sql, type Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { SCHEMA, type Tables } from '../store/tables.ts';
import { storableJsonText } from '../store/storable.ts';
import type { SampleAppointment, SampleCustomer } from './contacts-file.ts';
import { foldedWords } from './folded-name.ts';
import { lockCalendar } from './postgres-appointments.ts';
import { bareNumber } from './postgres-values.ts';
import { startsOf } from './sample-times.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A day may be full of what callers booked; after so many full ones the appointment is left out. */
const DAYS_TRIED = 20;

export interface SeedOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly contacts: readonly SampleCustomer[];
  readonly epochMs: number;
  /** What callers booked in earlier rehearsals goes. */
  readonly asNew?: boolean | undefined;
}

/** May be called at any time, by several processes. Throws what the database throws. */
export async function seedSamples({
  database,
  contacts,
  epochMs,
  asNew = false,
}: SeedOptions): Promise<void> {
  if (contacts.length === 0) return;
  await database.ready();
  await database.sql.transaction().execute(async (transaction) => {
    // Also keeps two processes from seeding at once.
    await lockCalendar(transaction);
    const db = transaction.withSchema(SCHEMA);
    if (asNew)
      await db
        .deleteFrom('crm_appointments')
        .where('rehearsal', '=', true)
        .where('id', 'not like', 'sample-%')
        .execute();
    await putContacts(db, contacts);
    await putOrders(db, contacts, epochMs);
    await putAppointments(db, contacts, epochMs);
  });
}

async function putContacts(db: Kysely<Tables>, contacts: readonly SampleCustomer[]): Promise<void> {
  const rows = contacts.map(({ id, name, phone, email, facts }) => ({
    rehearsal: true,
    id,
    key: null,
    name,
    folded_name: foldedWords(name).join(' '),
    phone,
    email: email ?? null,
    facts: storableJsonText(facts),
    sample: true,
  }));
  await db
    .insertInto('crm_contacts')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['rehearsal', 'id'])
        .doUpdateSet((row) => ({
          name: row.ref('excluded.name'),
          folded_name: row.ref('excluded.folded_name'),
          phone: row.ref('excluded.phone'),
          email: row.ref('excluded.email'),
          facts: row.ref('excluded.facts'),
        }))
        // Who was imported since is the importer's.
        .where('crm_contacts.sample', '=', true)
        .where('crm_contacts.updated_at', 'is', null),
    )
    .execute();
}

async function putOrders(
  db: Kysely<Tables>,
  contacts: readonly SampleCustomer[],
  epochMs: number,
): Promise<void> {
  const rows = contacts.flatMap((contact) =>
    contact.orders.map(({ number, title, status, facts, daysAgo }) => ({
      rehearsal: true,
      id: `sample-${number}`,
      key: null,
      kind: 'order' as const,
      number,
      bare_number: bareNumber(number),
      contact_id: contact.id,
      title,
      status,
      facts: storableJsonText(facts),
      created_at: new Date(epochMs - daysAgo * DAY_MS),
    })),
  );
  if (rows.length === 0) return;
  await db
    .insertInto('crm_objects')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['rehearsal', 'id']).doUpdateSet((row) => ({
        contact_id: row.ref('excluded.contact_id'),
        title: row.ref('excluded.title'),
        status: row.ref('excluded.status'),
        facts: row.ref('excluded.facts'),
        created_at: row.ref('excluded.created_at'),
      })),
    )
    .execute();
}

/** One that is not over stays where it is, be it cancelled. */
async function putAppointments(
  db: Kysely<Tables>,
  contacts: readonly SampleCustomer[],
  epochMs: number,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from liveline.crm_appointments where rehearsal and ends_at > ${new Date(epochMs)}`.execute(db);
  const standing = new Set(rows.map(({ id }) => id));
  for (const contact of contacts)
    for (const [n, appointment] of contact.appointments.entries()) {
      const id = `sample-${contact.id}-${n + 1}`;
      if (!standing.has(id)) await putAppointment(db, id, contact, appointment, epochMs);
    }
}

async function putAppointment(
  db: Kysely<Tables>,
  id: string,
  { id: contactId, timeZone }: SampleCustomer,
  appointment: SampleAppointment,
  epochMs: number,
): Promise<void> {
  for (const startsAtMs of startsOf(appointment, timeZone, epochMs).take(DAYS_TRIED)) {
    const [start, end] = [new Date(startsAtMs), new Date(startsAtMs + appointment.minutes * MINUTE_MS)];
    const { numAffectedRows } = await sql`
      insert into liveline.crm_appointments (rehearsal, id, contact_id, starts_at, ends_at, about, status)
      select true, ${id}, ${contactId}, ${start}::timestamptz, ${end}::timestamptz, ${appointment.about}, 'booked'
      where not exists (
        select from liveline.crm_appointments where rehearsal and status = 'booked'
          and tstzrange(starts_at, ends_at) && tstzrange(${start}::timestamptz, ${end}::timestamptz))
      on conflict (rehearsal, id) do update set contact_id = excluded.contact_id, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, about = excluded.about, status = excluded.status`.execute(db);
    if (numAffectedRows !== 0n) return;
  }
}
