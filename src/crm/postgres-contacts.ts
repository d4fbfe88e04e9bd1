// Contacts in PostgreSQL: found by what identifies them or by name, and written. Knows nothing of what is agreed with them.
import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { LivelineError } from '../base/errors.ts';
import type { CrmContactsTable } from '../store/tables/crm.ts';
import { storable, storableJsonText } from '../store/storable.ts';
import type { Contact, Crm } from './crm.ts';
import { foldedWords } from './folded-name.ts';
import { nameRank } from './names.ts';
import type { Asking } from './postgres-asking.ts';
import { isNowhere } from './postgres-values.ts';

type Row = Pick<Selectable<CrmContactsTable>, 'id' | 'name' | 'phone' | 'email'> & {
  facts: Contact['facts'];
};

const COLUMNS = sql`id, name, phone, email, facts`;
const toContact = ({ id, name, phone, email, facts }: Row): Contact => ({
  id,
  name,
  ...(phone !== null && { phone }),
  ...(email !== null && { email }),
  facts,
});
const orNull = (text: string | undefined): string | null => (text === undefined ? null : storable(text));
/** The index knows a name only roughly: so many more are looked at than are asked for. */
const candidates = (limit: number): number => 4 * limit + 20;

export function contactsOf(
  { read, write }: Asking,
  rehearsal: boolean,
): Pick<Crm, 'findByPhone' | 'findByEmail' | 'findById' | 'findByName' | 'createContact' | 'updateContact'> {
  /** Of several, the one that is known longest. */
  const findBy = (text: string, where: RawBuilder<unknown>, signal: AbortSignal) =>
    read(signal, async (db) => {
      if (isNowhere(text)) return undefined;
      const { rows } = await sql<Row>`
        select ${COLUMNS} from liveline.crm_contacts where ${where} and rehearsal = ${rehearsal}
        order by created_at, id limit 1`.execute(db);
      return rows[0] && toContact(rows[0]);
    });

  return {
    /** Whom a number belongs to that several have, nobody can say. */
    findByPhone: (phone, signal) =>
      read(signal, async (db) => {
        if (isNowhere(phone)) return undefined;
        const { rows } = await sql<Row>`
          select ${COLUMNS} from liveline.crm_contacts
          where phone = ${phone} and rehearsal = ${rehearsal} limit 2`.execute(db);
        return rows.length === 1 ? toContact(rows[0]!) : undefined;
      }),
    findByEmail: (email, signal) => findBy(email, sql`lower(email) = lower(${email})`, signal),
    findById: (id, signal) => findBy(id, sql`id = ${id}`, signal),

    findByName: (name, limit, signal) =>
      read(signal, async (db) => {
        const words = foldedWords(name);
        if (words.length === 0 || limit <= 0) return [];
        // Letters and digits between quotes: nothing that the language of text searches could take for its own.
        const whole = words.map((word) => `'${word}'`).join(' & ');
        const begun = words.map((word) => `'${word}':*`).join(' & ');
        const { rows } = await sql<Row>`
          select ${COLUMNS} from liveline.crm_contacts
          where name_words @@ ${begun}::tsquery and rehearsal = ${rehearsal}
          order by folded_name = ${words.join(' ')} desc, name_words @@ ${whole}::tsquery desc, name, id
          limit ${candidates(limit)}`.execute(db);
        return rows
          .map((row) => ({ row, rank: nameRank(name, row.name) }))
          .filter(({ rank }) => rank !== undefined)
          .sort((a, b) => a.rank! - b.rank!)
          .slice(0, limit)
          .map(({ row }) => toContact(row));
      }),

    createContact: ({ name, phone, email, facts = {} }, key, signal) =>
      write(signal, async (db) => {
        const made = await sql<Row>`
          insert into liveline.crm_contacts (rehearsal, id, key, name, folded_name, phone, email, facts)
          values (${rehearsal}, ${randomUUID()}, ${storable(key)}, ${storable(name)},
            ${foldedWords(name).join(' ')}, ${orNull(phone)}, ${orNull(email)}, ${storableJsonText(facts)}::jsonb)
          on conflict (rehearsal, key) do nothing returning ${COLUMNS}`.execute(db);
        if (made.rows[0]) return toContact(made.rows[0]);
        const first = await sql<Row>`
          select ${COLUMNS} from liveline.crm_contacts where rehearsal = ${rehearsal} and key = ${storable(key)}`.execute(
          db,
        );
        return toContact(first.rows[0]!);
      }),

    updateContact: (id, { name, phone, email, facts = {} }, signal) =>
      write(signal, async (db) => {
        const { rows } = isNowhere(id)
          ? { rows: [] }
          : await sql<Row>`
              update liveline.crm_contacts set
                name = coalesce(${orNull(name)}, name),
                folded_name = coalesce(${name === undefined ? null : foldedWords(name).join(' ')}, folded_name),
                phone = coalesce(${orNull(phone)}, phone),
                email = coalesce(${orNull(email)}, email),
                facts = facts || ${storableJsonText(facts)}::jsonb,
                updated_at = now()
              where rehearsal = ${rehearsal} and id = ${id} returning ${COLUMNS}`.execute(db);
        if (!rows[0]) throw new LivelineError('CRM_UNKNOWN', 'there is no contact under this id');
        return toContact(rows[0]);
      }),
  };
}
