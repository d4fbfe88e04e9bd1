// How fast records are put away: one by one, in batches by write-behind, and through the spool while the database is away.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createPostgresRecords } from '../../src/records/postgres.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import { isDatabaseAway } from '../../src/store/away.ts';
import type { Database } from '../../src/store/database.ts';
import { openSpool } from '../../src/store/spool/spool.ts';
import { WriteBehind, type Backlog } from '../../src/store/write-behind/write-behind.ts';

export interface Pace {
  readonly perSecond: number;
  /** Of this process, on all its threads; PostgreSQL is another one. */
  readonly cpuMicrosAWrite: number;
  /** How late the loop was that carries the sound. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

/** So many a push, and a breath: as calls do, they come while others are written. */
const PUSHED_AT_ONCE = 100;
/** Well below what the queue takes. */
const QUEUED_AT_MOST = 10_000;

async function paced(writes: number, doing: () => Promise<unknown>): Promise<Pace> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await doing();
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  // The timer's own millisecond is in every sample.
  const late = (ns: number): number => Math.max(0, ns / 1e6 - 1);
  return {
    perSecond: (writes * 1_000) / tookMs,
    cpuMicrosAWrite: (user + system) / writes,
    lateP99Ms: late(delay.percentile(99)),
    lateMaxMs: late(delay.max),
  };
}

/** So many a transaction, and the next one when it is in: what write-behind is compared with. */
export function inBatches(database: Database, writes: readonly RecordWrite[], size: number): Promise<Pace> {
  const store = createPostgresRecords(database);
  return paced(writes.length, async () => {
    for (let at = 0; at < writes.length; at += size) await store.apply(writes.slice(at, at + size));
  });
}

/** A loop that has nothing to do. */
export const idle = (forMs: number): Promise<Pace> => paced(0, () => rest(forMs));

export async function behind(
  database: Database,
  writes: readonly RecordWrite[],
  dir: string,
): Promise<Pace & { backlog: Backlog }> {
  const books = await openWriter(database, dir, () => database.ready());
  const pace = await paced(writes.length, async () => {
    await pushAll(books, writes);
    await books.settle();
  });
  await books.close(1_000);
  return { ...pace, backlog: books.backlog };
}

/** Until they are on disk, and from there into the database. */
export async function throughSpool(
  database: Database,
  writes: readonly RecordWrite[],
  dir: string,
): Promise<{ in: Pace; out: Pace; backlog: Backlog }> {
  let isBack = false;
  const ready = (): Promise<void> => (isBack ? database.ready() : Promise.reject(new Error('away')));
  const books = await openWriter(database, dir, ready);
  const into = await paced(writes.length, async () => {
    await pushAll(books, writes);
    await books.settle();
  });
  isBack = true;
  const out = await paced(writes.length, () => books.close(120_000));
  return { in: into, out, backlog: books.backlog };
}

async function openWriter(database: Database, dir: string, ready: () => Promise<void>) {
  const store = createPostgresRecords(database);
  const spool = await openSpool<RecordWrite>({
    ...{ dir, name: 'bench', clock: systemClock, log: silentLog, maxBytes: 1_000_000_000 },
  });
  return new WriteBehind<RecordWrite>({
    ...{ spool, clock: systemClock, log: silentLog, isAway: isDatabaseAway, ready },
    apply: (batch) => store.apply(batch),
  });
}

async function pushAll(books: WriteBehind<RecordWrite>, writes: readonly RecordWrite[]): Promise<void> {
  for (let at = 0; at < writes.length; at += PUSHED_AT_ONCE) {
    for (const write of writes.slice(at, at + PUSHED_AT_ONCE)) books.push(write);
    await rest(0);
    while (books.backlog.queued > QUEUED_AT_MOST) await rest(1);
  }
}

const rest = (ms: number): Promise<void> => new Promise((done) => systemClock.after(ms, done));
