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
/**
 * Where Unicode has digits 0 to 9 in a row that NFKC makes plain ones: full-width, raised, lowered, mathematical, outlined and segmented.
 * Out of their rows stand the circled zero and the raised one to three.
 */
const ROWS_OF_FORMS = [0xff10, 0x2070, 0x2080, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1ccf0, 0x1fbf0];
const OTHER_FORMS: Readonly<Record<string, string>> = { 0: '⓪', 1: '¹①', 2: '²②', 3: '³③' };
const CIRCLED_ONE = 0x2460;
const formsOf = (digit: number): string =>
  [
    digit,
    ...ROWS_OF_FORMS.map((zero) => String.fromCodePoint(zero + digit)).filter(
      (form) => form.normalize('NFKC') === String(digit),
    ),
    digit < 4 ? OTHER_FORMS[digit] : String.fromCodePoint(CIRCLED_ONE + digit - 1),
  ].join('');
const FORMS = Array.from({ length: 10 }, (_, digit) => formsOf(digit));
const DIGIT = `[${FORMS.join('')}]`;
const NO_DIGIT = `[^${FORMS.join('')}]`;

/** What people, a transcript of them, and markup put between digits. A tag has a letter, so that it can be read one way only. */
const BETWEEN = String.raw`(?:[\p{Z}\p{P}\p{S}\p{Cf}\p{M}\t\n\r]|</?\p{L}[^<>\d]{0,30}>){0,6}`;
/** As long as a number can be with all that may stand between its digits: 15 of them, prefixes, and six tags in each gap. */
export const TRACE_CHARACTERS_AT_MOST = 4_000;

export function tracesOf(number: PhoneNumber): Traces {
  const digits = number.slice(1);
  const country = COUNTRY.exec(digits)?.[0] ?? '';
  const national = digits.slice(country.length);
  const isTelling = national.length >= NATIONAL_DIGITS_AT_LEAST;

  const zero = `[${FORMS[0]}]`;
  const one = `[${FORMS[1]}]`;
  const spaced = (text: string, between: string): string =>
    Array.from(text, (digit) => `[${FORMS[Number(digit)]}]`).join(between);
  const trunk = `(?:${zero}${BETWEEN})?`;
  const prefix = String.raw`(?:(?:[+＋]|${zero}${zero}|${zero}${one}${one})${BETWEEN})?`;
  const whole = `(?<!${DIGIT})${prefix}${spaced(country, BETWEEN)}${BETWEEN}${trunk}${spaced(national, BETWEEN)}(?!${DIGIT})`;
  // Behind a plus and another country it is another's number.
  const alone = String.raw`(?<!${DIGIT})(?<![+＋]${DIGIT}{0,3}${BETWEEN}${trunk})${trunk}${spaced(national, BETWEEN)}(?!${DIGIT})`;
  const traces = new RegExp(isTelling ? `${whole}|${alone}` : whole, 'gu');
  const party = new RegExp(String.raw`(?<!\d)(?:\+|00|011)?${digits}(?!\d)`);

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
      const bare = text.normalize('NFKC').replaceAll(/[\s().-]/g, '');
      return party.test(bare) || (isTelling && bare === national);
    },
    blank,
    blankJson,
    suspicion: spaced(national, `${NO_DIGIT}*`),
  };
}
