// Text inside Salesforce's query languages, which know no parameters: whatever is put in stays inside its literal.
// Rules: developer.salesforce.com/docs "SOQL and SOSL Reference": Quoted String Escape Sequences, Reserved Characters.

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** Line ends of Unicode too: a literal may not hold a line break. */
const RESERVED = /[\\'"\p{Cc}\u2028\u2029]/gu;
const inHex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const escaped = (text: string): string =>
  text.toWellFormed().replaceAll(RESERVED, (character) => ESCAPES[character] ?? inHex(character));

/** A literal, with its quotes. */
export const soqlString = (text: string): string => `'${escaped(text)}'`;

/** For LIKE: the pieces one after the other, with anything between them. Wildcards within a piece stand for themselves. */
export const soqlLike = (...pieces: readonly string[]): string =>
  `'${pieces.map((piece) => escaped(piece).replaceAll(/[%_]/g, '\\$&')).join('%')}'`;

export const soqlList = (texts: Iterable<string>): string => `(${[...texts].map(soqlString).join(', ')})`;

/** Unquoted, as date-times stand. */
export const soqlTime = (epochMs: number): string => new Date(epochMs).toISOString();

/** Shorter terms are an error to SOSL. */
const SHORTEST_TERM = 2;

/**
 * What may be looked for in a text: its words of two characters and more, of letters and digits alone, so that nothing
 * of SOSL's own can be among them.
 */
export const soslWords = (text: string): readonly string[] =>
  text
    .normalize('NFC')
    .split(/[\s-]+/u)
    .map((word) => word.replaceAll(/[^\p{L}\p{N}\p{M}]/gu, ''))
    .filter((word) => Array.from(word).length >= SHORTEST_TERM);

/** Anything that begins so. The star also keeps a word such as `and` from being an operator. */
export const soslPrefix = (word: string): string => `${word}*`;

/** The Latin letters that commonly carry accents, for whoever leaves these away or puts them on. */
const ACCENTED = /[aceinosuyzl]|[^\p{ASCII}\p{N}]/giu;

/** As the prefix, whatever accents its letters carry; the first letter stands, as a term may not begin with a wildcard. */
export const soslLoosePrefix = (word: string): string => {
  const [first = '', ...rest] = word;
  return soslPrefix(first + rest.join('').replaceAll(ACCENTED, '?'));
};
