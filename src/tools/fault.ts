// What is written down of something thrown, in the log and in the record: nothing that a caller said.
import { LivelineError } from '../base/errors.ts';

/** A foreign error may quote the caller in its message (JSON.parse does), so only its name and place are open. */
export function faultOf(thrown: unknown): object {
  if (thrown instanceof LivelineError) return { err: thrown };
  if (!(thrown instanceof Error)) return { fault: `threw a ${typeof thrown}` };
  const at = thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { fault: thrown.name, at, pii: { message: thrown.message } };
}

/** On one line. */
export function causeOf(thrown: unknown): string {
  if (thrown instanceof LivelineError) return `${thrown.code}: ${thrown.message}`;
  return thrown instanceof Error ? thrown.name : `threw a ${typeof thrown}`;
}
