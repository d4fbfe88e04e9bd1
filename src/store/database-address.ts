// The address of a database: what of it is for people, never what is, or could be, a password; and what is a secret. Connects
// to nothing.
import pg from 'pg';
import { LivelineError, messageOf } from '../base/errors.ts';

/** RFC 3986, section 3.2: the authority, with user and password in it, ends at the first of these. */
const AFTER_AUTHORITY = /^\w+:\/\/[^/?#]*(.*)$/s;

/** As the driver reads it: a socket's folder, and what the environment fills in, too. Throws CONFIG_INVALID. */
export function whereOf(url: string): string {
  const [, rest] = AFTER_AUTHORITY.exec(url) ?? [];
  if (rest === undefined) throw unreadable('it does not begin with postgres://');
  if (/[@#]/.test(rest))
    throw unreadable(
      'there is a @ or # after the host. In a user or password, write / as %2F, ? as %3F, # as %23 and @ as %40',
    );
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${host}:${port}/${database ?? ''}`;
  } catch (thrown) {
    throw unreadable(messageOf(thrown));
  }
}

/** What of it is secret, for the log to leave out: as it is written, and as the driver reads it. */
export function passwordsIn(url: string): readonly string[] {
  const written = URL.canParse(url) ? [new URL(url).password] : [];
  const meant = ((): unknown[] => {
    try {
      return [new pg.Client({ connectionString: url }).password];
    } catch {
      return [];
    }
  })();
  return [...new Set([...written, ...meant])].filter(
    (password): password is string => typeof password === 'string' && password !== '',
  );
}

const unreadable = (why: string): LivelineError =>
  new LivelineError('CONFIG_INVALID', `DATABASE_URL cannot be read: ${why}`);
