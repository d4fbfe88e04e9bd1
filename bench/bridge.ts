// `npm run bench -- bridge`: what our bridge costs and adds, beside the least and the usual that a bridge can do. Starts
// the load and the bridges as processes of their own, runs the calls, prints one table.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Bridge, BRIDGES, isBridge } from './bridge/bridges.ts';
import { canPin, Child } from './bridge/child.ts';
import { coreBusyMs } from './bridge/core-time.ts';
import type { BridgeName, FromLoad, Outcome, Plan, ToLoad } from './bridge/messages.ts';
import { faultsOf, report, type Row } from './bridge/report.ts';

const USAGE = `npm run bench -- bridge [--calls 1,50,100] [--seconds 20] [--bridges relay,ours,tutorial] [--profile DIR]
  --calls    how many calls at once, one run for each
  --seconds  how long each run is measured
  --bridges  of ${Object.keys(BRIDGES).join(', ')}
  --profile  write a CPU profile of ours to this folder when it ends; ours is then not pinned, so its numbers are rougher`;

const BRIDGE_CORE = 0;
const LOAD_CORE = 1;

interface Options {
  readonly calls: readonly number[];
  readonly seconds: number;
  readonly bridges: readonly BridgeName[];
  readonly profileDir: string | undefined;
}

/** Prints the table; sets exit code 1 when calls did not work, 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(`${options}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const rows: Row[] = [];
  try {
    await measureAll(options, rows);
  } catch (thrown) {
    console.error(`\nFAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    process.exitCode = 1;
  }
  if (rows.length > 0) console.log(report(rows));
  const faults = rows.flatMap(faultsOf);
  if (faults.length === 0) return;
  console.error(
    `\nFAILED: calls did not work, so numbers of these rows mean nothing.\n  ${faults.join('\n  ')}`,
  );
  process.exitCode = 1;
}

function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        calls: { type: 'string', default: '1,50,100' },
        seconds: { type: 'string', default: '20' },
        bridges: { type: 'string', default: 'relay,ours,tutorial' },
        profile: { type: 'string' },
      },
    });
    const calls = values.calls.split(',').map(Number);
    const seconds = Number(values.seconds);
    const names = values.bridges.split(',');
    const bridges = names.filter(isBridge);
    if (!calls.every((count) => Number.isInteger(count) && count >= 1 && count <= 1_000))
      return '--calls takes whole numbers from 1 to 1000, with commas between';
    if (!(seconds >= 1 && seconds <= 600)) return '--seconds takes a number from 1 to 600';
    if (bridges.length < names.length) return `there is no bridge “${names.find((name) => !isBridge(name))}”`;
    // Ascending: memory grows with calls and seldom shrinks again.
    return {
      calls: calls.toSorted((a, b) => a - b),
      seconds,
      bridges,
      profileDir: values.profile === undefined ? undefined : resolve(values.profile),
    };
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** Adds a row for every run, so that those before a failure are not lost. */
async function measureAll({ calls, seconds, bridges, profileDir }: Options, rows: Row[]): Promise<void> {
  const pinned = canPin();
  const core = pinned ? BRIDGE_CORE : undefined;
  const started: { end(): Promise<void> }[] = [];
  const authToken = randomBytes(16).toString('hex');
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-bench-'));
  const onSignal = (): void => void endAll(started).then(() => process.exit(130));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const load = new Child({
      name: 'the load',
      args: [new URL('./bridge/load.ts', import.meta.url).pathname],
      core: pinned ? LOAD_CORE : undefined,
    });
    started.push(load);
    const { port: modelPort } = await load.hear<Extract<FromLoad, { type: 'listening' }>>('listening');
    console.log(
      pinned
        ? `bridge on core ${BRIDGE_CORE}, phones and model on core ${LOAD_CORE}`
        : 'no core can be set aside for the bridge (taskset or a second core is missing): numbers are rougher',
    );
    const running: Bridge[] = [];
    for (const name of bridges) {
      console.log(`starting ${name}`);
      const bridge = await Bridge.start(name, { modelPort, authToken, core, profileDir, dataDir });
      started.push(bridge);
      running.push(bridge);
    }
    // Bridges take turns at each number of calls, so that what a ratio compares was measured close together.
    for (const count of calls)
      for (const bridge of running) {
        console.log(`${bridge.name}: ${count} call${count === 1 ? '' : 's'}, ${seconds} s`);
        const plan: Plan = { bridge: bridge.name, bridgePort: bridge.port, authToken, calls: count, seconds };
        rows.push(await measureOne(load, bridge, plan, core));
      }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await endAll(started);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measureOne(load: Child, bridge: Bridge, plan: Plan, core: number | undefined): Promise<Row> {
  load.tell({ type: 'run', plan } satisfies ToLoad);
  const edge = async () => {
    const news = await load.hear<FromLoad>('window', 'failed');
    if (news.type === 'failed') throw new Error(`${plan.bridge}, ${plan.calls} calls: ${news.why}`);
    return { ...(await bridge.measure()), busyMs: coreBusyMs(core) };
  };
  const opened = await edge();
  const closed = await edge();
  const news = await load.hear<FromLoad>('done', 'failed');
  if (news.type !== 'done')
    throw new Error(`${plan.bridge}, ${plan.calls} calls: ${news.type === 'failed' ? news.why : news.type}`);
  const outcome: Outcome = news.outcome;
  const wallMs = closed.atMs - opened.atMs;
  const cpuMs = closed.cpuMs - opened.cpuMs;
  const busyMs =
    closed.busyMs === undefined || opened.busyMs === undefined ? undefined : closed.busyMs - opened.busyMs;
  return {
    bridge: plan.bridge,
    calls: plan.calls,
    cpuMsPerCallSecond: cpuMs / (wallMs / 1_000) / plan.calls,
    idleRssBytes: bridge.idle.rssBytes,
    rssBytes: closed.rssBytes,
    othersShare: busyMs === undefined ? undefined : Math.max(0, busyMs - cpuMs) / wallMs,
    outcome,
    complaints: bridge.complaints(),
  };
}

async function endAll(started: { end(): Promise<void> }[]): Promise<void> {
  await Promise.all(started.splice(0).map((one) => one.end()));
}
