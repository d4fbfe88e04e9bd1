// Contacts from a file into the CRM of our own. Who was changed on a call since keeps what the call said, unless told
// otherwise. Knows neither files nor who asks for it.
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { storable, storableJsonText } from '../store/storable.ts';
import type { Contact } from './crm.ts';
import { foldedWords } from './folded-name.ts';
import { askingOf } from './postgres-asking.ts';

export interface ImportOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  /** Its contacts are those of rehearsals, and no others are touched; and the reverse. */
  readonly rehearsal: boolean;
  /** By their ids. */
  readonly contacts: readonly Contact[];
  /** Also those that were changed on a call since. */
  readonly overwrite: boolean;
}

export interface Imported {
  readonly added: number;
  readonly changed: number;
  /** Were there already, just so. */
  readonly same: number;
  /** Differ from the file because of a call, and were left so. */
  readonly kept: number;
  /** Share their phone number with somebody of another id: it finds neither of them. */
  readonly sharing: number;
}

/** All of them, or none. Again it changes nothing. Throws CRM_UNAVAILABLE, CRM_REFUSED and CRM_IN_DOUBT. */
export function importContacts(options: ImportOptions, signal: AbortSignal): Promise<Imported> {
  const { database, rehearsal, contacts, overwrite } = options;
  const given = sql`jsonb_to_recordset(${JSON.stringify(contacts.map(rowOf))}::jsonb)
    as given(id text, name text, folded_name text, phone text, email text, facts jsonb)`;
  return askingOf(database).write(signal, async (db) => {
    // In the order of ids, so that two imports at once wait for each other and never both at once.
    await sql`
      select from liveline.crm_contacts where rehearsal = ${rehearsal} and id in (select id from ${given})
      order by id for no key update`.execute(db);
    // Whom samples put there is theirs no more, though nothing else may change.
    await sql`
      update liveline.crm_contacts as known set sample = false from ${given}
      where known.id = given.id and known.rehearsal = ${rehearsal} and known.sample`.execute(db);
    const written = await sql<{ isNew: boolean }>`
      insert into liveline.crm_contacts as known (rehearsal, id, name, folded_name, phone, email, facts)
      select ${rehearsal}, id, name, folded_name, phone, email, facts from ${given} order by id
      on conflict (rehearsal, id) do update set
        name = excluded.name, folded_name = excluded.folded_name, phone = excluded.phone,
        email = excluded.email, facts = excluded.facts, updated_at = null
      where (known.updated_at is null or ${overwrite})
        and (known.name, known.phone, known.email, known.facts)
          is distinct from (excluded.name, excluded.phone, excluded.email, excluded.facts)
      returning xmax = 0 as "isNew"`.execute(db);
    const { rows } = await sql<{ kept: number; sharing: number }>`
      select
        count(*) filter (where (known.name, known.phone, known.email, known.facts)
          is distinct from (given.name, given.phone, given.email, given.facts))::int as kept,
        count(*) filter (where exists (select from liveline.crm_contacts as other
          where other.rehearsal = ${rehearsal} and other.phone = known.phone and other.id <> known.id))::int as sharing
      from ${given} join liveline.crm_contacts as known
        on known.id = given.id and known.rehearsal = ${rehearsal}`.execute(db);
    const { kept, sharing } = rows[0]!;
    const added = written.rows.filter(({ isNew }) => isNew).length;
    const changed = written.rows.length - added;
    return { added, changed, same: contacts.length - added - changed - kept, kept, sharing };
  });
}

const rowOf = ({ id, name, phone, email, facts }: Contact): object => ({
  id: storable(id),
  name: storable(name),
  folded_name: foldedWords(name).join(' '),
  phone: phone ?? null,
  email: email === undefined ? null : storable(email),
  facts: JSON.parse(storableJsonText(facts)) as unknown,
});
