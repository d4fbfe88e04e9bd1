// How people write one phone number: Salesforce keeps phone fields as they were typed. Knows no contacts.
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js';

/** The spellings to look for; what differs from all of them, the search index still finds by `digits`. */
export interface Spelt {
  readonly spellings: readonly string[];
  /** The number within its country, as SOSL takes it. */
  readonly digits: string;
  /**
   * How this text means the number: it is that, or an extension behind it, which many may share. Without a country it is
   * one of `country`, or of nowhere: the same digits are somebody else's abroad.
   */
  readonly meaningOf: (text: string) => 'number' | 'extension' | undefined;
}

/** Undefined for what is no number in E.164. */
export function spell(phone: string, country: CountryCode | undefined): Spelt | undefined {
  const number = parsePhoneNumberFromString(phone);
  if (number === undefined || number.number !== phone) return undefined;
  const { countryCallingCode: callingCode, nationalNumber: digits } = number;
  const national = number.formatNational();
  const groups = national.match(/\d+/g) ?? [digits];
  const bare = groups.join('');
  const abroad = number.formatInternational();
  const abroadGroups = abroad.match(/\d+/g) ?? [callingCode, digits];
  const separators = ['-', '.', ' '];
  const spellings = [
    phone,
    phone.slice(1),
    `00${phone.slice(1)}`,
    digits,
    bare,
    national,
    `+${callingCode} ${national}`,
    abroad,
    ...separators.flatMap((separator) => [
      groups.join(separator),
      abroadGroups.join(separator),
      `+${abroadGroups.join(separator)}`,
    ]),
  ];
  const meaningOf: Spelt['meaningOf'] = (text) => {
    const read = parsed(text, country);
    if (read?.number !== phone) return undefined;
    return read.ext === undefined ? 'number' : 'extension';
  };
  return { spellings: [...new Set(spellings)], digits, meaningOf };
}

/** E.164; undefined for what names no country where `country` is left out, as nobody then knows whom it would ring. */
export const toE164 = (text: string, country: CountryCode | undefined): string | undefined =>
  parsed(text, country)?.number;

function parsed(text: string, country: CountryCode | undefined): PhoneNumber | undefined {
  const dialled = text.trim().replace(/^00/, '+');
  return country === undefined
    ? parsePhoneNumberFromString(dialled)
    : parsePhoneNumberFromString(dialled, country);
}
