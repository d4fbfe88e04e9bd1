// Journals in a real database: as all keep them, and when it is away, slow, or shared.
import { sql } from 'kysely';
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { createPostgresJournals, sweepJournals } from '../../src/call/journal-postgres.ts';
import type { JournalKeeper } from '../../src/call/journal-keeper.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { journalEntryOf, journalsContract } from '../contracts/journals.contract.ts';
import { freshDatabase, migratedDatabaseUrl, SIZES, TEST_DATA_DIR, type Size } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

const ID = callId('CA-a');
const dead = { planned: false, withinMs: 5_000 } as const;

const moveBack = async ({ sql: db }: Database, ms: number): Promise<void> => {
  await sql`update liveline.call_journals
    set updated_at = updated_at - make_interval(secs => ${ms / 1_000}::float8)`.execute(db);
};

/** Time passes until all is written. */
const settled = (clock: ManualClock, keepers: readonly JournalKeeper[]): Promise<void> =>
  vi.waitFor(
    () => {
      if (keepers.some(({ backlog }) => backlog.calls > 0)) clock.advance(200);
      expect(keepers.map(({ backlog }) => backlog.calls)).toEqual(keepers.map(() => 0));
    },
    { timeout: 10_000, interval: 5 },
  );

/** A node behind a way that can be cut, and one whose way is always there. */
async function cuttable(context: TestContext, size: Size) {
  const url = new URL(await migratedDatabaseUrl(context, size));
  const proxy = await tcpProxy(url.hostname, Number(url.port));
  context.onTestFinished(() => proxy.end());
  const clock = new ManualClock();
  const open = async (name: string): Promise<JournalKeeper> => {
    const database = openDatabase({ url: url.href, dataDir: TEST_DATA_DIR, log: silentLog });
    context.onTestFinished(() => database.close());
    await database.ready();
    return createPostgresJournals({ database, node: name, clock, log: silentLog });
  };
  const there = await open('there');
  url.port = String(proxy.port);
  url.hostname = '127.0.0.1';
  return { proxy, clock, there, behind: await open('behind') };
}

