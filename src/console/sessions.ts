// Sessions of the console, in PostgreSQL, for all processes together. A session is known by a secret that the browser alone
// has: kept is what is made of it and of the token that opened it, so a token that is changed ends its sessions.
import { createHmac, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { mayPass } from '../store/database-error.ts';
import type { Database } from '../store/database.ts';
import type { Role } from './session-view.ts';
import type { Tokens } from './tokens.ts';

/** So long a session lives without being used: a shift, and not the night after it. */
export const IDLE_MS = 12 * 3_600_000;
/** Not every request writes. */
const TOUCH_AFTER_MS = 60_000;
/** While the database is away, who was here so lately is still known: they have to be able to hang up. */
const REMEMBERED_MS = 3_600_000;
const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

export interface Session {
  readonly role: Role;
  readonly name: string;
}

/** All of it rejects with DATABASE_UNAVAILABLE, or with what the driver throws; `find` not for who was found here lately. */
export interface Sessions {
  /** The secret: 256 random bits, as base64url. */
  open(session: Session): Promise<string>;
  /** Undefined: there is none, or it was not used for too long. Being looked for counts as being used. */
  find(secret: string): Promise<Session | undefined>;
  close(secret: string): Promise<void>;
}

export interface SessionsOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly tokens: Tokens;
  readonly clock: Pick<Clock, 'epochMs' | 'nowMs'>;
}

export function createPostgresSessions({ database, tokens, clock }: SessionsOptions): Sessions {
  const { sql: db, ready } = database;
  const keyOf = (secret: string, token: string): Buffer =>
    createHmac('sha256', token).update(secret).digest();
  const keysOf = (secret: string): Buffer[] =>
    [tokens.operator, tokens.viewer].flatMap((token) => (token === undefined ? [] : [keyOf(secret, token)]));
  const iso = (ms: number): string => new Date(ms).toISOString();
  const remembered = new ExpiringMap<string, Session>(clock, REMEMBERED_MS);
  const nameOf = (secret: string): string => keyOf(secret, tokens.operator).toString('hex');

  const found = async (secret: string): Promise<Session | undefined> => {
    await ready();
    const now = clock.epochMs();
    const { rows } = await sql<Session & { used_at: Date }>`
      select role, name, used_at from liveline.operator_sessions
      where key = any(${keysOf(secret)}::bytea[]) and used_at > ${iso(now - IDLE_MS)}`.execute(db);
    const [row] = rows;
    if (!row) return undefined;
    if (now - row.used_at.getTime() > TOUCH_AFTER_MS)
      await sql`
        update liveline.operator_sessions set used_at = ${iso(now)}
        where key = any(${keysOf(secret)}::bytea[])`.execute(db);
    return { role: row.role, name: row.name };
  };

  return {
    async open({ role, name }) {
      await ready();
      const now = clock.epochMs();
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const key = keyOf(secret, role === 'operator' ? tokens.operator : (tokens.viewer ?? tokens.operator));
      await sql`delete from liveline.operator_sessions where used_at <= ${iso(now - IDLE_MS)}`.execute(db);
      await sql`
        insert into liveline.operator_sessions (key, role, name, opened_at, used_at)
        values (${key}, ${role}, ${name}, ${iso(now)}, ${iso(now)})`.execute(db);
      return secret;
    },

    async find(secret) {
      if (!SECRET.test(secret)) return undefined;
      try {
        const session = await found(secret);
        if (session) remembered.set(nameOf(secret), session);
        else remembered.take(nameOf(secret));
        return session;
      } catch (thrown) {
        const session = mayPass(thrown) ? remembered.get(nameOf(secret)) : undefined;
        if (!session) throw thrown;
        return session;
      }
    },

    async close(secret) {
      if (!SECRET.test(secret)) return;
      remembered.take(nameOf(secret));
      await ready();
      await sql`delete from liveline.operator_sessions where key = any(${keysOf(secret)}::bytea[])`.execute(
        db,
      );
    },
  };
}
