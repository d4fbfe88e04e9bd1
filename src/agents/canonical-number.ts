// Numbers as people write them, in the one form under which they are kept and found: the same phone is the same text, whoever
// wrote it down. Knows nothing of where they come from.
import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';

export type ReadNumber =
  /** `exists`: in a range that its country has given out, as far as is known. */
  | { readonly is: 'number'; readonly number: PhoneNumber; readonly exists: boolean }
  /** `impossible`: none of its country has so many digits. */
  | { readonly is: 'none' | 'extension' | 'impossible' };

export interface Reading {
  /** By ISO 3166, of a number that is written without one. */
  readonly country?: string | undefined;
  /** A number among other words is one; or else they make it none. */
  readonly extract?: boolean | undefined;
}

/** What a country's trunk prefix leaves behind it may begin with that prefix again. */
const MOST_TRUNK_PREFIXES = 4;

/** The trunk's 0 of +44 (0)20 7946 0958 is none of the number. */
export function readNumber(text: string, { country, extract = false }: Reading = {}): ReadNumber {
  const home = country !== undefined && isSupportedCountry(country) ? country : undefined;
  let found = parsed(text, extract, home);
  if (found?.ext !== undefined) return { is: 'extension' };
  for (let was = text, left = MOST_TRUNK_PREFIXES; found !== undefined && found.number !== was; left--) {
    was = found.number;
    found = left > 0 ? parsed(was, false, undefined) : undefined;
  }
  if (found === undefined) return { is: 'none' };
  const number = parsePhoneNumber(found.number);
  if (number === undefined || !found.isPossible()) return { is: 'impossible' };
  return { is: 'number', number, exists: found.isValid() };
}

/** Undefined: it is none, or not with its country. */
export function canonicalNumber(text: string, country?: string): PhoneNumber | undefined {
  const read = readNumber(text, { country });
  return read.is === 'number' ? read.number : undefined;
}

/** Of one that may be written otherwise; one that no country has stays as it is. */
export const canonicalForm = (number: PhoneNumber): PhoneNumber => canonicalNumber(number) ?? number;

const parsed = (text: string, extract: boolean, country: CountryCode | undefined) =>
  parsePhoneNumberFromString(
    text,
    country === undefined ? { extract } : { extract, defaultCountry: country },
  );
