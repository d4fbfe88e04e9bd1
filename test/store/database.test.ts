// The database: reached, migrated, by several processes at once, in both sizes; and what it says when it cannot be.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrationStatus } from '../../src/store/migrate.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';
import {
  freshDatabase,
  sharedDatabaseUrl,
  freshDatabaseUrl,
  SIZES,
  TEST_DATA_DIR,
} from '../doubles/databases.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

function open({ onTestFinished }: Context, url: string): Database {
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  onTestFinished(() => database.close());
  return database;
}

/** What ready() throws. */
const refusal = async (context: Context, url: string): Promise<unknown> => {
  const thrown: unknown = await open(context, url)
    .ready()
    .catch((error: unknown) => error);
  // No word of it holds the password.
  expect(String(thrown)).not.toContain('s3cret-word');
  return thrown;
};

/** A server of our own on loopback; its address. */
async function serving({ onTestFinished }: Context, onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgres://liveline:s3cret-word@127.0.0.1:${(server.address() as AddressInfo).port}/calls`;
}

describe.each(SIZES)('%s', (size) => {
  test('four at once migrate it once', async (context) => {
    const url = await freshDatabaseUrl(context, size);
    const databases = Array.from({ length: 4 }, () => open(context, url));
    await Promise.all(databases.map((database) => database.ready()));
    const status = await migrationStatus(databases[0]!.sql);
    expect(status.length).toBeGreaterThan(0);
    expect(status.filter(({ doneAt }) => doneAt === undefined)).toEqual([]);
  });

  test('nothing is done to it by asking how far it is migrated', async (context) => {
    const url = await freshDatabaseUrl(context, size);
    const database = open(context, url);
    await expect(migrationStatus(database.sql)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await database.ready();
    await sql`drop schema liveline cascade`.execute(database.sql);
    expect((await migrationStatus(database.sql)).every(({ doneAt }) => doneAt === undefined)).toBe(true);
    const { rows } = await sql`select 1 from pg_namespace where nspname = 'liveline'`.execute(database.sql);
    expect(rows).toEqual([]);
  });

  test('ready() is one connection, however often it is called', async (context) => {
    const database = await freshDatabase(context, size);
    await Promise.all(Array.from({ length: 50 }, () => database.ready()));
    for (let n = 0; n < 50; n++) await database.ready();
    // The connection that migrated may still be on its way out.
    await vi.waitFor(async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity where datname = current_database()`.execute(
        database.sql,
      );
      expect(rows).toEqual([{ n: 1 }]);
    });
  });

  test('connections lost while idle, or between two statements, end nothing; ready() has others', async (context) => {
    const url = await freshDatabaseUrl(context, size);
    const database = open(context, url);
    await database.ready();
    const killer = new pg.Client({ connectionString: url });
    await killer.connect();
    context.onTestFinished(() => killer.end());
    const lost = database.sql.transaction().execute(async (transaction) => {
      await sql`select 1`.execute(transaction);
      await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await vi.waitFor(async () => {
        const { rows } = await killer.query(
          `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
        expect(rows).toEqual([]);
      });
      await sql`select 1`.execute(transaction);
    });
    await expect(lost).rejects.toBeInstanceOf(Error);
    await vi.waitFor(() => database.ready());
    const { rows } = await sql`select 1 as n`.execute(database.sql);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('a database that a newer Liveline has migrated is refused', async (context) => {
    const url = await freshDatabaseUrl(context, size);
    const first = open(context, url);
    await first.ready();
    await sql`insert into liveline.kysely_migration values ('9999-later', '2026-01-01T00:00:00.000Z')`.execute(
      first.sql,
    );
    expect(await refusal(context, url)).toMatchObject({
      code: 'DATABASE_REFUSED',
      message: expect.stringMatching(/newer Liveline has migrated the database \(9999-later\)/) as unknown,
    });
  });

  test('a wrong password and a database that is not there are said', async (context) => {
    const url = new URL(await freshDatabaseUrl(context, size));
    const wrong = new URL(url);
    wrong.password = 's3cret-word';
    expect(await refusal(context, wrong.href)).toMatchObject({
      code: 'DATABASE_REFUSED',
      message: expect.stringMatching(/the password in DATABASE_URL is wrong$/) as unknown,
    });
    const missing = new URL(url);
    missing.pathname = '/nowhere';
    expect(await refusal(context, missing.href)).toMatchObject({
      code: 'DATABASE_REFUSED',
      message: expect.stringMatching(/"nowhere" does not exist; create it first/) as unknown,
    });
  });

  test('after close() it stays closed', async (context) => {
    const database = await freshDatabase(context, size);
    await Promise.all([database.ready(), database.close(), database.close()]);
    await expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

test('a server without encryption is not talked to where it is asked for', async (context) => {
  const url = new URL(await freshDatabaseUrl(context));
  url.searchParams.set('sslmode', 'require');
  expect(await refusal(context, url.href)).toMatchObject({
    code: 'DATABASE_REFUSED',
    message: expect.stringMatching(/SSL.*leave sslmode out/) as unknown,
  });
});

test('an address without the password that is wanted', async (context) => {
  const url = new URL(await sharedDatabaseUrl());
  // The driver leaves the connection, and while the server waits on it for a minute no database is made or dropped.
  const proxy = await tcpProxy(url.hostname, Number(url.port));
  url.port = String(proxy.port);
  url.password = '';
  const why = await refusal(context, url.href).finally(() => proxy.end());
  expect(why).toMatchObject({
    code: 'DATABASE_REFUSED',
    message: expect.stringMatching(/has no password/) as unknown,
  });
});

test('nobody listens there', async (context) => {
  const { port } = new URL(await serving(context, () => undefined));
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port: closed } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  expect(String(closed)).not.toBe(port);
  expect(await refusal(context, `postgres://liveline:s3cret-word@localhost:${closed}/calls`)).toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: expect.stringMatching(
      /^the database at localhost:\d+\/calls does not answer: .*ECONNREFUSED/,
    ) as unknown,
  });
});

test('a server that takes the connection and says nothing is given up', async (context) => {
  const url = await serving(context, () => undefined);
  expect(await refusal(context, url)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test('and one that talks something else, or hangs up', async (context) => {
  const garbage = await serving(context, (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await refusal(context, garbage)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  const silent = await serving(context, (socket) => socket.destroy());
  expect(await refusal(context, silent)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test('a PostgreSQL that is too old is refused, and the one that is needed named', async (context) => {
  const message = (type: string, ...parts: (number | string)[]): Buffer => {
    const body = Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
    );
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  // postgresql.org, Message Formats: authentication ok, ready; row description, data row, command complete, ready.
  const ready = message('Z', 'I');
  const greeting = Buffer.concat([message('R', 0, 0, 0, 0), ready]);
  const column = [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0];
  const answer = Buffer.concat([
    message('T', 0, 1, 'server_version_num', 0, ...column),
    message('D', 0, 1, 0, 0, 0, 6, '130021'),
    message('C', 'SHOW', 0),
    ready,
  ]);
  const url = await serving(context, (socket) => {
    socket.once('data', () => {
      socket.write(greeting);
      socket.on('data', ([type]: Buffer) => {
        // `Q`: a query
        if (type === 0x51) socket.write(answer);
      });
    });
  });
  expect(await refusal(context, url)).toMatchObject({
    code: 'DATABASE_REFUSED',
    message: 'the database is PostgreSQL 13: Liveline needs PostgreSQL 14 or newer',
  });
});

test.each([
  { url: 'postgres://u:s3cret-word@db.example/calls', where: 'db.example:5432/calls' },
  { url: 'postgres://u:s3cret-word@db.example:6543/calls?sslmode=require', where: 'db.example:6543/calls' },
  { url: 'postgres:///calls?host=/run/postgresql', where: '/run/postgresql:5432/calls' },
])('$url is said as $where', ({ url, where }) => {
  expect(openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog }).where).toBe(where);
});

test.each([
  { name: 'half an address', url: 'postgres://u:s3cret-word@[half/x' },
  { name: 'a slash in the password', url: 'postgres://u:12345/s3cret-word@127.0.0.1/x' },
  { name: 'a question mark in it', url: 'postgres://u:12345/s3cret-word?3@127.0.0.1/x' },
  { name: 'a hash in it', url: 'postgres://u:12345/s3cret-word#3@127.0.0.1/x' },
  { name: 'no //', url: 'postgres:s3cret-word@/x' },
  { name: 'words of libpq', url: 'host=db password=s3cret-word' },
])('$name: refused at once, and not repeated', ({ url }) => {
  const opening = (): unknown => openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  expect(opening).toThrow(/^DATABASE_URL cannot be read/);
  expect(opening).not.toThrow(/s3cret-word/);
});

/** Kysely's, of migrations (postgres-adapter.js). */
const MIGRATION_LOCK = '3853314791062309107';

/** Whoever migrates that database waits from now on. */
async function migrationLocked({ onTestFinished }: Context, url: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: url });
  holder.on('error', () => undefined);
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('begin');
  await holder.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  return holder;
}

const isWaitedFor = (holder: pg.Client): Promise<void> =>
  vi.waitFor(
    async () => {
      const { rows } = await holder.query(
        `select 1 from pg_locks join pg_database on oid = database
         where datname = current_database() and locktype = 'advisory' and not granted`,
      );
      expect(rows).toHaveLength(1);
    },
    { timeout: 20_000 },
  );

test('close() does not wait for a process that migrates', async (context) => {
  const url = await freshDatabaseUrl(context);
  const holder = await migrationLocked(context, url);
  const database = open(context, url);
  const ready = expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await isWaitedFor(holder);
  await database.close();
  await ready;
});

test('nor for a server whose way went silent while it was asked to migrate', async (context) => {
  const url = new URL(await freshDatabaseUrl(context));
  const holder = await migrationLocked(context, url.href);
  const proxy = await tcpProxy(url.hostname, Number(url.port));
  url.port = String(proxy.port);
  const database = open(context, url.href);
  const ready = expect(database.ready()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await isWaitedFor(holder);
  proxy.close('silent');
  await database.close();
  await ready;
  await proxy.end();
});
