// `npm run chaos`: server processes on one database, callers in conversation, and a strike every few seconds: kill -9, a drain, all
// connections of the database cut, a process that stands still. What callers heard, the model was told, tools did and the
// journals say is held against what must be: no call lost, nothing said or done twice or left out, one process per call.
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { faultsOf, type Verdict } from './chaos/judge.ts';
import { strikeOf, type Strike } from './chaos/strikes.ts';
import { trial, type Report } from './chaos/trial.ts';
import { printColumns } from './rehearsal/columns.ts';
import { percentile } from './rehearsal/percentile.ts';

const USAGE = `npm run chaos -- [--calls 50] [--servers 3] [--strikes none,kill,drain,connections,sigstop,kill] [--settle 6]
                 [--handles settled] [--rolling] [--database-away 30] [--no-journals]
  --calls          how many callers are in conversation
  --servers        how many server processes there are
  --strikes        which, in which order: none, kill, drain, connections, sigstop, rolling, database-away:SECONDS
  --rolling        only a rolling restart of all servers
  --database-away  only the database away, for so many seconds
  --settle         seconds between one strike and the next
  --handles        when the model gives resumption handles: settled, always
  --no-journals    calls are not journalled: every strike at a process must lose calls then, and the verdict say so
The database is the one of TEST_DATABASE_URL, or an embedded one of its own.`;
const FAULTS_SHOWN = 30;

/** Sets exit code 1 when anything is not as it must be; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const options = optionsIn(args);
  if (!options) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const interrupted = new AbortController();
  const onSignal = (): void => interrupted.abort(new Error('interrupted'));
  // The servers, and the embedded database, would outlive us.
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const report = await trial({
    ...{ ...options, signal: interrupted.signal },
    databaseUrl: process.env['TEST_DATABASE_URL'],
    clock: systemClock,
    onStrike: (name, note) => console.log(`${name}${note === '' ? '' : `: ${note}`}`),
  }).catch((thrown: unknown) => {
    if (!interrupted.signal.aborted) throw thrown;
    // A strike may still be waiting for its time.
    process.exit(130);
  });
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  print(report);
  const faults = report.verdicts.flatMap((verdict) =>
    faultsOf(verdict).map((what) => `${verdict.window.name}: ${what}`),
  );
  if (faults.length === 0) return;
  const log = join(tmpdir(), `liveline-chaos-${process.pid}.log`);
  writeFileSync(
    log,
    [...report.said].flatMap(([name, lines]) => lines.map((line) => `${name} ${line}`)).join('\n'),
  );
  console.error(
    `\nFAILED; what the servers said is in ${log}\n  ${faults.slice(0, FAULTS_SHOWN).join('\n  ')}`,
  );
  if (faults.length > FAULTS_SHOWN) console.error(`  and ${faults.length - FAULTS_SHOWN} more`);
  process.exitCode = 1;
}

function optionsIn(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      calls: { type: 'string', default: '50' },
      servers: { type: 'string', default: '3' },
      strikes: { type: 'string', default: 'none,kill,drain,connections,sigstop,kill' },
      rolling: { type: 'boolean', default: false },
      'database-away': { type: 'string' },
      settle: { type: 'string', default: '6' },
      handles: { type: 'string', default: 'settled' },
      'no-journals': { type: 'boolean', default: false },
    },
  });
  const away = values['database-away'];
  const names = values.rolling ? 'none,rolling' : away ? `none,database-away:${away}` : values.strikes;
  const strikes = names.split(',').map(strikeOf);
  const [calls, servers, settleS] = [values.calls, values.servers, values.settle].map(Number) as [
    number,
    number,
    number,
  ];
  const { handles } = values;
  const areFit = calls >= 1 && calls <= 500 && servers >= 1 && servers <= 8 && settleS >= 1;
  if (!areFit || (handles !== 'settled' && handles !== 'always')) return undefined;
  if (!strikes.every((strike): strike is Strike => strike !== undefined)) return undefined;
  return {
    calls,
    servers,
    strikes,
    handles,
    settleMs: settleS * 1_000,
    journals: !values['no-journals'],
  } as const;
}

function print({ verdicts, calls, effects, tookMs }: Report): void {
  console.log();
  printColumns([
    COLUMNS.map(([head]) => head),
    ...verdicts.map((verdict) => COLUMNS.map(([, cell]) => cell(verdict))),
  ]);
  console.log(
    [
      `${calls} calls; ${effects} writes by tools; ${Math.round(tookMs / 1_000)} s`,
      'lost, repeated, missing, effects and doubles must be 0',
      'gap: of calls that were in the middle of a sentence, from its last sound before to the next one',
      'answer: of the calls that were touched, from the end of the next question to the first sound (with none: of all)',
    ].join('\n'),
  );
  const load = loadavg()[0]!;
  if (load > availableParallelism())
    console.log(`A busy machine: load ${load.toFixed(1)} on ${availableParallelism()} cores.`);
}

const ms = (values: readonly number[], share: number): string => {
  const value = percentile(values, share);
  return value === undefined ? '–' : `${Math.round(value)} ms`;
};
const COLUMNS: readonly (readonly [head: string, cell: (verdict: Verdict) => string])[] = [
  ['strike', ({ window }) => window.name],
  ['touched', ({ touched }) => String(touched)],
  ['moved', ({ moved }) => String(moved)],
  ['lost', ({ lost }) => String(lost.length)],
  ['gaps', ({ gapsMs }) => String(gapsMs.length)],
  ['p50', ({ gapsMs }) => ms(gapsMs, 0.5)],
  ['p95', ({ gapsMs }) => ms(gapsMs, 0.95)],
  ['answer p50', ({ answersMs }) => ms(answersMs, 0.5)],
  ['p95', ({ answersMs }) => ms(answersMs, 0.95)],
  ['repeated', ({ repeated }) => String(repeated.length)],
  ['missing', ({ missing }) => String(missing.length)],
  ['words off', ({ wordsOff }) => String(wordsOff)],
  ['effects twice', ({ effectsRepeated }) => String(effectsRepeated.length)],
  ['missing', ({ effectsMissing }) => String(effectsMissing.length)],
  ['doubles', ({ doubles }) => String(doubles.length)],
];
