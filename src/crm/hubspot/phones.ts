// Phone numbers as people type them into a CRM: seldom in E.164, often without their country. Knows no record.
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js';

/** Undefined for what is no number, or has no country and `country` is left out. */
export function readPhone(typed: string | undefined, country: CountryCode | undefined): string | undefined {
  const read = parsed(typed, country);
  return read?.isPossible() === true ? read.number : undefined;
}

/** Whether what was typed means this number; without a country it is taken to be of the same one. */
export function isSamePhone(typed: string | undefined, e164: string): boolean {
  const asked = parsePhoneNumberFromString(e164);
  if (asked === undefined || typed === undefined) return false;
  const read = parsePhoneNumberFromString(typed, { defaultCallingCode: asked.countryCallingCode });
  return read?.number === asked.number;
}

/** Without its country: what HubSpot's searchable properties hold (docs, "Search the CRM", limits). */
export function nationalNumber(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.nationalNumber;
}

function parsed(typed: string | undefined, country: CountryCode | undefined): PhoneNumber | undefined {
  if (typed === undefined) return undefined;
  return country === undefined
    ? parsePhoneNumberFromString(typed)
    : parsePhoneNumberFromString(typed, country);
}
