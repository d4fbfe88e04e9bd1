// The parameters of a list: read by one schema, and every fault said at once.
import type { z } from 'zod';
import { LivelineError } from '../base/errors.ts';

/** PostgreSQL has neither this character nor a year 0 (its manual: Character Types; Date/Time Input). */
export const NEVER_KEPT = /\0|^0000-\d\d-/;

/**
 * `expected`: what is said of a parameter that is wrong; never what was sent, as it may be somebody's number and stands in the
 * log. The reader throws API_REQUEST_INVALID.
 */
export function listQuery<Query extends object>(
  schema: z.ZodType<Query>,
  expected: Readonly<Record<keyof Query & string, string>>,
): (sent: Readonly<Record<string, unknown>>) => Query {
  const names = Object.keys(expected) as (keyof Query & string)[];
  return (sent) => {
    const { number } = sent;
    // A plus that was not escaped arrives as a space, and is what a number begins with.
    const asked = typeof number === 'string' ? { ...sent, number: number.replace(/^ (?=\d)/, '+') } : sent;
    const read = schema.safeParse(asked);
    const wrong = new Set((read.error?.issues ?? []).map(({ path }) => path[0]));
    const faults = names
      .filter((name) => {
        const value = sent[name];
        return (
          wrong.has(name) || Array.isArray(value) || (typeof value === 'string' && NEVER_KEPT.test(value))
        );
      })
      .map((name) => `${name}: ${expected[name]}${Array.isArray(sent[name]) ? ', once' : ''}`);
    if ([...wrong].some((name) => !names.some((known) => known === name)))
      faults.push(`query: expected no other parameters than ${names.join(', ')}`);
    if (faults.length > 0 || !read.success) throw new LivelineError('API_REQUEST_INVALID', faults.join('; '));
    return read.data;
  };
}
