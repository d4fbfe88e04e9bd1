// The traces of one phone number: how it stands in texts and in JSON, found and blanked. Knows no database and no file.
import type { PhoneNumber } from '../base/phone-number.ts';

export const BLANK = '[forgotten]';

export interface Traces {
  /** Whether this, which the carrier says is a party to the call, is that number. */
  readonly isParty: (text: string) => boolean;
  readonly blank: (text: string) => string;
  /** A copy, with keys and numbers too. */
  readonly blankJson: (value: unknown) => unknown;
  /** A regular expression of PostgreSQL that finds at least every text, and every JSON as text, that `blank` changes. */
  readonly suspicion: string;
}

/** ITU-T E.164, assigned country codes of one and of two digits; every other has three. */
const COUNTRY = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])|^\d{3}/;
/** A national number that is shorter could be any number. */
const NATIONAL_DIGITS_AT_LEAST = 7;
/** What people, and a transcript of them, put between digits. */
const BETWEEN = String.raw`[\p{Z}\p{P}\p{S}\p{Cf}\t\n\r]{0,3}`;
/** The same as PostgreSQL writes it in JSON: at most two characters each. */
const BETWEEN_IN_JSON = '[^0-9]{0,6}';

export function tracesOf(number: PhoneNumber): Traces {
  const digits = number.slice(1);
  const country = COUNTRY.exec(digits)?.[0] ?? '';
  const national = digits.slice(country.length);
  const isTelling = national.length >= NATIONAL_DIGITS_AT_LEAST;

  const spaced = (text: string, between = BETWEEN): string => text.replaceAll(/\d(?=\d)/g, `$&${between}`);
  const whole = String.raw`(?<!\d)(?:(?:\+|00|011)${BETWEEN})?${spaced(country)}${BETWEEN}(?:0${BETWEEN})?${spaced(national)}(?!\d)`;
  // Behind a plus and another country it is another's number.
  const alone = String.raw`(?<!\d)(?<!\+\d{0,3}${BETWEEN})(?:0${BETWEEN})?${spaced(national)}(?!\d)`;
  const traces = new RegExp(isTelling ? `${whole}|${alone}` : whole, 'gu');
  const party = new RegExp(String.raw`(?<!\d)\+?${digits}(?!\d)`);

  const blank = (text: string): string => text.replaceAll(traces, BLANK);
  const blankJson = (value: unknown): unknown => {
    if (typeof value === 'string') return blank(value);
    if (typeof value === 'number') {
      const text = String(value);
      return text === digits || (isTelling && text === national) ? BLANK : value;
    }
    if (Array.isArray(value)) return value.map(blankJson);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [blank(key), blankJson(inner)]));
  };
  return {
    isParty: (text) => {
      const bare = text.replaceAll(/[\s().-]/g, '');
      return party.test(bare) || (isTelling && bare === national);
    },
    blank,
    blankJson,
    suspicion: spaced(national, BETWEEN_IN_JSON),
  };
}
