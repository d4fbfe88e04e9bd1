// The database: one pool of connections to PostgreSQL, either the embedded one or a server of the operator's. What is
// asked of it is in the rooms that ask; here is only that it is there, and what it is like when it is not.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { LivelineError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { whereOf } from './database-address.ts';
import { asDatabaseError } from './database-error.ts';
import { embedded } from './embedded/embedded.ts';
import { migrate } from './migrate.ts';
import { outlastStops } from './outlast.ts';
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
   * It answers and is migrated; an embedded one that was killed is started again. May be called often: calls at the same
   * time are one. Throws DATABASE_UNAVAILABLE when trying again can help, DATABASE_REFUSED when it cannot.
   */
  ready(): Promise<void>;
  /** A connection beside the pool, to be listened on; its event `end` tells its loss. Throws what `ready` throws. */
  connect(): Promise<pg.Client>;
  /** Gives its connections back, and stops an embedded server that nobody else uses. */
  close(): Promise<void>;
}

/** Webhooks and records need few; a PostgreSQL of the usual size has 100 for all its clients. */
const CONNECTIONS = 8;
const CONNECT_WITHIN_MS = 5_000;
/** Nothing that we ask takes longer; a database that hangs is as good as away. */
const STATEMENT_WITHIN_MS = 30_000;
/** Beyond that, when not even the refusal comes: the way to it is dead. */
const ANSWER_WITHIN_MS = STATEMENT_WITHIN_MS + 5_000;
/** The oldest major version that this code is tried with. */
const OLDEST_POSTGRES = 14;
/** A server that is there is left sooner, and of one that is not nothing can be had. */
const LEAVE_WITHIN_MS = 3_000;

/** Connects to nothing yet. Throws CONFIG_INVALID when the address cannot be read. */
export function openDatabase({ url, dataDir, log }: DatabaseOptions): Database {
  const own = url === undefined ? embedded(dataDir, log) : undefined;
  const where = own ? own.dir : whereOf(url ?? '');
  const pools = new Pools(log);
  const sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools }) });
  let migrated = false;
  let readying: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const closed = new AbortController();

  const reach = async (): Promise<pg.ClientConfig> => {
    const to = own ? { ...(await own.ensure()) } : { connectionString: url, application_name: 'liveline' };
    if (closed.signal.aborted) throw wasClosed();
    pools.use(to);
    await pools.check();
    return to;
  };

  const connect = async (): Promise<void> => {
    const to = await (own ? outlastStops(reach) : reach());
    if (migrated) return;
    const done = await migrateOver(to, closed.signal);
    migrated = true;
    if (done.length > 0) log.info({ migrations: done }, 'the database was migrated');
  };

  const ready = (): Promise<void> => {
    if (closing) return Promise.reject(wasClosed());
    return (readying ??= connect()
      .catch((thrown: unknown) => {
        throw asDatabaseError(thrown, where);
      })
      .finally(() => {
        readying = undefined;
      }));
  };

  return {
    size: own ? 'embedded' : 'server',
    where,
    sql,
    ready,
    async connect() {
      await ready();
      return pools.connectBeside().catch((thrown: unknown) => {
        throw asDatabaseError(thrown, where);
      });
    },
    close() {
      closed.abort();
      return (closing ??= inTime(readying)
        // kysely ends only what it has used.
        .then(() => inTime(Promise.allSettled([sql.destroy(), pools.end()])))
        .then(() => own?.stop()));
    },
  };
}

const wasClosed = (): LivelineError => new LivelineError('DATABASE_UNAVAILABLE', 'the database was closed');

/** What comes of it does not matter; it is waited for only so long. */
async function inTime(work: Promise<unknown> | undefined): Promise<void> {
  const late = new AbortController();
  const settled = Promise.resolve(work).then(
    () => undefined,
    () => undefined,
  );
  const timer = sleep(LEAVE_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined);
  await Promise.race([settled, timer]);
  late.abort();
}

/** On a connection of its own, without a limit of time but `closed`: it may wait for another process that migrates. */
async function migrateOver(to: pg.ClientConfig, closed: AbortSignal): Promise<readonly string[]> {
  const pool = new pg.Pool({ ...to, max: 1, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true });
  listen(pool, () => undefined);
  pool.on('connect', (client) => {
    // Cuts off what is being asked: the server takes back what it was doing, and its lock.
    const leave = (): void => void (client instanceof pg.Client && client.end().catch(() => undefined));
    if (closed.aborted) leave();
    else closed.addEventListener('abort', leave, { once: true });
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await migrate(db);
  } finally {
    await db.destroy();
  }
}

/** Without listeners the loss of a connection would end the process, be it idle or between two statements. */
function listen(pool: pg.Pool, onLost: (error: Error) => void): void {
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', onLost));
}

/** Hands out connections to wherever the server is now: an embedded one that was started again may have another port. */
class Pools implements PostgresPool {
  readonly options = {};
  readonly #log: Log;
  #pool: pg.Pool | undefined;
  #of: string | undefined;
  #config: pg.ClientConfig = {};

  constructor(log: Log) {
    this.#log = log;
  }

  use(config: pg.PoolConfig): void {
    const of = JSON.stringify(config);
    if (this.#of === of) return;
    this.#of = of;
    this.#config = config;
    this.#give(
      new pg.Pool({
        ...config,
        max: CONNECTIONS,
        // Always one: by it others see that we use the server.
        min: 1,
        connectionTimeoutMillis: CONNECT_WITHIN_MS,
        statement_timeout: STATEMENT_WITHIN_MS,
        query_timeout: ANSWER_WITHIN_MS,
        keepAlive: true,
      }),
    );
  }

  /** A pool that fails is not used again: its other connections may be dead too, and would be handed out in turn. */
  async check(): Promise<void> {
    try {
      const client = await this.#open.connect();
      try {
        await checkVersion(client);
        client.release();
      } catch (thrown) {
        client.release(true);
        throw thrown;
      }
    } catch (thrown) {
      this.#of = undefined;
      throw thrown;
    }
  }

  connect(): Promise<PostgresPoolClient> {
    return this.#open.connect();
  }

  async connectBeside(): Promise<pg.Client> {
    const client = new pg.Client({
      ...{ ...this.#config, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true },
      query_timeout: ANSWER_WITHIN_MS,
    });
    // Without a listener its loss would end the process; `end` follows.
    client.on('error', (error) =>
      this.#log.debug({ reason: error.message }, 'a database connection was lost'),
    );
    await client.connect();
    return client;
  }

  async end(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.end();
  }

  #give(pool: pg.Pool): void {
    listen(pool, (error) => this.#log.debug({ reason: error.message }, 'a database connection was lost'));
    const old = this.#pool;
    this.#pool = pool;
    void old?.end();
  }

  get #open(): pg.Pool {
    if (!this.#pool) throw new LivelineError('DATABASE_UNAVAILABLE', 'the database is not connected');
    return this.#pool;
  }
}

async function checkVersion(client: pg.PoolClient): Promise<void> {
  const asked = { text: 'show server_version_num', query_timeout: CONNECT_WITHIN_MS };
  const { rows } = await client.query<{ server_version_num: string }>(asked);
  // 150004 is 15.4 (postgresql.org, Preset Options).
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (!(major >= OLDEST_POSTGRES))
    throw new LivelineError(
      'DATABASE_REFUSED',
      `the database is PostgreSQL ${major}: Liveline needs PostgreSQL ${OLDEST_POSTGRES} or newer`,
    );
}
