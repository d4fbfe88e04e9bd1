// The books put together, on a database that is away all along: what is told is safe on disk.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { openBooks } from '../../src/records/books.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { freshDatabaseUrl, freshDataDir } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { ENDED, STARTED } from './told-call.ts';

const SPOOL_BYTES = 200_000;
/** Beyond the greatest process number that Linux gives (proc_sys_kernel(5), pid_max). */
const DEAD = 'records-999999999-1';

async function rig({ onTestFinished, signal }: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'liveline-books-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const nowhere = openDatabase({ url: 'postgres://127.0.0.1:1/none', dataDir, log: silentLog });
  onTestFinished(() => nowhere.close());
  const database: Database = {
    ...nowhere,
    ready: () => Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'it is away')),
  };
  const clock = new ManualClock();
  const notices = new Notices(silentLog);
  const books = await openBooks({
    ...{ database, dataDir, notices, clock, log: silentLog },
    ...{ spoolBytes: SPOOL_BYTES, rehearsal: true },
  });
  /** A second at a time, until it is so, for as long as the test may take. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      signal.throwIfAborted();
      clock.advance(1_000);
      await turn();
    }
  };
  const started = (n: number): void =>
    notices.publish({
      ...{ type: 'call-started', callId: callId(`CA-${n}`), atMs: 0, startedMs: 0, direction: 'inbound' },
      ...{ profile: 'p', profileVersion: '1', model: 'm', from: '+15550100777', to: '+15550100100' },
      ...{ keepDays: 30, logCalls: true },
    });
  return { dataDir, clock, books, until, started };
}

test('a neighbour that dies with a full spool takes no room from our own records', async (context) => {
  const { dataDir, clock, books, until, started } = await rig(context);
  await until(() => books.backlog.isAway);
  const dead = join(dataDir, 'spool', DEAD);
  await mkdir(dead, { recursive: true });
  const line = `${JSON.stringify({ is: 'event', callId: 'x', t: 'y'.repeat(900) })}\n`;
  await writeFile(join(dead, '000000000000001-aa.ndjson'), line.repeat(210));
  started(0);
  await until(() => books.backlog.spooledItems > 0);
  // Longer than from one look for the dead to the next.
  for (let n = 0; n < 300; n += 1) {
    clock.advance(1_000);
    await turn();
  }
  for (let n = 1; n < 50; n += 1) started(n);
  await until(() => books.backlog.queued === 0);
  expect(books.backlog).toMatchObject({ spooledItems: 50, lost: 0 });
  expect(await readdir(dead)).toHaveLength(1);
  let isClosed = false;
  void books.close(0).then(() => (isClosed = true));
  await until(() => isClosed);
});

test('the CRM is told of a call once its end is in the database, and of none where there is no CRM', async (context) => {
  const dataDir = freshDataDir(context);
  const { database, isAsked } = await watchedDatabase(context, dataDir);
  const crm = createMemoryCrm({ contacts: [{ id: 'ada', name: 'Ada', phone: STARTED.from, facts: {} }] });
  const clock = new ManualClock(Date.now());
  const notices = new Notices(silentLog);
  const open = (to: typeof crm | undefined) =>
    openBooks({
      ...{ database, dataDir, notices, clock, crm: to, log: silentLog },
      ...{ spoolBytes: SPOOL_BYTES, rehearsal: true },
    });
  const startedMs = clock.epochMs();
  const call = (name: string) => {
    const id = { callId: callId(name), atMs: 0 };
    notices.publish({ ...id, ...STARTED, startedMs });
    return () => notices.publish({ ...id, ...ENDED });
  };
  /** Time stands still while the database is asked: how long it takes for an answer is the machine's matter. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      context.signal.throwIfAborted();
      if (!isAsked()) clock.advance(1_000);
      await turn();
    }
  };
  const close = async (books: Awaited<ReturnType<typeof open>>): Promise<void> => {
    let isClosed = false;
    void books.close(60_000).then(() => (isClosed = true));
    await until(() => isClosed);
  };

  const without = await open(undefined);
  call('CA-untold')();
  await until(() => without.backlog.written === 2);
  await close(without);
  const books = await open(crm);
  const end = call('CA-told');
  await until(() => books.backlog.written === 1);
  await until(() => books.backlog.queued === 0);
  expect(crm.logged).toEqual([]);
  end();
  await until(() => books.crmLog.done === 1);
  expect(crm.logged).toMatchObject([{ callId: 'CA-told', contactId: 'ada', durationMs: 30_000 }]);
  await close(books);
  expect(await recordOf(database, 'CA-told')).toMatchObject({ crmLog: 'done' });
  expect(await recordOf(database, 'CA-untold')).toMatchObject({ crmLog: 'off' });
});

/** A database of which is known whether it is being asked. */
async function watchedDatabase(context: TestContext, dataDir: string) {
  const url = await freshDatabaseUrl(context);
  const migrated = openDatabase({ url, dataDir, log: silentLog });
  context.onTestFinished(() => migrated.close());
  await migrated.ready();
  const pool = new pg.Pool({ connectionString: url });
  // The database may be dropped before the server has seen that its last connections were ended.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const sql: Database['sql'] = new Kysely({ dialect: new PostgresDialect({ pool }) });
  context.onTestFinished(() => sql.destroy());
  const database: Database = { ...migrated, sql, ready: () => Promise.resolve() };
  return { database, isAsked: () => pool.waitingCount > 0 || pool.totalCount > pool.idleCount };
}

const recordOf = (database: Database, name: string) => createPostgresRecords(database).get(callId(name));
