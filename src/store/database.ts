// The database: one pool of connections to PostgreSQL, either the embedded one or a server of the operator's. What is
// asked of it is in the rooms that ask; here is only that it is there, and what it is like when it is not.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { embedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

export interface DatabaseOptions {
  /** `postgres://…`; undefined: the embedded one, in `dataDir`. */
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
}

export interface Database {
  readonly size: 'embedded' | 'server';
  /** For people: where it is, without a password. */
  readonly where: string;
  readonly sql: Kysely<Tables>;
  /**
   * It answers and is migrated; an embedded one that was killed is started again. Throws DATABASE_UNAVAILABLE when trying
   * again can help, DATABASE_REFUSED when it cannot.
   */
  ready(): Promise<void>;
  /** Gives its connections back, and stops an embedded server that nobody else uses. */
  close(): Promise<void>;
}

/** Webhooks and records need few; a PostgreSQL of the usual size has 100 for all its clients. */
const CONNECTIONS = 8;
const CONNECT_WITHIN_MS = 5_000;
/** Nothing that we ask takes longer; a database that hangs is as good as away. */
const STATEMENT_WITHIN_MS = 30_000;

/** Connects to nothing yet. Throws CONFIG_INVALID when the address cannot be read. */
export function openDatabase({ url, dataDir, log }: DatabaseOptions): Database {
  const own = url === undefined ? embedded(dataDir, log) : undefined;
  const pools = new Pools(log);
  const sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools }) });
  let migrated = false;

  const connect = async (): Promise<void> => {
    if (own) {
      const server = await own.ensure();
      pools.use(`${server.host}:${server.port}`, server);
    } else {
      pools.use('server', { connectionString: url });
    }
    await pools.check();
    if (migrated) return;
    const done = await migrate(sql);
    migrated = true;
    if (done.length > 0) log.info({ migrations: done }, 'the database was migrated');
  };

  return {
    size: own ? 'embedded' : 'server',
    where: own ? own.dir : whereOf(url ?? ''),
    sql,
    ready: () =>
      connect().catch((thrown: unknown) => {
        throw asDatabaseError(thrown);
      }),
    async close() {
      await sql.destroy();
      await own?.stop();
    },
  };
}

/** Hands out connections to wherever the server is now: an embedded one that was started again may have another port. */
class Pools implements PostgresPool {
  readonly options = {};
  readonly #log: Log;
  #pool: pg.Pool | undefined;
  #of: string | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  use(of: string, config: pg.PoolConfig): void {
    if (this.#of === of) return;
    const old = this.#pool;
    const pool = new pg.Pool({
      ...config,
      max: CONNECTIONS,
      application_name: 'liveline',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      statement_timeout: STATEMENT_WITHIN_MS,
      keepAlive: true,
    });
    // Without a listener the loss of an idle connection would end the process.
    pool.on('error', (error) =>
      this.#log.debug({ reason: error.message }, 'an idle database connection was lost'),
    );
    this.#pool = pool;
    this.#of = of;
    void old?.end();
  }

  async check(): Promise<void> {
    const client = await this.#open.connect();
    try {
      await client.query('select 1');
    } finally {
      client.release();
    }
  }

  connect(): Promise<PostgresPoolClient> {
    return this.#open.connect();
  }

  async end(): Promise<void> {
    await this.#pool?.end();
  }

  get #open(): pg.Pool {
    if (!this.#pool) throw new LivelineError('DATABASE_UNAVAILABLE', 'the database is not connected yet');
    return this.#pool;
  }
}

/** Of PostgreSQL's codes (postgresql.org, Error Codes): what no later attempt changes. */
const REFUSALS = /^(28|3D|42501)/;
const HINTS: Readonly<Record<string, string>> = {
  '28P01': 'the password in DATABASE_URL is wrong',
  '3D000': 'create it first: createdb',
};

function asDatabaseError(thrown: unknown): LivelineError {
  if (thrown instanceof LivelineError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  const refused = typeof code === 'string' && REFUSALS.test(code);
  const hint = (typeof code === 'string' && HINTS[code]) || undefined;
  return new LivelineError(
    refused ? 'DATABASE_REFUSED' : 'DATABASE_UNAVAILABLE',
    `the database ${refused ? 'refuses us' : 'does not answer'}: ${messageOf(thrown)}${hint === undefined ? '' : `; ${hint}`}`,
    { cause: thrown },
  );
}

function whereOf(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === '' ? 5432 : port}${pathname}`;
}

/** The name of this installation: kept in its data folder, made when it is not there. */
export async function nodeName(dataDir: string): Promise<string> {
  const file = join(dataDir, 'node');
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, randomUUID(), { flag: 'wx' }).catch(() => undefined);
  return (await readFile(file, 'utf8')).trim();
}
