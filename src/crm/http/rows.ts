// What a described service answers, as contacts, appointments and objects. What cannot be read as one gives undefined.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { readField, type DescribedField } from '../../web/described.ts';
import { valueAt } from '../../web/json-path.ts';
import type { Appointment, Contact, CrmObject, ObjectKind } from '../crm.ts';
import type { AppointmentAnswer, ContactAnswer, ObjectAnswer } from './description.ts';

/** Longer than any name, and than what is said of a fact on the phone. */
const MOST = { idCharacters: 200, characters: 500, facts: 50 };
const MINUTE_MS = 60_000;
/** With its zone: a local time could be that of anywhere. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

const plainText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;

/** On one line, as it is said aloud; undefined when there is nothing to say. */
function words(value: unknown): string | undefined {
  const line = plainText(value)
    ?.slice(0, MOST.characters)
    .toWellFormed()
    .replaceAll(/[\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
  return line === '' ? undefined : line;
}

/** Beyond 2^53 JSON's numbers arrive rounded (RFC 8259, 6), and one record would be taken for another. */
const isTelling = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));

/** To the letter: it goes back as it came. */
function idOf(value: unknown): string | undefined {
  const id = isTelling(value) ? String(value) : '';
  return id === '' || id.length > MOST.idCharacters ? undefined : id;
}

const read = (field: DescribedField | undefined, row: unknown): unknown =>
  field === undefined ? undefined : readField(field, row);

function timeMsOf(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' && ISO_8601.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function factsOf(facts: ContactAnswer['facts'], row: unknown): Record<string, string> {
  const held = typeof facts === 'string' ? valueAt(facts, row) : undefined;
  const pairs: [string, unknown][] =
    typeof facts === 'object'
      ? Object.entries(facts).map(([name, field]) => [name, readField(field, row)])
      : typeof held === 'object' && held !== null
        ? Object.entries(held)
        : [];
  return Object.fromEntries(
    pairs
      .values()
      .map(([name, value]) => [words(name), words(value)] as const)
      .filter((pair): pair is readonly [string, string] => pair[0] !== undefined && pair[1] !== undefined)
      .take(MOST.facts),
  );
}

export function contactOf(
  { fields, facts }: Omit<ContactAnswer, 'list'>,
  row: unknown,
  country: CountryCode | undefined,
): Contact | undefined {
  const id = idOf(read(fields.id, row));
  const name = words(read(fields.name, row));
  if (id === undefined || name === undefined) return undefined;
  const phone = parsePhoneNumberFromString(plainText(read(fields.phone, row)) ?? '', country);
  // Behind an extension is one of many who call from that number.
  const isTheirs = phone?.ext === undefined && phone?.isPossible() === true;
  return {
    id,
    name,
    phone: isTheirs ? phone.number : undefined,
    email: words(read(fields.email, row)),
    facts: factsOf(facts, row),
  };
}

/** Whose an appointment is that belongs to nobody: no id is so. */
export const NOBODY = '';

/** `contactId`: whose it is where the description does not say where the owner stands. */
export function appointmentOf(
  { fields }: Omit<AppointmentAnswer, 'list'>,
  row: unknown,
  contactId: string | undefined,
): Appointment | undefined {
  const id = idOf(read(fields.id, row));
  const owner = fields.contact_id ? (idOf(read(fields.contact_id, row)) ?? NOBODY) : contactId;
  const startsAtMs = timeMsOf(read(fields.starts_at, row));
  const status = read(fields.status, row) ?? 'booked';
  if (id === undefined || owner === undefined || startsAtMs === undefined) return undefined;
  if (status !== 'booked' && status !== 'cancelled') return undefined;
  const endsAtMs = timeMsOf(read(fields.ends_at, row));
  const minutes =
    endsAtMs === undefined
      ? Number(plainText(read(fields.minutes, row)))
      : (endsAtMs - startsAtMs) / MINUTE_MS;
  if (!Number.isFinite(minutes) || minutes < 0) return undefined;
  return { id, contactId: owner, startsAtMs, minutes, about: words(read(fields.about, row)) ?? '', status };
}

export function objectOf(
  { fields, facts }: Omit<ObjectAnswer, 'list'>,
  row: unknown,
  kind: ObjectKind,
  contactId: string | undefined,
): CrmObject | undefined {
  const id = idOf(read(fields.id, row));
  const named = read(fields.number, row);
  const number = isTelling(named) ? words(named) : undefined;
  if (id === undefined || number === undefined) return undefined;
  return {
    id,
    kind,
    number,
    contactId: fields.contact_id ? idOf(read(fields.contact_id, row)) : contactId,
    title: words(read(fields.title, row)) ?? '',
    status: words(read(fields.status, row)) ?? '',
    facts: factsOf(facts, row),
  };
}