describe.each(SIZES)('%s', (size) => {
  journalsContract('PostgreSQL', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const keepers: JournalKeeper[] = [];
    return {
      node(name) {
        const keeper = createPostgresJournals({ database, node: name, clock, log: silentLog });
        keepers.push(keeper);
        return keeper;
      },
      settle: () => settled(clock, keepers),
      pass: (ms) => moveBack(database, ms),
      erase: async (name) => {
        await sql`delete from liveline.call_journals where call_id = ${name}`.execute(database.sql);
      },
    };
  });

  test('away: nobody waits or is thrown at, and the latest of each call is written when it is back', async (context) => {
    const { proxy, clock, there, behind } = await cuttable(context, size);
    const lost = vi.fn();
    const old = behind.open(journalEntryOf('a'), lost);
    await settled(clock, [behind]);
    proxy.close();
    const fresh = behind.open(journalEntryOf('b'), lost);
    const over = behind.open(journalEntryOf('c'), lost);
    for (let handOvers = 1; handOvers <= 50; handOvers += 1) old.keep(journalEntryOf('a', { handOvers }));
    await vi.waitFor(() => {
      clock.advance(200);
      expect(behind.backlog).toEqual({ calls: 3, isAway: true });
    });
    old.keep(journalEntryOf('a', { handOvers: 51 }));
    fresh.keep(journalEntryOf('b', { handOvers: 52 }));
    over.end();
    await expect(behind.take(callId('CA-x'), dead, lost)).rejects.toThrow();
    expect(await behind.ownerOf(ID, 1_000)).toBe('behind');
    proxy.open();
    await settled(clock, [behind]);
    const taken = await Promise.all(
      ['a', 'b', 'c'].map((name) => there.take(callId(`CA-${name}`), dead, lost)),
    );
    expect(taken.map((one) => one?.entry.handOvers)).toEqual([51, 52, undefined]);
    expect(lost).not.toHaveBeenCalled();
  });

  test('another node took it while the database was away here: that one has it, and we are told', async (context) => {
    const { proxy, clock, there, behind } = await cuttable(context, size);
    const lost = vi.fn();
    const tenure = behind.open(journalEntryOf('a'), lost);
    await settled(clock, [behind]);
    proxy.close();
    tenure.keep(journalEntryOf('a', { handOvers: 1 }));
    const taken = await there.take(ID, dead, vi.fn());
    taken?.tenure.keep(journalEntryOf('a', { handOvers: 2 }));
    await settled(clock, [there]);
    proxy.open();
    await settled(clock, [behind]);
    expect(lost).toHaveBeenCalledOnce();
    expect((await there.take(ID, dead, vi.fn()))?.entry.handOvers).toBe(2);
  });

  test('hung: who asks is answered by the deadline', async (context) => {
    const { proxy, clock, behind } = await cuttable(context, size);
    const tenure = behind.open(journalEntryOf('a'), vi.fn());
    await settled(clock, [behind]);
    proxy.close('silent');
    tenure.keep(journalEntryOf('a', { handOvers: 1 }));
    const asked = [
      behind.take(callId('CA-b'), { planned: false, withinMs: 300 }, vi.fn()),
      behind.ownerOf(callId('CA-b'), 300),
      tenure.flush(300),
      tenure.handTo('there', 300),
    ];
    const all = Promise.allSettled(asked);
    clock.advance(300);
    expect((await all).map((one) => (one.status === 'fulfilled' ? one.value : 'rejected'))).toEqual([
      ...['rejected', 'rejected', undefined, false],
    ]);
    const closing = behind.close(2_000);
    clock.advance(2_000);
    await closing;
    proxy.open();
  });

  test('a journal that the database refuses does not hold up the others', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const journals = createPostgresJournals({ database, node: 'one', clock, log: silentLog });
    await sql`alter table liveline.call_journals add check (call_id <> 'CA-bad')`.execute(database.sql);
    journals.open(journalEntryOf('bad'), vi.fn());
    journals.open(journalEntryOf('a'), vi.fn());
    await settled(clock, [journals]);
    expect(await journals.callsOf('one')).toEqual([ID]);
  });

  test('the time since a node was last seen counts, where that is later than what it wrote', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const one = createPostgresJournals({ database, node: 'one', clock, log: silentLog });
    const other = createPostgresJournals({ database, node: 'other', clock, log: silentLog });
    one.open(journalEntryOf('a'), vi.fn());
    await settled(clock, [one]);
    await moveBack(database, 60_000);
    await sql`insert into liveline.nodes (node, key, address, public_url, name, started_at, seen_at, draining, calls, lag_ms)
      values ('one', 'k', 'http://127.0.0.1:1', 'http://127.0.0.1', 'one', now(), clock_timestamp() - interval '20 s', false, 1, 0)`.execute(
      database.sql,
    );
    const awayMs = (await other.take(ID, dead, vi.fn()))?.awayMs;
    expect(awayMs).toBeGreaterThanOrEqual(20_000);
    expect(awayMs).toBeLessThan(59_000);
  });

  test('old rows are deleted, by several at once', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const journals = createPostgresJournals({ database, node: 'one', clock, log: silentLog });
    for (let n = 0; n < 5; n += 1) journals.open(journalEntryOf(`${n}`), vi.fn());
    await settled(clock, [journals]);
    await moveBack(database, 5 * 3_600_000 + 1_000);
    journals.open(journalEntryOf('a'), vi.fn());
    await settled(clock, [journals]);
    const counts = await Promise.all([sweepJournals(database), sweepJournals(database)]);
    expect(counts[0] + counts[1]).toBe(5);
    expect(await journals.callsOf('one')).toEqual([ID]);
  });
});
