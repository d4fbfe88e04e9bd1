// When two calls of a tool mean the same: their words in one spelling. Knows no tool.
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../live/session.ts';

/**
 * SHA-256, in hex, of the arguments as `accept` gave them. The order of keys, keys that are undefined, spaces around and
 * runs of them within, and the form of Unicode (NFKC) make no difference: a model that says the same thing twice spells it
 * differently. Letter case does: a name may be corrected in it alone, and codes may differ in nothing else. Throws for what
 * JSON cannot say.
 */
export const hashOfArgs = (args: JsonObject): string =>
  hashOf(JSON.stringify(normalised(JSON.parse(JSON.stringify(args, tellable)))));

/** JSON would make the same of every set, and of every thing that hides what it holds: two wishes would be one. */
function tellable(_key: string, value: unknown): unknown {
  if (value instanceof Set) return { set: [...(value as Set<unknown>)] };
  if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)] };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind === Object.prototype || kind === null) return value;
  throw new TypeError('the arguments of a tool with an effect hold something that JSON cannot say');
}

/** Of what an effect is about: as short for a long one, with nothing in it that a database refuses, or that a caller said. */
export const hashOfSubject = (about: string): string => hashOf(inOneSpelling(about));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const inOneSpelling = (text: string): string => text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ');

function normalised(value: unknown): unknown {
  if (typeof value === 'string') return inOneSpelling(value);
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  // As pairs, because an object would put keys that look like numbers first, whatever their order here.
  return {
    of: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, normalised(inner)]),
  };
}
