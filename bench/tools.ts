// `npm run bench -- tools`: what it costs a tool call that its effect happens once, as PostgreSQL keeps it, against memory
// and against a tool without effect; and how late the loop is meanwhile that carries the sound.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { systemClock as clock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { createMemoryEffects } from '../src/tools/effects/memory.ts';
import { createPostgresEffects } from '../src/tools/effects/postgres.ts';
import type { Effects } from '../src/tools/effects/effects.ts';
import { createSteadyEffects } from '../src/tools/effects/steady.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { printColumns } from './rehearsal/columns.ts';
import { percentile } from './rehearsal/percentile.ts';
import { cost, type Cost, type Load } from './tools/load.ts';

const USAGE = 'npm run bench -- tools [--calls 100] [--seconds 10]';
/** As long as a model's turn at the least; by then all that was asked for together is answered. */
const EVERY_MS = 1_000;
const WARM_UP = { calls: 50, toolCalls: 10, everyMs: 0, together: true, name: 'warm-' };
const KEPT = 'kept-';

interface Row {
  readonly what: string;
  readonly cost: Cost;
}

/** Sets exit code 1 when a tool call failed, or was done twice; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { calls: { type: 'string', default: '100' }, seconds: { type: 'string', default: '10' } },
  });
  const [calls, seconds] = [Number(values.calls), Number(values.seconds)];
  if (
    ![calls, seconds].every(Number.isInteger) ||
    calls < 10 ||
    calls > 1_000 ||
    seconds < 1 ||
    seconds > 60
  ) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), 'liveline-bench-tools-'));
  const database = openDatabase({ url: undefined, dataDir: dir, log: silentLog });
  try {
    await database.ready();
    console.log(
      `${calls} calls, each with a tool that does nothing, for ${seconds} s: ms from the model's function call to its answer\n`,
    );
    const load = { calls, toolCalls: seconds, everyMs: EVERY_MS };
    await compare(database, 'each once a second', { ...load, together: false });
    await compare(database, 'all at once, once a second', { ...load, together: true });
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** As a server opens them. */
const shared = (database: Database): Effects =>
  createSteadyEffects({ shared: createPostgresEffects(database), clock, log: silentLog });

async function compare(
  database: Database,
  title: string,
  how: Pick<Load, 'calls' | 'toolCalls' | 'everyMs' | 'together'>,
): Promise<void> {
  await sql`truncate liveline.tool_effects`.execute(database.sql);
  const memory = createMemoryEffects(clock);
  const rows: Row[] = [];
  const add = async (what: string, tool: Load['tool'], effects: Effects, name: string): Promise<void> => {
    rows.push({ what, cost: await cost({ ...how, tool, effects, name }) });
  };
  // What is compiled by the first calls would be what the others are compared with.
  await cost({ ...WARM_UP, tool: 'with effect', effects: shared(database) });
  await cost({ ...WARM_UP, tool: 'without effect', effects: memory });
  await add('without effect', 'without effect', memory, 'none-');
  await add('once, in memory', 'with effect', memory, 'memory-');
  await add('once, in PostgreSQL', 'with effect', shared(database), KEPT);
  await add('… the same by another process', 'with effect', shared(database), KEPT);
  print(title, rows);
  const faults = faultsOf(rows, await deeds(database));
  for (const fault of faults) console.log(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}

/** That were kept, without those of the warm-up. */
async function deeds({ sql: db }: Database): Promise<number> {
  const { rows } = await sql<{ kept: number }>`
    select count(*)::int as kept from liveline.tool_effects where state = 'done' and call_id like ${`CA${KEPT}%`}`.execute(
    db,
  );
  return rows[0]!.kept;
}

function print(title: string, rows: readonly Row[]): void {
  const head = ['p50', 'p95', 'p99', 'CPU each', 'loop late p99', 'max', 'all kept after'];
  const lines = rows.map(({ what, cost: { tookMs, cpuMicros, lateP99Ms, lateMaxMs, keptAfterMs } }) => [
    what,
    ...[0.5, 0.95, 0.99].map((share) => percentile(tookMs, share)!.toFixed(2)),
    `${cpuMicros.toFixed(0)} µs`,
    ...[lateP99Ms, lateMaxMs, keptAfterMs].map((ms) => `${ms.toFixed(1)} ms`),
  ]);
  printColumns([[title, ...head], ...lines]);
}

function faultsOf(rows: readonly Row[], kept: number): string[] {
  const [again, once] = [rows.at(-1)!.cost, rows.at(-2)!.cost];
  const failed = rows.filter(({ cost: { failed } }) => failed > 0);
  const done = once.tookMs.length;
  const twice = again.tookMs.length - again.repeated - again.failed;
  return [
    ...failed.map(({ what, cost }) => `${what}: ${cost.failed} tool calls failed`),
    ...(kept === done ? [] : [`${kept} effects were kept of ${done}`]),
    ...(twice === 0 ? [] : [`${twice} tool calls were done a second time`]),
  ];
}
