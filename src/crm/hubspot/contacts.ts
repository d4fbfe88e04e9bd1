// Contacts of HubSpot as ours. Knows which of its properties are which; knows no meetings, orders and calls.
import type { CountryCode } from 'libphonenumber-js';
import { LivelineError } from '../../base/errors.ts';
import type { Contact, ContactChanges } from '../crm.ts';
import { nameRank } from '../names.ts';
import { meaningOf, nationalNumber, readPhone } from './phones.ts';
import { unknown, type Filter, type HubSpotRecord, type Properties, type Records } from './records.ts';

export interface ContactOptions {
  readonly records: Records;
  /** Which properties are facts, and what they are called aloud. */
  readonly factProperties: Readonly<Record<string, string>>;
  /** Where numbers without a country are at home. */
  readonly country: CountryCode | undefined;
}

/** The longest words of a name are asked for: each is a request, and there are five a second for everybody. */
const MOST_QUERIES = 2;
const LONGEST_NAME = 200;
/** RFC 5321, 4.5.3.1.3, without its angle brackets. */
const LONGEST_EMAIL = 254;

export class Contacts {
  readonly #records: Records;
  readonly #facts: Readonly<Record<string, string>>;
  readonly #country: CountryCode | undefined;
  readonly #properties: readonly string[];

  constructor({ records, factProperties, country }: ContactOptions) {
    this.#records = records;
    this.#facts = factProperties;
    this.#country = country;
    this.#properties = [
      'firstname',
      'lastname',
      'email',
      'phone',
      'mobilephone',
      ...Object.keys(factProperties),
    ];
  }

  async findByPhone(phone: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    const national = nationalNumber(phone);
    if (national === undefined) return undefined;
    const filterGroups = [
      equals('hs_searchable_calculated_phone_number', national),
      equals('hs_searchable_calculated_mobile_number', national),
      equals('phone', phone),
      equals('mobilephone', phone),
    ].map((filter) => ({ filters: [filter] }));
    const found = await this.#records.search('contacts', { filterGroups }, this.#properties, signal);
    // The searchable number has no country: only the number as it was typed tells two countries apart.
    const meant = found.flatMap((one) => {
      const { phone: typed, mobilephone } = one.properties;
      const how = [typed, mobilephone].map((number) => meaningOf(number, phone, this.#country));
      return how.some((meaning) => meaning !== undefined) ? [{ one, how }] : [];
    });
    const [only, ...others] = meant;
    // Whom of several who share a number one hears, nobody can tell.
    if (only === undefined || others.length > 0 || only.how.includes('extension')) return undefined;
    return { ...this.#contact(only.one), phone };
  }

  async findByEmail(email: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    const plain = email.trim().toLowerCase();
    if (plain.length > LONGEST_EMAIL || !plain.isWellFormed() || !/^[^\s@]+@[^\s@]+$/.test(plain))
      return undefined;
    const by = { idProperty: 'email' } as const;
    return this.#maybe(await this.#records.read('contacts', plain, this.#properties, signal, by));
  }

  async findById(id: string, signal: AbortSignal): Promise<Contact | undefined> {
    signal.throwIfAborted();
    return this.#maybe(await this.#records.read('contacts', id, this.#properties, signal));
  }

  async findByName(name: string, limit: number, signal: AbortSignal): Promise<readonly Contact[]> {
    signal.throwIfAborted();
    if (limit <= 0) return [];
    // Whole letters alone: how HubSpot cuts words at an apostrophe is nowhere said.
    const words = [
      ...new Set(
        name
          .slice(0, LONGEST_NAME)
          .normalize('NFC')
          .match(/[\p{L}\p{N}\p{M}]+/gu),
      ),
    ].sort((a, b) => b.length - a.length);
    for (const query of words.slice(0, MOST_QUERIES)) {
      const found = await this.#records.search('contacts', { query }, this.#properties, signal);
      const ranked = found
        .flatMap((one) => {
          const contact = this.#contact(one);
          const rank = nameRank(name, contact.name);
          return rank === undefined ? [] : [{ contact, rank }];
        })
        .sort((a, b) => a.rank - b.rank)
        .slice(0, limit);
      if (ranked.length > 0) return ranked.map(({ contact }) => contact);
    }
    return [];
  }

  async create(contact: ContactChanges & { readonly name: string }, signal: AbortSignal): Promise<Contact> {
    signal.throwIfAborted();
    const properties = this.#propertiesOf(contact);
    const { id } = await this.#records.create('contacts', properties, signal);
    return this.#contact({ id, properties });
  }

  async update(id: string, changes: ContactChanges, signal: AbortSignal): Promise<Contact> {
    signal.throwIfAborted();
    const properties = this.#propertiesOf(changes);
    if (Object.keys(properties).length > 0) await this.#records.change('contacts', id, properties, signal);
    // The answer to a change holds only some properties.
    const now = await this.findById(id, signal);
    if (now === undefined) throw unknown('contacts');
    return now;
  }

  #maybe(found: HubSpotRecord | undefined): Contact | undefined {
    return found === undefined ? undefined : this.#contact(found);
  }

  #contact({ id, properties }: Pick<HubSpotRecord, 'id' | 'properties'>): Contact {
    const { firstname, lastname, email, phone, mobilephone } = properties;
    const facts = Object.entries(this.#facts).flatMap(([property, word]) => {
      const value = properties[property];
      return value === undefined ? [] : [[word, value] as const];
    });
    return {
      id,
      name: [firstname, lastname].filter((part) => part !== undefined && part !== '').join(' '),
      phone: readPhone(phone, this.#country) ?? readPhone(mobilephone, this.#country),
      email,
      facts: Object.fromEntries(facts),
    };
  }

  #propertiesOf({ name, phone, email, facts = {} }: ContactChanges): Properties {
    const properties: Record<string, string> = {};
    if (name !== undefined) Object.assign(properties, namesOf(name));
    if (phone !== undefined) properties['phone'] = phone;
    if (email !== undefined) properties['email'] = email;
    for (const [word, value] of Object.entries(facts)) {
      const property = Object.keys(this.#facts).find((one) => this.#facts[one] === word);
      if (property === undefined)
        throw new LivelineError(
          'CRM_UNSUPPORTED',
          'there is no property of HubSpot for one of these facts; name one in the fact properties of the settings',
        );
      properties[property] = value;
    }
    return properties;
  }
}

const equals = (propertyName: string, value: string): Filter => ({ propertyName, operator: 'EQ', value });

/** HubSpot keeps two: the last word is the family name, as far as anybody can tell. */
function namesOf(name: string): { firstname: string; lastname: string } {
  const words = name.trim().split(/\s+/);
  const lastname = words.length > 1 ? words.pop()! : '';
  return { firstname: words.join(' '), lastname };
}
