// When two calls of a tool mean the same: their arguments in one spelling. Knows no tool.
import { createHash } from 'node:crypto';
import type { JsonObject } from '../live/session.ts';

/**
 * SHA-256, in hex, of the arguments as `accept` gave them. The order of keys, keys that are undefined, letter case, spaces
 * around and runs of them within, and the form of Unicode (NFKC) make no difference: a model that says the same thing
 * twice spells it differently. Throws for what JSON cannot say.
 */
export const hashOfArgs = (args: JsonObject): string =>
  createHash('sha256')
    .update(JSON.stringify(normalised(JSON.parse(JSON.stringify(args)))))
    .digest('hex');

function normalised(value: unknown): unknown {
  if (typeof value === 'string') return value.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  // As pairs, because an object would put keys that look like numbers first, whatever their order here.
  return {
    of: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, normalised(inner)]),
  };
}
