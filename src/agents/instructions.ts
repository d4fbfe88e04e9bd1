// Texts of a profile with {{variables}} in them, and what the variables stand for on one call. Knows nothing of files.
import { hoursInWords, isOpenAt, type Hours } from './hours.ts';

/** `open_now` and `opening_hours` have a value where the profile has `hours`. */
export const variableNames = [
  'caller',
  'called',
  'date',
  'time',
  'profile',
  'open_now',
  'opening_hours',
] as const;

/** By the name of the variable; one without a value is left out. */
export type Values = ReadonlyMap<string, string>;

/** A variable as it is written in a text. */
export interface WrittenVariable {
  readonly written: string;
  readonly name: string;
  /** Said where there is no value; undefined where none is written. */
  readonly fallback: string | undefined;
}

/** What the outside knows may be long, and goes into instructions; names, dates and sums are shorter. */
const MOST_CHARACTERS = 200;

/** Two opening braces and, when they are closed, what stands between. */
const VARIABLE = /\{\{(?:([^{}]*)\}\})?/g;
/** Known of some callers only. */
const OUTSIDE = /^(?:contact|campaign)\.[A-Za-z0-9_-]+$/;

const isNamed = (name: string): boolean => (variableNames as readonly string[]).includes(name);

function variableOf(written: string, inside: string): WrittenVariable {
  const bar = inside.indexOf('|');
  return bar < 0
    ? { written, name: inside.trim(), fallback: undefined }
    : { written, name: inside.slice(0, bar).trim(), fallback: inside.slice(bar + 1).trim() };
}

/** Those that there are, and others too. */
export const variablesIn = (text: string): WrittenVariable[] =>
  [...text.matchAll(VARIABLE)].flatMap(([written, inside]) =>
    inside === undefined ? [] : [variableOf(written, inside)],
  );

/** What is wrong with the variables of a text, in words for its author; empty when nothing is. */
export const variableFaults = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].flatMap(([written, inside]) => {
    if (inside === undefined) return [`"${written}" opens a variable that is never closed with "}}"`];
    const { name, fallback } = variableOf(written, inside);
    if (isNamed(name) || (OUTSIDE.test(name) && fallback !== undefined)) return [];
    if (OUTSIDE.test(name))
      return [
        `"${written}" has no value on some calls: write what is said then, as in "{{${name} | there}}"`,
      ];
    return [
      `there is no variable "${written}"; there are ${variableNames.join(', ')}, contact.<field>, campaign.<field>`,
    ];
  });

/** Puts the values in, once: what looks like a variable inside a value stays as it is. */
export const fillVariables = (text: string, values: Values): string =>
  text.replaceAll(VARIABLE, (written, inside: string | undefined) => {
    if (inside === undefined) return written;
    const { name, fallback } = variableOf(written, inside);
    return isNamed(name) || OUTSIDE.test(name) ? (values.get(name) ?? fallback ?? '') : written;
  });

interface Speaker {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
  readonly hours?: Hours | undefined;
}

/** What is known of who is spoken with, by field. */
export type Fields = Readonly<Record<string, string>>;

interface CallFacts {
  /** E.164, or what the carrier knows. */
  readonly caller: string;
  readonly called: string;
  readonly epochMs: number;
  readonly contact?: Fields | undefined;
  readonly campaign?: Fields | undefined;
}

/**
 * Date, time and hours are those where the profile is at home. What comes from outside becomes one line of at most 200
 * characters, so that a value cannot pass for a paragraph of the instructions; it is still not to be trusted.
 */
export function valuesFor(
  { name, language, timeZone, hours }: Speaker,
  { caller, called, epochMs, contact = {}, campaign = {} }: CallFacts,
): Values {
  const said = (style: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, { ...style, timeZone }).format(epochMs);
  const outside = (kind: string, fields: Fields): [string, string][] =>
    Object.entries(fields).map(([field, value]) => [`${kind}.${field}`, oneLine(value)]);
  const values: [string, string][] = [
    ...outside('contact', contact),
    ...outside('campaign', campaign),
    ['caller', oneLine(caller)],
    ['called', oneLine(called)],
    ['profile', name],
    ['date', said({ dateStyle: 'full' })],
    ['time', said({ timeStyle: 'short' })],
  ];
  if (hours)
    values.push(
      ['open_now', isOpenAt(hours, timeZone, epochMs) ? 'open' : 'closed'],
      ['opening_hours', hoursInWords(hours, { language, timeZone }, epochMs)],
    );
  return new Map(values.filter(([, value]) => value !== ''));
}

/** Without control characters and line ends, and without half a character at its end. */
export function oneLine(value: string): string {
  const plain = value
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    // What turns or hides text; the joiners are part of words.
    .replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, '')
    .trim();
  // No character takes more than two units.
  return Array.from(plain.slice(0, 2 * MOST_CHARACTERS))
    .slice(0, MOST_CHARACTERS)
    .join('')
    .trim();
}
