// One line of a file of contacts: a contact, or what is wrong with it.
import { isSupportedCountry } from 'libphonenumber-js/max';
import { readNumber } from '../../agents/canonical-number.ts';
import type { PhoneNumber } from '../../base/phone-number.ts';
import { isZone } from '../zones/zone-name.ts';
import type { Field, Header } from './header.ts';

export interface ImportedConsent {
  readonly kind: 'express' | 'written';
  /** ISO 8601. */
  readonly givenAt: string;
  /** ISO 8601; undefined: it holds until it is taken back. */
  readonly expiresAt: string | undefined;
  readonly source: string;
  readonly wording: string;
  /** To whom; empty: nobody was named. */
  readonly seller: string;
}

export interface ImportedRow {
  /** Of the file, from 1: where the row begins. */
  readonly line: number;
  readonly to: PhoneNumber;
  readonly timeZone: string | undefined;
  readonly region: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly consent: ImportedConsent | undefined;
}

export interface RowFault {
  readonly line: number;
  readonly field: string;
  readonly words: string;
}

/** Instructions take no more of one (agents/instructions.ts). */
const MOST_VALUE_CHARACTERS = 200;
const MOST_REGION_CHARACTERS = 40;
/** What a spreadsheet makes of a long number. */
const SHORTENED = /^\d[.,]?\d*e\+?\d+$/i;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export interface RowReading {
  readonly header: Header;
  /** By ISO 3166, of numbers without one in a row that names none. */
  readonly country: string | undefined;
  readonly epochMs: number;
}

export function readRow(
  values: readonly string[],
  line: number,
  { header: { columns }, country, epochMs }: RowReading,
): ImportedRow | RowFault {
  const fault = (field: string, words: string): RowFault => ({ line, field, words });
  if (values.length !== columns.length)
    return fault(
      '',
      `has ${values.length} values, but the first line has ${columns.length}: a value with a comma needs quotes`,
    );
  const fields: Partial<Record<Field, string>> = {};
  const variables: Record<string, string> = {};
  for (const [at, column] of columns.entries()) {
    const value = values[at]!.trim();
    const name = column.is === 'field' ? column.field : column.is === 'variable' ? column.name : '';
    if (column.is === 'nothing' || value === '') continue;
    if (CONTROL.test(value)) return fault(name, 'holds a control character');
    if (column.is === 'field') fields[column.field] = value;
    else if (value.length > MOST_VALUE_CHARACTERS)
      return fault(name, `has ${value.length} characters; at most ${MOST_VALUE_CHARACTERS}`);
    else variables[name] = value;
  }
  const home = fields.country?.toUpperCase();
  if (home !== undefined && !isSupportedCountry(home))
    return fault('country', `"${home.slice(0, 40)}" is no country of ISO 3166 such as GB`);
  const to = numberOf(fields.phone, home ?? country);
  if (typeof to !== 'string') return fault('phone', to.words);
  const { time_zone: timeZone, region } = fields;
  if (timeZone !== undefined && !isZone(timeZone))
    return fault('time_zone', `"${timeZone.slice(0, 40)}" is no time zone such as Europe/Paris`);
  if (region !== undefined && region.length > MOST_REGION_CHARACTERS)
    return fault('region', `has ${region.length} characters; expected a region such as CA`);
  const consent = consentOf(fields, epochMs);
  if (consent && 'words' in consent) return fault(consent.field, consent.words);
  return { line, to, timeZone, region, variables, consent };
}

/** Of a cell that was forced to be text, or is a link; and marks of direction, which address books put around numbers. */
const WRAPPING = /^(?:['"]|tel:)+|['"]+$|\p{Cf}/giu;

function numberOf(
  text: string | undefined,
  country: string | undefined,
): PhoneNumber | { readonly words: string } {
  if (text === undefined) return { words: 'is missing' };
  const shown = `"${text.slice(0, 40)}"`;
  if (SHORTENED.test(text))
    return { words: `${shown} was shortened by a spreadsheet: make the column text, and export it again` };
  // Whoever wrote words beside a number may have written that it is not to be called.
  const read = readNumber(text.replaceAll(WRAPPING, ''), { country });
  switch (read.is) {
    case 'number':
      if (read.exists) return read.number;
      return { words: `${shown} is no number that can exist in its country` };
    case 'impossible':
      return { words: `${shown} is no number that can exist in its country` };
    case 'extension':
      return { words: `${shown} has an extension, which cannot be dialled` };
    case 'none':
      return {
        words:
          country === undefined
            ? `${shown} is no phone number with its country, such as +15551230100`
            : `${shown} is no phone number, or not one alone`,
      };
  }
}

/**
 * All of it or nothing: consent of which nobody knows when and where it was given is none, and an end or a seller without it would
 * be lost. A word such as "revoked" is no kind of it.
 */
function consentOf(
  fields: Partial<Record<Field, string>>,
  epochMs: number,
): ImportedConsent | { readonly field: string; readonly words: string } | undefined {
  const { consent_kind, consent_at, consent_source, consent_expires_at: expires } = fields;
  const { consent_wording: wording, consent_seller: seller } = fields;
  if (
    [consent_kind, consent_at, consent_source, expires, wording, seller].every((cell) => cell === undefined)
  )
    return undefined;
  const kind = consent_kind?.toLowerCase();
  if (kind !== 'express' && kind !== 'written')
    return {
      field: 'consent_kind',
      words:
        'expected express or written, or nothing in all columns of consent; who takes it back goes on the list of opt-outs',
    };
  const givenAt = consent_at === undefined ? undefined : dateOf(consent_at);
  if (givenAt === undefined)
    return { field: 'consent_at', words: 'expected when it was given, such as 2026-03-01' };
  if (givenAt.getTime() < EARLIEST_MS || givenAt.getTime() > epochMs + AHEAD_MS)
    return { field: 'consent_at', words: 'is before 1990 or in the future: it cannot have been given then' };
  if (consent_source === undefined)
    return { field: 'consent_source', words: 'expected where it was given, such as "web form"' };
  const expiresAt = expires === undefined ? undefined : dateOf(expires);
  if (expires !== undefined && (expiresAt === undefined || expiresAt <= givenAt))
    return { field: 'consent_expires_at', words: 'expected a day after it was given, such as 2027-03-01' };
  return {
    ...{ kind, givenAt: givenAt.toISOString(), expiresAt: expiresAt?.toISOString(), source: consent_source },
    ...{ wording: wording ?? '', seller: seller ?? '' },
  };
}

/**
 * Nobody asked for consent to calls by machines before the first law about them (47 U.S.C. 227, of 1991); years 1 and 1899 are how
 * .NET and Excel write no date at all.
 */
const EARLIEST_MS = Date.UTC(1990, 0);
/** Where it was given the day may have begun already. */
const AHEAD_MS = 86_400_000;
const WHEN = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function dateOf(text: string): Date | undefined {
  if (!WHEN.test(text)) return undefined;
  const whole = text.length === 10 ? `${text}T00:00:00Z` : text.replace(' ', 'T');
  const at = new Date(/[Z]$|[+-]\d{2}:?\d{2}$/.test(whole) ? whole : `${whole}Z`);
  // 31 February is none, and would become a day of March; of years with more digits PostgreSQL reads none as they are written.
  return Number.isNaN(at.getTime()) || Number(text.slice(8, 10)) > daysIn(text) || at.getUTCFullYear() > 9_999
    ? undefined
    : at;
}

const daysIn = (text: string): number =>
  new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
