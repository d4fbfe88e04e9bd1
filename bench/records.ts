// `npm run bench -- records`: how fast records of calls are written and found again, and what that costs the loop that
// carries the sound. On an embedded database of its own, which is gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { silentLog } from '../src/base/log.ts';
import type { RecordWrite } from '../src/records/write.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { LIMITS } from '../src/store/write-behind/write-behind-options.ts';
import { interleaved, noticesOf, recorded } from './records/conversations.ts';
import { fill, readings } from './records/reading.ts';
import { behind, idle, inBatches, throughSpool, type Pace } from './records/writing.ts';
import { percentile } from './rehearsal/percentile.ts';

const USAGE = `npm run bench -- records [--calls 1000] [--found-among 50000]
  --calls        whose records are written; each is some thirty writes
  --found-among  calls, when records are looked for`;
/** As many talk at once. */
const AT_ONCE = 100;
/** Enough to know how slow it is to write them one by one. */
const ONE_BY_ONE = 600;
const ALONE = 'each alone';
const ROUNDS = 3;

/** Sets exit code 1 when a write was lost, or nothing was found; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      calls: { type: 'string', default: '1000' },
      'found-among': { type: 'string', default: '50000' },
    },
  });
  const [calls, among] = [Number(values.calls), Number(values['found-among'])];
  if (!(calls >= 20 && calls <= 20_000 && among >= 5_000 && among <= 1_000_000)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), 'liveline-bench-records-'));
  const database = openDatabase({ url: undefined, dataDir: dir, log: silentLog });
  try {
    await database.ready();
    await writing(database, calls, join(dir, 'spool'));
    await emptied(database);
    await reading(database, among);
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function writing(database: Database, calls: number, spoolDir: string): Promise<void> {
  const writes = written(calls);
  const few = writes.slice(0, ONE_BY_ONE);
  const rounds: Record<string, Pace>[] = [];
  let missing = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const nothing = await idle(1_000);
    const single = await inBatches(database, few, 1);
    await emptied(database);
    const batches = await inBatches(database, writes, LIMITS.batchItems);
    await emptied(database);
    const batched = await behind(database, writes, spoolDir);
    await emptied(database);
    const spooled = await throughSpool(database, writes, spoolDir);
    await emptied(database);
    for (const { written: put, lost } of [batched.backlog, spooled.backlog])
      missing += writes.length - put + lost;
    rounds.push({
      'nothing to do': nothing,
      [ALONE]: single,
      [`${LIMITS.batchItems} a transaction`]: batches,
      'behind calls that talk': batched,
      'away: into the spool': spooled.in,
      'back: out of the spool': spooled.out,
    });
  }
  console.log(`median of ${ROUNDS}             writes/s  × alone  CPU a write  loop late p99     max`);
  const median = (what: string, figure: (pace: Pace) => number): number =>
    percentile(
      rounds.map((paces) => figure(paces[what]!)),
      0.5,
    )!;
  const alone = median(ALONE, ({ perSecond }) => perSecond);
  for (const what of Object.keys(rounds[0]!)) {
    const perSecond = median(what, (pace) => pace.perSecond);
    const ofWrites = [
      perSecond.toFixed(0).padStart(8),
      (perSecond / alone).toFixed(1).padStart(7),
      `${median(what, (pace) => pace.cpuMicrosAWrite).toFixed(1)} µs`.padStart(11),
    ];
    console.log(
      [
        what.padEnd(22),
        ...(perSecond === 0 ? ofWrites.map(({ length }) => '–'.padStart(length)) : ofWrites),
        `${median(what, (pace) => pace.lateP99Ms).toFixed(1)} ms`.padStart(13),
        `${median(what, (pace) => pace.lateMaxMs).toFixed(1)} ms`.padStart(7),
      ].join('  '),
    );
  }
  console.log(`\nlost or left: ${missing}\n`);
  if (missing !== 0) process.exitCode = 1;
}

/** Tells what the recorder takes. What was told is let go of: a heap full of it would be what makes the loop late. */
function written(calls: number): RecordWrite[] {
  const told = interleaved(
    Array.from({ length: calls }, (_, n) => noticesOf(n)),
    AT_ONCE,
  );
  recorded(told);
  const { writes, tookMs } = recorded(told);
  console.log(
    `${calls} calls of ${(told.at(-1)!.atMs / 1_000).toFixed(0)} s tell ${told.length} notices, of which ${writes.length} writes are made: ` +
      `${((tookMs * 1_000) / told.length).toFixed(2)} µs a notice\n`,
  );
  return writes;
}

async function reading(database: Database, among: number): Promise<void> {
  await fill(database, among);
  console.log(`${`found among ${among} calls`.padEnd(32)}  found       p50       p99`);
  for (const { what, found, p50Ms, p99Ms } of await readings(database, among)) {
    const figures = [p50Ms, p99Ms].map((ms) => `${ms.toFixed(2)} ms`.padStart(8));
    console.log([what.padEnd(32), String(found).padStart(5), ...figures].join('  '));
  }
}

const emptied = (database: Database): Promise<unknown> =>
  sql`truncate liveline.calls cascade`.execute(database.sql);
