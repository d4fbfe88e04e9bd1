// What a database's error means for us: whether it is away, or refuses us, or what we handed in is at fault. By its codes;
// by its words only where the driver gives no code. Knows no queries.
import pg from 'pg';
import { LivelineError } from '../base/errors.ts';

/**
 * postgresql.org, Error Codes: connection lost, rolled back by a rival, no room, lock not had, stopped by its operator,
 * its machine at fault, and a stand-by that may yet be promoted.
 */
const PASSES = /^(08(?!P01)|40|53|55P03|57|58|25006)/;
/** The same list: what no later attempt changes. */
const REFUSES = /^(08P01|28|3D|42501)/;
/** nodejs.org, TLS: certificates that were not believed. */
const CERTIFICATE = /CERT|SIGNATURE|^ERR_TLS/;

const HINTS: Readonly<Record<string, string>> = {
  '28P01': 'the password in DATABASE_URL is wrong',
  '28000':
    'it does not know this user or this machine (pg_hba.conf), or wants encryption (?sslmode=verify-full or no-verify in DATABASE_URL)',
  '3D000': 'create it first: createdb',
  '08P01': 'where a pooler such as PgBouncer stands before it, name the server itself in DATABASE_URL',
  '42501': 'the user in DATABASE_URL must be allowed to create a schema and tables in it',
};

/** Of the driver (pg 8): settings that no waiting mends. */
const SETTINGS: readonly (readonly [RegExp, string])[] = [
  [/^SASL: .*password/, 'DATABASE_URL has no password, and the server wants one'],
  [
    /does not support SSL/,
    'the server speaks no TLS: leave sslmode out of DATABASE_URL, or turn TLS on there',
  ],
];
const hintOfSetting = (thrown: unknown): string | undefined =>
  thrown instanceof Error && codeOf(thrown) === ''
    ? SETTINGS.find(([words]) => words.test(thrown.message))?.[1]
    : undefined;

const codeOf = (thrown: unknown): string => {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

/** Whether the same statements may do later; otherwise they, or our rights, are at fault. */
export function mayPass(thrown: unknown): thrown is Error {
  if (thrown instanceof LivelineError) return thrown.retryable;
  if (thrown instanceof pg.DatabaseError) return PASSES.test(codeOf(thrown));
  // What is neither PostgreSQL's word nor a mistake in our own code is the way to it: sockets, time-outs.
  const ours = thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError;
  return (
    thrown instanceof Error &&
    !ours &&
    !CERTIFICATE.test(codeOf(thrown)) &&
    hintOfSetting(thrown) === undefined
  );
}

/** `where`: for people, without a password. */
export function asDatabaseError(thrown: unknown, where: string): LivelineError {
  if (thrown instanceof LivelineError) return thrown;
  const code = codeOf(thrown);
  const untrusted = !(thrown instanceof pg.DatabaseError) && CERTIFICATE.test(code);
  const setting = hintOfSetting(thrown);
  const refused = untrusted || setting !== undefined || REFUSES.test(code);
  const hint = untrusted
    ? 'its certificate is not trusted: name the authority (sslrootcert) in DATABASE_URL'
    : (setting ?? HINTS[code]);
  return new LivelineError(
    refused ? 'DATABASE_REFUSED' : 'DATABASE_UNAVAILABLE',
    `the database at ${where} ${refused ? 'refuses us' : 'does not answer'}: ${reasonOf(thrown)}${hint === undefined ? '' : `; ${hint}`}`,
    { cause: thrown },
  );
}

/** On one line. A refused connection to a name with several addresses has no words of its own. */
function reasonOf(thrown: unknown): string {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return (words === '' ? codeOf(thrown) : words).replaceAll(/\s+/g, ' ').trim();
}
