// Routes in a real database: as every store keeps them, and when the database is away, slow, or shared.
import { sql } from 'kysely';
import { pino } from 'pino';
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog, type Log } from '../../src/base/log.ts';
import {
  createPostgresRoutes,
  sweepRoutes,
  type PostgresRoutes,
} from '../../src/ivr/route-store-postgres.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { routeOf, routeStoreContract } from '../contracts/route-store.contract.ts';
import {
  freshDatabase,
  migratedDatabaseUrl,
  LARGEST,
  TEST_DATA_DIR,
  type Size,
} from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

const signal = new AbortController().signal;
const CALL = callId('CA-a');

const moveBack = async ({ sql: db }: Database, ms: number): Promise<void> => {
  const by = sql`make_interval(secs => ${ms / 1_000}::float8)`;
  await sql`update liveline.routes set updated_at = updated_at - ${by}`.execute(db);
  await sql`update liveline.claims set until = until - ${by}`.execute(db);
};

const isSaved = (routes: PostgresRoutes): Promise<void> =>
  vi.waitFor(() => expect(routes.unsaved).toBe(0), { timeout: 10_000, interval: 5 });

async function open(context: TestContext, url: string, log: Log = silentLog) {
  const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  const clock = new ManualClock();
  return { database, clock, routes: createPostgresRoutes({ database, clock, log }) };
}

