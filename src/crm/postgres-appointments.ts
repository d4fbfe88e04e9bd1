// Appointments in PostgreSQL: one calendar, in which no two that are booked overlap. Knows nothing of opening hours.
import { randomUUID } from 'node:crypto';
import { sql, type Kysely, type Selectable } from 'kysely';
import pg from 'pg';
import { LivelineError } from '../base/errors.ts';
import type { CrmAppointmentsTable } from '../store/tables/crm.ts';
import type { Tables } from '../store/tables.ts';
import { storable } from '../store/storable.ts';
import type { Appointment, Crm } from './crm.ts';
import type { Asking } from './postgres-asking.ts';
import { isNowhere, timeOf } from './postgres-values.ts';

type Row = Omit<Selectable<CrmAppointmentsTable>, 'rehearsal' | 'key' | 'created_at'>;

const MOST = 20;
const MINUTE_MS = 60_000;
/** postgresql.org, Error Codes. */
const EXCLUSION_VIOLATION = '23P01';
const COLUMNS = sql`id, contact_id, starts_at, ends_at, about, status`;

const toAppointment = ({ id, contact_id, starts_at, ends_at, about, status }: Row): Appointment => ({
  id,
  contactId: contact_id,
  startsAtMs: starts_at.getTime(),
  minutes: (ends_at.getTime() - starts_at.getTime()) / MINUTE_MS,
  about,
  status,
});

/** Until the transaction ends nobody else books: two at once would otherwise wait for each other's row, and one would die. */
export const lockCalendar = (db: Kysely<Tables>): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtext('liveline.crm_appointments'))`.execute(db);

export function appointmentsOf(
  { read, write }: Asking,
  rehearsal: boolean,
): Pick<Crm, 'appointmentsOf' | 'bookAppointment' | 'cancelAppointment'> {
  return {
    appointmentsOf: (contactId, fromMs, signal) =>
      read(signal, async (db) => {
        if (isNowhere(contactId)) return [];
        const { rows } = await sql<Row>`
          select ${COLUMNS} from liveline.crm_appointments
          where contact_id = ${contactId} and rehearsal = ${rehearsal} and status = 'booked'
            and ends_at > ${timeOf(fromMs)}
          order by starts_at limit ${MOST}`.execute(db);
        return rows.map(toAppointment);
      }),

    bookAppointment: ({ contactId, startsAtMs, minutes, about }, key, signal) =>
      write(signal, async (db) => {
        await lockCalendar(db);
        const first = await sql<Row>`
          select ${COLUMNS} from liveline.crm_appointments
          where rehearsal = ${rehearsal} and key = ${storable(key)}`.execute(db);
        if (first.rows[0]) return toAppointment(first.rows[0]);
        // With a hold on the contact, which somebody may be deleting.
        const { rows } = await sql<Row>`
          insert into liveline.crm_appointments
            (rehearsal, id, key, contact_id, starts_at, ends_at, about, status)
          select ${rehearsal}, ${randomUUID()}, ${storable(key)}, id, ${timeOf(startsAtMs)}::timestamptz,
            ${timeOf(startsAtMs + minutes * MINUTE_MS)}::timestamptz, ${storable(about)}, 'booked'
          from (select id from liveline.crm_contacts where rehearsal = ${rehearsal} and id = ${storable(contactId)}
            for key share) as contact
          returning ${COLUMNS}`
          .execute(db)
          .catch((thrown: unknown) => {
            throw thrown instanceof pg.DatabaseError && thrown.code === EXCLUSION_VIOLATION
              ? new LivelineError('CRM_CONFLICT', 'this time is taken by another appointment')
              : thrown;
          });
        if (!rows[0]) throw new LivelineError('CRM_UNKNOWN', 'there is no contact under this id');
        return toAppointment(rows[0]);
      }),

    cancelAppointment: (id, signal) =>
      write(signal, async (db) => {
        const { rows } = isNowhere(id)
          ? { rows: [] }
          : await sql<Row>`
              update liveline.crm_appointments set status = 'cancelled'
              where rehearsal = ${rehearsal} and id = ${id} returning ${COLUMNS}`.execute(db);
        if (!rows[0]) throw new LivelineError('CRM_UNKNOWN', 'there is no appointment under this id');
        return toAppointment(rows[0]);
      }),
  };
}
