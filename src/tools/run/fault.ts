// What is written down of something thrown: in the log nothing that a caller said, in the record of the call all of it.
import { LivelineError } from '../../base/errors.ts';

/** A foreign error may quote the caller in its message (JSON.parse does), so only its name and place are open. */
export function faultOf(thrown: unknown): object {
  if (thrown instanceof LivelineError) return { err: thrown };
  if (!(thrown instanceof Error)) return { fault: `threw a ${typeof thrown}` };
  const at = thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { fault: thrown.name, at, pii: { message: thrown.message } };
}

/** For the log; on one line. */
export function causeOf(thrown: unknown): string {
  if (thrown instanceof LivelineError) return `${thrown.code}: ${thrown.message}`;
  return thrown instanceof Error ? thrown.name : `threw a ${typeof thrown}`;
}

/** A few sentences. */
const LONGEST = 500;
const MOST_CAUSES = 5;

/** For the record of the call, which holds the caller's words anyway and goes when they go; on one line, its causes too. */
export function recordedCauseOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw a ${typeof thrown}`;
  const words: string[] = [];
  for (let each: unknown = thrown; each instanceof Error && words.length < MOST_CAUSES; each = each.cause)
    words.push(`${each instanceof LivelineError ? each.code : each.name}: ${each.message}`);
  return (
    words
      .join('; ')
      .replaceAll(/\s+/g, ' ')
      // What addresses carry beside host and path is often a key.
      .replaceAll(/(\w+:\/\/)[^\s/@]*@/g, '$1')
      .replaceAll(/(\w+:\/\/[^\s?#]*)[?#][^\s"')]*/g, '$1')
      .slice(0, LONGEST)
      .toWellFormed()
  );
}