/** A database behind a way that can be cut, and one that is always there. */
async function cuttable(context: TestContext, size: Size) {
  const url = new URL(await migratedDatabaseUrl(context, size));
  const proxy = await tcpProxy(url.hostname, Number(url.port));
  context.onTestFinished(() => proxy.end());
  const lines: { level: number; msg: string }[] = [];
  const log = pino(
    { level: 'info', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
  );
  const there = await open(context, url.href);
  url.port = String(proxy.port);
  url.hostname = '127.0.0.1';
  const behind = await open(context, url.href, log);
  return { proxy, lines, there, behind };
}

describe.each(LARGEST)('%s', (size) => {
  routeStoreContract('PostgreSQL', async (context) => {
    const url = await migratedDatabaseUrl(context, size);
    const [one, two] = [await open(context, url), await open(context, url)];
    return {
      store: one.routes,
      other: two.routes,
      settle: async () => {
        await isSaved(one.routes);
        await isSaved(two.routes);
      },
      pass: (ms) => moveBack(one.database, ms),
    };
  });

  test('away: nobody waits or is thrown at, this process still knows, and the latest is written when it is back', async (context) => {
    const { proxy, lines, there, behind } = await cuttable(context, size);
    proxy.close();
    for (let step = 1; step <= 50; step += 1) behind.routes.save(routeOf('a', step));
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    behind.routes.save(routeOf('a', 51));
    expect(await behind.routes.load(CALL, signal)).toMatchObject({ step: 51 });
    await expect(behind.routes.load(callId('CA-b'), signal)).rejects.toThrow();
    await expect(behind.routes.claim('ring', 1_000, signal)).rejects.toThrow();
    expect(await there.routes.load(CALL, signal)).toBeUndefined();
    proxy.open();
    await vi.waitFor(async () => {
      behind.clock.advance(500);
      await new Promise(setImmediate);
      expect(behind.routes.unsaved).toBe(0);
    });
    expect(await there.routes.load(CALL, signal)).toMatchObject({ step: 51 });
    expect(await behind.routes.load(CALL, signal)).toMatchObject({ step: 51 });
    await vi.waitFor(() => expect(lines.map(({ level }) => level)).toEqual([40, 30]));
  });

  test('another process was quicker while the database was away here: its step stays', async (context) => {
    const { proxy, there, behind, lines } = await cuttable(context, size);
    proxy.close();
    behind.routes.save(routeOf('a', 2, { rung: 1 }));
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    there.routes.save(routeOf('a', 5, { rung: 2 }));
    await isSaved(there.routes);
    proxy.open();
    await behind.database.ready();
    behind.clock.advance(500);
    await isSaved(behind.routes);
    for (const { routes } of [there, behind])
      expect(await routes.load(CALL, signal)).toMatchObject({ step: 5, rung: 2 });
  });

  test('hung: who asks is answered by the deadline, with what this process knows', async (context) => {
    const { proxy, behind } = await cuttable(context, size);
    proxy.close('silent');
    behind.routes.save(routeOf('a', 3));
    const deadline = new AbortController();
    const asked = [CALL, callId('CA-b')].map((id) => behind.routes.load(id, deadline.signal));
    const claimed = behind.routes.claim('ring', 1_000, deadline.signal);
    const all = Promise.allSettled([...asked, claimed]);
    deadline.abort(new Error('late'));
    expect(await all).toMatchObject([
      { status: 'fulfilled', value: { step: 3 } },
      { status: 'rejected', reason: { message: 'late' } },
      { status: 'rejected', reason: { message: 'late' } },
    ]);
    const closing = behind.routes.close(2_000);
    behind.clock.advance(2_000);
    await closing;
    expect(behind.clock.pending).toBe(0);
    proxy.open();
  });

  test('what waits in memory is bounded, the oldest goes, and that is told', async (context) => {
    const { proxy, lines, behind } = await cuttable(context, size);
    proxy.close();
    behind.routes.save(routeOf('first'));
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    for (let n = 0; n < 2_005; n += 1) behind.routes.save(routeOf(`n${n}`));
    expect(behind.routes.unsaved).toBe(2_000);
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(6);
    expect(await behind.routes.load(callId('CA-n2004'), signal)).toBeDefined();
    await expect(behind.routes.load(callId('CA-first'), signal)).rejects.toThrow();
  });

  test('closing writes what was saved before', async (context) => {
    const url = await migratedDatabaseUrl(context, size);
    const [one, two] = [await open(context, url), await open(context, url)];
    for (let n = 0; n < 20; n += 1) one.routes.save(routeOf(`n${n}`));
    await one.routes.close(5_000);
    expect(one.clock.pending).toBe(0);
    expect(await two.routes.load(callId('CA-n19'), signal)).toBeDefined();
  });

  test('characters that the database has not do not keep a route from being kept', async (context) => {
    const { routes } = await open(context, await migratedDatabaseUrl(context, size));
    const odd = 'a\0b\ud800c';
    routes.save(routeOf('a', 1, { from: odd, matter: { reason: odd, briefing: odd } }));
    await isSaved(routes);
    expect(await routes.load(CALL, signal)).toMatchObject({
      from: 'a\ufffdb\ufffdc',
      matter: { reason: 'a\ufffdb\ufffdc' },
    });
  });

  test('a route that the database refuses does not hold up the others', async (context) => {
    const url = await migratedDatabaseUrl(context, size);
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
    const { routes } = await open(context, url, log);
    routes.save(routeOf('bad', 2 ** 40));
    routes.save(routeOf('good'));
    await isSaved(routes);
    expect(await routes.load(callId('CA-good'), signal)).toBeDefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/CA-bad.*out of range/);
  });

  test('a hundred names, two processes: each is claimed once', async (context) => {
    const url = await migratedDatabaseUrl(context, size);
    const pools = [await open(context, url), await open(context, url)];
    const names = Array.from({ length: 100 }, (_, n) => `name ${n}`);
    const claim = () =>
      Promise.all(names.flatMap((name) => pools.map(({ routes }) => routes.claim(name, 60_000, signal))));
    expect((await claim()).filter(Boolean)).toHaveLength(100);
    await moveBack(pools[0]!.database, 61_000);
    expect((await claim()).filter(Boolean)).toHaveLength(100);
  });

  test('old rows are deleted, by several at once, and from time to time by itself', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const routes = createPostgresRoutes({ database, clock, log: silentLog });
    const fill = async (name: string): Promise<void> => {
      for (let n = 0; n < 3; n += 1) routes.save(routeOf(`${name}${n}`));
      await isSaved(routes);
      await routes.claim(name, 1_000, signal);
    };
    await fill('old');
    await moveBack(database, 5 * 3_600_000 + 1_000);
    await fill('new');
    const counts = await Promise.all([sweepRoutes(database), sweepRoutes(database)]);
    expect(counts[0] + counts[1]).toBe(4);
    await moveBack(database, 5 * 3_600_000 + 1_000);
    clock.advance(600_000);
    await vi.waitFor(async () => {
      const { rows } =
        await sql`select call_id from liveline.routes union all select name from liveline.claims`.execute(
          database.sql,
        );
      expect(rows).toEqual([]);
    });
  });
});
