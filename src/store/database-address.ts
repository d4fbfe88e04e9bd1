// The address of a database for people: never what is, or could be, a password. Connects to nothing.
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

const unreadable = (why: string): LivelineError =>
  new LivelineError('CONFIG_INVALID', `DATABASE_URL cannot be read: ${why}`);
