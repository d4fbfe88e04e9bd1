// Contacts in Salesforce: found, made and changed.
import type { CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { Contact, ContactChanges } from '../crm.ts';
import { nameRank } from '../names.ts';
import { HAS_ID, type Fields, type SalesforceApi } from './api.ts';
import { factsIn, oneLine, withFacts } from './facts.ts';
import { spell, toE164 } from './phones.ts';
import { isRecordId } from './record-id.ts';
import { soqlList, soqlString, soslLoosePrefix, soslPrefix, soslWords } from './soql.ts';

const PHONES = ['Phone', 'MobilePhone', 'HomePhone'] as const;
const SELECT = `Id, FirstName, LastName, ${PHONES.join(', ')}, Email, Description`;
const text = z.string().nullish();
const shape = z.object({
  ...HAS_ID,
  FirstName: text,
  LastName: text,
  Phone: text,
  MobilePhone: text,
  HomePhone: text,
  Email: text,
  Description: text,
});
type Row = z.infer<typeof shape>;

/** Of SOSL, the best first. */
const MOST_CANDIDATES = 200;
/** Several people may share an e-mail address; whom the staff dealt with last is the likeliest. */
const LATEST = 'ORDER BY LastModifiedDate DESC';
/** Of Contact: developer.salesforce.com/docs, Object Reference. */
const MOST_FIRST_NAME = 40;

export class SalesforceContacts {
  readonly #api: SalesforceApi;
  readonly #country: CountryCode | undefined;

  /** `country`: where numbers without a country are at home. */
  constructor(api: SalesforceApi, country: CountryCode | undefined) {
    this.#api = api;
    this.#country = country;
  }

  async byPhone(phone: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    const spelt = spell(phone, this.#country);
    if (spelt === undefined) return undefined;
    const asWritten = soqlList(spelt.spellings);
    const where = PHONES.map((field) => `${field} IN ${asWritten}`).join(' OR ');
    // The index forgives any spelling, but learns of new contacts late.
    const [written, indexed] = await Promise.all([
      this.#api.rows(`SELECT ${SELECT} FROM Contact WHERE ${where} LIMIT 20`, shape, signal),
      this.#api.search(
        `FIND {${spelt.digits}} IN PHONE FIELDS RETURNING Contact(${SELECT} LIMIT 20)`,
        shape,
        signal,
      ),
    ]);
    const meant = [...new Map([...indexed, ...written].map((row) => [row.Id, row])).values()].flatMap(
      (row) => {
        const how = PHONES.map((field) => spelt.meaningOf(row[field] ?? ''));
        return how.some((meaning) => meaning !== undefined) ? [{ row, how }] : [];
      },
    );
    const [only, ...others] = meant;
    // Whom of several who share a number one hears, nobody can tell.
    if (only === undefined || others.length > 0 || only.how.includes('extension')) return undefined;
    return { ...this.#contact(only.row), phone };
  }

  async byEmail(email: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    if (!email.includes('@')) return undefined;
    const where = `Email = ${soqlString(email)}`;
    const rows = await this.#api.rows(
      `SELECT ${SELECT} FROM Contact WHERE ${where} ${LATEST} LIMIT 1`,
      shape,
      signal,
    );
    return rows[0] && this.#contact(rows[0]);
  }

  async byId(id: string, signal: AbortSignal): Promise<Contact | undefined> {
    const row = await this.#row(id, signal);
    return row && this.#contact(row);
  }

  /**
   * By the search index, which learns of new contacts late. It is asked for all words as they are and for any of them
   * with other accents, as nobody documents whether it folds these.
   */
  async byName(name: string, limit: number, signal: AbortSignal): Promise<readonly Contact[]> {
    signal.throwIfAborted();
    const words = soslWords(name);
    if (words.length === 0 || limit <= 0) return [];
    const terms = new Set([words.map(soslPrefix).join(' AND '), words.map(soslLoosePrefix).join(' OR ')]);
    const found = await Promise.all(
      [...terms].map((term) =>
        this.#api.search(
          `FIND {${term}} IN NAME FIELDS RETURNING Contact(${SELECT} LIMIT ${MOST_CANDIDATES})`,
          shape,
          signal,
        ),
      ),
    );
    return [...new Map(found.flat().map((row) => [row.Id, this.#contact(row)])).values()]
      .flatMap((contact) => {
        const rank = nameRank(name, contact.name);
        return rank === undefined ? [] : [{ contact, rank }];
      })
      .sort((a, b) => a.rank - b.rank)
      .slice(0, limit)
      .map(({ contact }) => contact);
  }

  async create(
    { facts = {}, ...said }: ContactChanges & { readonly name: string },
    key: string,
    signal: AbortSignal,
  ): Promise<Contact> {
    const kept = Object.keys(facts).length === 0 ? {} : { Description: withFacts('', facts) };
    const body = { ...fieldsOf(said), ...kept };
    return this.#contact(
      await this.#api.makeOnce('Contact', { select: SELECT, shape, body, key: `contact ${key}` }, signal),
    );
  }

  async update(id: string, { facts = {}, ...said }: ContactChanges, signal: AbortSignal): Promise<Contact> {
    const row = await this.#row(id, signal);
    if (row === undefined) throw new LivelineError('CRM_UNKNOWN', 'Salesforce has no contact under this id');
    const kept = Object.keys(facts).length === 0 ? {} : { Description: withFacts(row.Description, facts) };
    const body = { ...fieldsOf(said), ...kept };
    if (Object.keys(body).length > 0) await this.#api.change('Contact', id, body, signal);
    return this.#contact({ ...row, ...body });
  }

  /** Without salutation and middle names, as one calls a person. */
  #contact(row: Row): Contact {
    const phone = PHONES.map((field) => toE164(row[field] ?? '', this.#country)).find(
      (number) => number !== undefined,
    );
    return {
      id: row.Id,
      name: [row.FirstName, row.LastName].filter(Boolean).join(' '),
      ...(phone === undefined ? {} : { phone }),
      ...(row.Email == null ? {} : { email: row.Email }),
      facts: factsIn(row.Description),
    };
  }

  async #row(id: string, signal: AbortSignal): Promise<Row | undefined> {
    signal.throwIfAborted();
    if (!isRecordId(id)) return undefined;
    const soql = `SELECT ${SELECT} FROM Contact WHERE Id = ${soqlString(id)} LIMIT 1`;
    return (await this.#api.rows(soql, shape, signal))[0];
  }
}

function fieldsOf({ name, phone, email }: Omit<ContactChanges, 'facts'>): Fields {
  return {
    ...(name === undefined ? {} : nameFields(name)),
    ...(phone === undefined ? {} : { Phone: phone }),
    ...(email === undefined ? {} : { Email: email }),
  };
}

/** Every contact must have a last name: the last word, and as many more as the first name has no room for. */
function nameFields(name: string): { FirstName: string | null; LastName: string } {
  const words = oneLine(name).split(' ');
  const first: string[] = [];
  while (words.length > 1 && [...first, words[0]!].join(' ').length <= MOST_FIRST_NAME)
    first.push(words.shift()!);
  return { FirstName: first.length === 0 ? null : first.join(' '), LastName: words.join(' ') };
}
