// `npm run bench -- database-away`: the database goes away under calls, in six ways. Everything runs in this process, in
// real time. Prints what callers heard, what became of the records, and each beside the same calls without a fault.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { embedded } from '../src/store/embedded/embedded.ts';
import { percentile } from './rehearsal/percentile.ts';
import { baselineOf, SCENES, type Scene } from './database-away/scenes.ts';
import { trial, type Outcome } from './database-away/trial.ts';
import { answerP95, faultsOf } from './database-away/verdict.ts';

const USAGE = `npm run bench -- database-away [--seconds 30] [--calls 20] [--scene TEXT]…
  --seconds  how long the database is away
  --calls    how many calls talk meanwhile; a quarter of them begin meanwhile
  --scene    only scenes with this in their names`;

/** Sets exit code 1 when a call was harmed or a loss was not counted; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '30' },
      calls: { type: 'string', default: '20' },
      scene: { type: 'string', multiple: true, default: [''] },
    },
  });
  const seconds = Number(values.seconds);
  const calls = Number(values.calls);
  const scenes = SCENES.filter(({ name }) => values.scene.some((text) => name.includes(text)));
  if (!(seconds >= 2 && seconds <= 600) || !(calls >= 2 && calls <= 100) || scenes.length === 0) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  console.log(`${calls} calls; the database is away for ${seconds} s, or is killed, or restarted`);
  console.log(COLUMNS.map(([head, width]) => head.padStart(width)).join('  '));
  const dir = mkdtempSync(join(tmpdir(), 'liveline-away-server-'));
  const server = embedded(dir, silentLog);
  const baselines = new Map<Scene, Outcome>();
  let n = 0;
  const play = async (scene: Scene): Promise<Outcome> => {
    const url = await freshUrl(await server.ensure(), `away_${n++}`);
    const outcome = await trial({ scene, calls, seconds, url, clock: systemClock });
    console.log(COLUMNS.map(([, width, cell]) => cell(outcome).padStart(width)).join('  '));
    return outcome;
  };
  try {
    for (const scene of scenes) {
      const baseline = baselines.get(baselineOf(scene)) ?? (await play(baselineOf(scene)));
      baselines.set(baselineOf(scene), baseline);
      const outcome = await play(scene);
      for (const [line, times] of outcome.said) console.log(`    log, ${times} ×: ${line}`);
      for (const fault of faultsOf(outcome, baseline)) {
        console.log(`    FAULT: ${fault}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  console.log(process.exitCode === 1 ? 'harm was done' : 'no call was harmed; what was lost was counted');
}

async function freshUrl(server: Awaited<ReturnType<ReturnType<typeof embedded>['ensure']>>, name: string) {
  const { host, port, user, password } = server;
  const client = new pg.Client(server);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return `postgres://${user}:${password}@${host}:${port}/${name}`;
}

const ms = (value: number | undefined): string => (value === undefined ? '-' : `${Math.round(value)} ms`);
const COLUMNS: readonly (readonly [head: string, width: number, cell: (outcome: Outcome) => string])[] = [
  ['scene', 26, ({ scene }) => scene.name],
  ['calls', 5, ({ heard }) => String(heard.calls)],
  ['broken', 6, ({ heard }) => String(heard.broken.length)],
  ['words off', 9, ({ heard }) => String(heard.notOnce)],
  ['holes', 5, ({ heard }) => String(heard.holesMs.length)],
  ['answer p50', 10, ({ heard }) => ms(percentile(heard.answersMs, 0.5))],
  ['p95', 8, (outcome) => ms(answerP95(outcome))],
  ['loop p99', 8, ({ loop }) => ms(loop.p99Ms)],
  ['max', 7, ({ loop }) => ms(loop.maxMs)],
  ['caught up', 9, ({ caughtUpMs }) => ms(caughtUpMs)],
  ['most queued', 11, ({ most }) => String(most.queued)],
  ['spooled', 7, ({ spooled }) => String(spooled)],
  ['told', 6, ({ audited }) => String(audited.told)],
  ['written', 7, ({ backlog }) => String(backlog.written)],
  ['lost', 6, ({ backlog }) => String(backlog.lost)],
  ['missing', 7, ({ audited }) => String(audited.missing)],
  ['records say', 11, ({ audited }) => String(audited.saidByRecords)],
];
