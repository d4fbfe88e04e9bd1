// How people write one phone number: Salesforce keeps phone fields as they were typed. Knows no contacts.
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** The spellings to look for; what differs from all of them, the search index still finds by `digits`. */
export interface Spelt {
  readonly spellings: readonly string[];
  /** The number within its country, as SOSL takes it. */
  readonly digits: string;
  /** Whether this text is that number: with its country, or as it is dialled within it. */
  readonly matches: (text: string) => boolean;
}

/** Undefined for what is no number in E.164. */
export function spell(phone: string): Spelt | undefined {
  const number = parsePhoneNumberFromString(phone);
  if (number === undefined || number.number !== phone) return undefined;
  const { countryCallingCode: country, nationalNumber: digits } = number;
  const national = number.formatNational();
  const groups = national.match(/\d+/g) ?? [digits];
  const bare = groups.join('');
  const abroad = number.formatInternational();
  const abroadGroups = abroad.match(/\d+/g) ?? [country, digits];
  const separators = ['-', '.', ' '];
  const spellings = [
    phone,
    phone.slice(1),
    `00${phone.slice(1)}`,
    digits,
    bare,
    national,
    `+${country} ${national}`,
    abroad,
    ...separators.flatMap((separator) => [
      groups.join(separator),
      abroadGroups.join(separator),
      `+${abroadGroups.join(separator)}`,
    ]),
  ];
  const matches = (text: string): boolean =>
    parsePhoneNumberFromString(text.trim().replace(/^00/, '+'), { defaultCallingCode: country })?.number ===
    phone;
  return { spellings: [...new Set(spellings)], digits, matches };
}

/** E.164; undefined for what names no country, as nobody then knows whom it would ring. */
export const toE164 = (text: string): string | undefined =>
  parsePhoneNumberFromString(text.trim().replace(/^00/, '+'))?.number;
