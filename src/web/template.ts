// Texts with {{variables}} in a request: a value stays in the place where it is written, whatever it holds. Knows nothing
// of where values come from.

/** Names in lower case; written {{secret.orders_api}}. */
export type Secrets = ReadonlyMap<string, string>;

/** By the variable's whole name, such as `args.number`; one that is undefined, null or not there has no value. */
export type Values = ReadonlyMap<string, unknown>;

export interface Variable {
  readonly name: string;
  /** Used where there is no value. */
  readonly fallback: string | undefined;
}

/** A value that cannot stand where its variable is written; says nothing of what the value is. */
export class ValueRefused extends Error {
  override readonly name = 'ValueRefused';
  readonly variable: string;

  constructor(variable: string, why: string) {
    super(`{{${variable}}} ${why}`);
    this.variable = variable;
  }
}

const VARIABLE = /\{\{([^{}]*)\}\}/g;
const ALONE = /^\{\{([^{}]*)\}\}$/;
function variableOf(inside: string): Variable {
  const bar = inside.indexOf('|');
  return bar < 0
    ? { name: inside.trim(), fallback: undefined }
    : { name: inside.slice(0, bar).trim(), fallback: inside.slice(bar + 1).trim() };
}

export const variablesIn = (text: string): Variable[] =>
  [...text.matchAll(VARIABLE)].map(([, inside = '']) => variableOf(inside));

/** Whether an opening brace pair is left that nothing closes. */
export const isUnclosed = (text: string): boolean => text.replaceAll(VARIABLE, '').includes('{{');

/** The text with its variables hidden: what is left of it decides the structure. */
export const hidden = (text: string): string =>
  text.replaceAll(VARIABLE, (written) => 'x'.repeat(written.length));

/** Splits where a variable is not. */
export function splitOutside(text: string, separator: string): string[] {
  let from = 0;
  return hidden(text)
    .split(separator)
    .map(({ length }) => {
      const part = text.slice(from, from + length);
      from += length + separator.length;
      return part;
    });
}

const valueOf = ({ name, fallback }: Variable, values: Values): unknown => values.get(name) ?? fallback;

/** As words: a list with commas between. */
function textOf({ name }: Variable, value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.map(String).join(',').toWellFormed();
  throw new ValueRefused(name, 'is no plain value, and only a body takes others');
}

type Filled = { is: 'whole'; text: string } | { is: 'lacking'; variable: string };

/** Each value as `put` makes it. */
function fill(text: string, values: Values, put: (value: string, variable: Variable) => string): Filled {
  const lacking: string[] = [];
  const filled = text.replaceAll(VARIABLE, (_, inside: string) => {
    const variable = variableOf(inside);
    const value = valueOf(variable, values);
    if (value !== undefined) return put(textOf(variable, value), variable);
    lacking.push(variable.name);
    return '';
  });
  const [variable] = lacking;
  return variable === undefined ? { is: 'whole', text: filled } : { is: 'lacking', variable };
}

const wholeOf = (filled: Filled): string | undefined => (filled.is === 'whole' ? filled.text : undefined);

/** For the query, a form, or words; whoever sends it encodes it. Undefined: a variable has no value. */
export const fillText = (text: string, values: Values): string | undefined =>
  wholeOf(fill(text, values, (value) => value));

/**
 * A path of as many segments as are written. Throws ValueRefused for a value that is missing or empty, for control
 * characters, and for what a server that decodes before it routes would take for a step upwards.
 */
export const fillPath = (path: string, values: Values): string =>
  splitOutside(path, '/')
    .map((segment) => fillSegment(segment, values))
    .join('/');

function fillSegment(segment: string, values: Values): string {
  const filled = fill(segment, values, (value, { name }) => {
    if (value.trim() === '') throw new ValueRefused(name, 'is empty, and stands in a path');
    if (hasControls(value)) throw new ValueRefused(name, 'holds control characters, and stands in a path');
    return encodeURIComponent(value);
  });
  if (filled.is === 'lacking') throw new ValueRefused(filled.variable, 'has no value, and stands in a path');
  const [variable] = variablesIn(segment);
  if (variable !== undefined && climbs(filled.text))
    throw new ValueRefused(variable.name, 'would climb in the path');
  return filled.text;
}

/** "." and ".." are steps, encoded or not (WHATWG URL, 4.4), and so are they between slashes once these are decoded. */
const climbs = (segment: string): boolean =>
  segment
    .replaceAll(/%2e/gi, '.')
    .split(/%2f|%5c|[/\\]/i)
    .some((step) => step === '.' || step === '..');

/** Undefined: a variable has no value. Throws ValueRefused for what no header carries. */
export const fillHeader = (text: string, values: Values): string | undefined =>
  wholeOf(
    fill(text, values, (value, { name }) => {
      if (fitsHeader(value)) return value;
      throw new ValueRefused(name, 'holds characters that no header carries');
    }),
  );

const hasControls = (value: string): boolean => /\p{Cc}/u.test(value);

/** RFC 9110, 5.5, and what fetch can send of it: one byte for each character. */
export const fitsHeader = (value: string): boolean => /^[\x20-\x7e\xa0-\xff]*$/.test(value);

/**
 * A body of the shape that is written. A text that is one variable alone becomes its value as it is: a number, a list;
 * any text with a variable that has no value is left out, with its field.
 */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const alone = ALONE.exec(template);
    return alone ? valueOf(variableOf(alone[1]!), values) : fillText(template, values);
  }
  if (Array.isArray(template))
    return template.map((item) => fillJson(item, values)).filter((item) => item !== undefined);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template)
      .map(([name, inner]) => [name, fillJson(inner, values)] as const)
      .filter(([, value]) => value !== undefined),
  );
}
