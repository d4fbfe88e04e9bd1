// Orders, tickets and messages in PostgreSQL, and the calls that were. Knows nothing of who handles them.
import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { CrmObjectsTable } from '../store/tables/crm.ts';
import { storable, storableJsonText } from '../store/storable.ts';
import type { Crm, CrmObject } from './crm.ts';
import type { Asking } from './postgres-asking.ts';
import { bareNumber, isNowhere, timeOf } from './postgres-values.ts';

type Row = Pick<Selectable<CrmObjectsTable>, 'id' | 'kind' | 'number' | 'contact_id' | 'title' | 'status'> & {
  facts: CrmObject['facts'];
};

const COLUMNS = sql`id, kind, number, contact_id, title, status, facts`;
/** Before the numbers that are given out here: T-1001 is the first. */
const PREFIX = { ticket: 'T', message: 'M' } as const;
const NUMBERS_BEGIN_AFTER = 1_000;

const toObject = ({ contact_id, ...row }: Row): CrmObject => ({
  ...row,
  ...(contact_id !== null && { contactId: contact_id }),
});

export function objectsOf(
  { read, write }: Asking,
  rehearsal: boolean,
): Pick<Crm, 'objectsOf' | 'findObject' | 'createObject' | 'logCall'> {
  /** Null for a contact that is gone: what was said to us is kept all the same. */
  const contactIfThere = (id: string | undefined): RawBuilder<unknown> => sql`(
    select id from liveline.crm_contacts
    where rehearsal = ${rehearsal} and id = ${id === undefined ? null : storable(id)} for key share)`;

  return {
    objectsOf: (contactId, kind, limit, signal) =>
      read(signal, async (db) => {
        if (isNowhere(contactId) || limit <= 0) return [];
        const { rows } = await sql<Row>`
          select ${COLUMNS} from liveline.crm_objects
          where contact_id = ${contactId} and kind = ${kind} and rehearsal = ${rehearsal}
          order by created_at desc, n desc limit ${limit}`.execute(db);
        return rows.map(toObject);
      }),

    findObject: (kind, number, signal) =>
      read(signal, async (db) => {
        const { rows } = await sql<Row>`
          select ${COLUMNS} from liveline.crm_objects
          where bare_number = ${bareNumber(number)} and kind = ${kind} and rehearsal = ${rehearsal}`.execute(
          db,
        );
        return rows[0] && toObject(rows[0]);
      }),

    createObject: ({ kind, contactId, title, text, from }, key, signal) =>
      write(signal, async (db) => {
        const made = await sql<Row>`
          insert into liveline.crm_objects
            (rehearsal, id, n, key, kind, number, bare_number, contact_id, title, status, facts)
          select ${rehearsal}, ${randomUUID()}, n, ${storable(key)}, ${kind}, ${PREFIX[kind]} || '-' || called,
            ${PREFIX[kind].toLowerCase()} || called, ${contactIfThere(contactId)}, ${storable(title)}, 'open',
            ${storableJsonText({ text, from })}::jsonb
          from (select n, n + ${NUMBERS_BEGIN_AFTER}::bigint as called
            from nextval(pg_get_serial_sequence('liveline.crm_objects', 'n')) as n) as next
          on conflict (rehearsal, key) do nothing returning ${COLUMNS}`.execute(db);
        if (made.rows[0]) return toObject(made.rows[0]);
        const first = await sql<Row>`
          select ${COLUMNS} from liveline.crm_objects where rehearsal = ${rehearsal} and key = ${storable(key)}`.execute(
          db,
        );
        return toObject(first.rows[0]!);
      }),

    logCall: (log, signal) =>
      write(signal, async (db) => {
        await sql`
          insert into liveline.crm_calls (rehearsal, call_id, contact_id, from_number, to_number, direction,
            started_at, duration_ms, outcome, summary, recording_url)
          values (${rehearsal}, ${storable(log.callId)}, ${contactIfThere(log.contactId)}, ${storable(log.from)},
            ${storable(log.to)}, ${log.direction}, ${timeOf(log.startedAtMs)}, ${Math.round(log.durationMs)},
            ${storable(log.outcome)}, ${storable(log.summary)},
            ${log.recordingUrl === undefined ? null : storable(log.recordingUrl)})
          on conflict do nothing`.execute(db);
      }),
  };
}
