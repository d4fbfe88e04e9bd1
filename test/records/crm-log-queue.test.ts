// The calls that are due, in a real database: who gets them, and what is left when processes die.
import { sql } from 'kysely';
import { describe, expect, test, type TestContext } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { callId } from '../../src/base/ids.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { createPostgresCrm } from '../../src/crm/postgres.ts';
import { createCrmLogQueue } from '../../src/records/crm-log-queue.ts';
import { startCrmLog } from '../../src/records/crm-log.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import { callOf, endOf } from '../contracts/records.contract.ts';
import { freshDatabase, LARGEST, type Size } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const ended = (name: string, seconds: number, over: Parameters<typeof callOf>[1] = {}) => [
  callOf(name, { logged: true, ...over }),
  endOf(name, { endedAt: at(seconds).toISOString() }),
];

async function rig(context: TestContext, size: Size) {
  const database = await freshDatabase(context, size);
  const store = createPostgresRecords(database);
  const stateOf = async (name: string) => (await store.get(callId(`CA-${name}`)))?.crmLog;
  return { database, store, stateOf, queue: createCrmLogQueue(database, false) };
}

describe.each(LARGEST)('%s', (size) => {
  test('who is due: ended calls of its kind that are to be logged, the oldest first, each once', async (context) => {
    const { store, queue, stateOf } = await rig(context, size);
    await store.apply([
      ...ended('second', 2),
      ...ended('first', 1),
      ...ended('off', 1, { logged: false }),
      ...ended('rehearsed', 1, { rehearsal: true }),
      ...ended('later', 99),
      callOf('open', { logged: true }),
    ]);
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push((await queue.claim(at(50)))?.id);
    expect(ids).toEqual(['CA-first', 'CA-second', undefined, undefined]);
    expect(await stateOf('first')).toBe('begun');
    expect(await stateOf('off')).toBe('off');
    expect(await stateOf('open')).toBe('due');
  });

  test('a write from before there was such a thing is not logged', async (context) => {
    const { store, stateOf } = await rig(context, size);
    const { logged: _logged, ...old } = callOf('old');
    await store.apply(JSON.parse(JSON.stringify([old])) as Parameters<typeof store.apply>[0]);
    expect(await stateOf('old')).toBe('off');
  });

  test('many at once: each call goes to one of them', async (context) => {
    const { database, store, queue } = await rig(context, size);
    await store.apply(Array.from({ length: 40 }, (_, n) => ended(`x${n}`, n)).flat());
    const got = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const mine: string[] = [];
        for (let empty = 0; empty < 3;) {
          const claimed = await queue.claim(at(100));
          if (claimed) mine.push(claimed.id);
          else empty += 1;
        }
        return mine;
      }),
    );
    expect(got.flat().length).toBe(new Set(got.flat()).size);
    const left = await sql<{ n: number }>`
      select count(*)::int as n from liveline.calls where crm_log = 'due'`.execute(database.sql);
    expect(got.flat().length + left.rows[0]!.n).toBe(40);
    expect(left.rows[0]!.n).toBe(0);
  });

  test('what is due again comes at its time, with its tries', async (context) => {
    const { store, queue, stateOf } = await rig(context, size);
    await store.apply(ended('a', 1));
    const claimed = (await queue.claim(at(50)))!;
    await queue.settle(claimed, { is: 'due', after: at(80) });
    expect(await stateOf('a')).toBe('due');
    expect(await queue.claim(at(79.999))).toBeUndefined();
    expect(await queue.claim(at(80))).toEqual({ id: 'CA-a', tries: 2 });
  });

  test('a claim whose process died: due again or in doubt, after ten minutes; what it says late does not count, unless it is done', async (context) => {
    const { store, queue, stateOf } = await rig(context, size);
    await store.apply(ended('a', 1));
    const dead = (await queue.claim(at(0 + 50)))!;
    expect(await queue.giveUpDead(at(649), 'in-doubt')).toEqual([]);
    expect(await stateOf('a')).toBe('begun');
    expect(await queue.giveUpDead(at(650), 'due')).toEqual([]);
    const second = (await queue.claim(at(650)))!;
    expect(second.tries).toBe(2);
    await queue.settle(dead, { is: 'failed' });
    expect(await stateOf('a')).toBe('begun');
    expect(await queue.giveUpDead(at(1_250), 'in-doubt')).toEqual(['CA-a']);
    await queue.settle(second, { is: 'due', after: at(0) });
    expect(await stateOf('a')).toBe('in-doubt');
    await queue.settle(second, { is: 'done' });
    expect(await stateOf('a')).toBe('done');
    await queue.settle(dead, { is: 'failed' });
    expect(await stateOf('a')).toBe('done');
  });

  test('a record that is deleted meanwhile is nobody’s business any more', async (context) => {
    const { database, store, queue } = await rig(context, size);
    await store.apply(ended('a', 1));
    const claimed = (await queue.claim(at(50)))!;
    await sql`delete from liveline.calls`.execute(database.sql);
    await queue.settle(claimed, { is: 'done' });
    expect(await queue.giveUpDead(at(9_999), 'due')).toEqual([]);
  });

  test('a log that was written of a record that is gone goes too, and no other', async (context) => {
    const { database, store, queue } = await rig(context, size);
    await store.apply([...ended('a', 1), ...ended('b', 2)]);
    const crm = createPostgresCrm({ database, rehearsal: false });
    const log = { from: '+1', to: '+2', direction: 'inbound', startedAtMs: 0, durationMs: 1 } as const;
    const claims = [(await queue.claim(at(50)))!, (await queue.claim(at(50)))!];
    await sql`delete from liveline.calls where id = 'CA-a'`.execute(database.sql);
    for (const { id } of claims)
      await crm.logCall(
        { ...log, callId: id, outcome: '', summary: 'private' },
        new AbortController().signal,
      );
    for (const claimed of claims) await queue.settle(claimed, { is: 'done' });
    // One that somebody else settled meanwhile, and whose record is there.
    await queue.settle(claims[1]!, { is: 'failed' });
    const { rows } = await sql`select call_id as id from liveline.crm_calls`.execute(database.sql);
    expect(rows).toEqual([{ id: 'CA-b' }]);
  });

  test('what ended more than a day ago is not told any more', async (context) => {
    const { store, queue, stateOf } = await rig(context, size);
    const day = 24 * 3_600;
    await store.apply([
      ...ended('old', 1),
      ...ended('late', 2 * day - 10),
      ...ended('rehearsed', 1, { rehearsal: true }),
      callOf('open', { logged: true }),
    ]);
    expect((await queue.claim(at(2 * day)))?.id).toBe('CA-late');
    expect(await queue.claim(at(2 * day))).toBeUndefined();
    expect(await queue.giveUpOld(at(2 * day))).toBe(1);
    expect(await queue.giveUpOld(at(2 * day))).toBe(0);
    expect(await Promise.all(['old', 'late', 'rehearsed', 'open'].map(stateOf))).toEqual([
      ...['failed', 'begun', 'due', 'due'],
    ]);
  });

  test('what of the call is still being written holds nobody up, nor is it held up', async (context) => {
    const { database, store, queue } = await rig(context, size);
    await store.apply(ended('a', 1));
    await database.sql.transaction().execute(async (tx) => {
      await sql`select from liveline.calls where id = 'CA-a' for key share`.execute(tx);
      expect((await queue.claim(at(50)))?.id).toBe('CA-a');
    });
  });

  test('two servers on one database: each call is told once', async (context) => {
    const { database, store, queue, stateOf } = await rig(context, size);
    await store.apply(Array.from({ length: 30 }, (_, n) => ended(`x${n}`, n)).flat());
    const clock = new ManualClock();
    clock.advance(100_000);
    const crm = createMemoryCrm({ contacts: [] });
    let told = 0;
    const all = Promise.withResolvers<undefined>();
    const counted = {
      ...{ ...crm, keepsKeys: false },
      logCall: async (...args: Parameters<typeof crm.logCall>) => {
        await crm.logCall(...args);
        if (++told === 30) all.resolve(undefined);
      },
    };
    const logs = [1, 2].map(() =>
      startCrmLog({
        ...{ crm: counted, queue, store, clock, log: silentLog },
        ready: () => database.ready(),
        notices: { subscribe: () => () => false },
      }),
    );
    await all.promise;
    await Promise.all(logs.map((each) => each.close(5_000)));
    expect(told).toBe(30);
    expect(new Set(crm.logged.map((log) => log.callId)).size).toBe(30);
    expect(logs.reduce((sum, { counts }) => sum + counts.done, 0)).toBe(30);
    for (let n = 0; n < 30; n += 1) expect(await stateOf(`x${n}`)).toBe('done');
  });
});
