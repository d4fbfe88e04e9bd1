// Phone numbers as people type them into a CRM: seldom in E.164, often without their country. Knows no record.
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js';

/** Undefined for what is no number, or has no country and `country` is left out. */
export function readPhone(typed: string | undefined, country: CountryCode | undefined): string | undefined {
  const read = parsed(typed, country);
  return read?.isPossible() === true ? read.number : undefined;
}

/**
 * How what was typed means this number: it is that, or an extension behind it, which many may share. Without a country it
 * is one of `country`, or of nowhere: the same digits are somebody else's abroad.
 */
export function meaningOf(
  typed: string | undefined,
  e164: string,
  country: CountryCode | undefined,
): 'number' | 'extension' | undefined {
  const read = parsed(typed, country);
  if (read?.number !== e164) return undefined;
  return read.ext === undefined ? 'number' : 'extension';
}

/** Without its country: what HubSpot's searchable properties hold (docs, "Search the CRM", limits). */
export function nationalNumber(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.nationalNumber;
}

function parsed(typed: string | undefined, country: CountryCode | undefined): PhoneNumber | undefined {
  if (typed === undefined) return undefined;
  const dialled = typed.trim().replace(/^00/, '+');
  return country === undefined
    ? parsePhoneNumberFromString(dialled)
    : parsePhoneNumberFromString(dialled, country);
}
