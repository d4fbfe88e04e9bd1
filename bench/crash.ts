// `npm run bench -- crash`: kills the server again and again while it records calls, and looks afterwards whether everything
// that it had acknowledged is in the database.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { momentOf } from './crash/plan.ts';
import { crash, type CrashReport, type Start } from './crash/rounds.ts';
import { percentile } from './rehearsal/percentile.ts';

const USAGE = `npm run bench -- crash [--rounds 50] [--calls 12] [--seed 1]
  --rounds  how many processes are killed (kill -9), each at a moment of its own
  --calls   how many calls each of them has at once
  --seed    which moments`;
const GOAL_MS = 3_000;
const FAULTS_SHOWN = 20;

/** Sets exit code 1 when anything acknowledged is missing, or anything else is not as it must be; 2 for bad arguments. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '50' },
      calls: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [rounds, calls, seed] = [values.rounds, values.calls, values.seed].map(Number);
  const areWhole = [rounds, calls, seed].every((number) => Number.isInteger(number));
  if (!areWhole || rounds! < 1 || calls! < 1 || seed! < 0) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const report = await crash({
    kills: Array.from({ length: rounds! }, (_, at) => momentOf(at + 1)),
    calls: calls!,
    seed: seed!,
    onRound: (round, kill, start) => {
      const ready = start
        ? `ready after ${Math.round(start.ms)} ms (${start.found})`
        : 'killed during its start';
      console.log(`round ${String(round).padStart(3)}  ${kill.padEnd(10)}  ${ready}`);
    },
  });
  print(report, rounds!);
  if (report.faults.length === 0) return;
  console.error(
    `\nFAILED; ledgers and logs are in ${report.kept}\n  ${report.faults.slice(0, FAULTS_SHOWN).join('\n  ')}`,
  );
  if (report.faults.length > FAULTS_SHOWN) console.error(`  and ${report.faults.length - FAULTS_SHOWN} more`);
  process.exitCode = 1;
}

function print({ verdict, safeIn, starts, foundAgain, leftRunning }: CrashReport, rounds: number): void {
  const rows: readonly (readonly [string, string | number])[] = [
    ['rounds', rounds],
    ['calls', verdict.calls],
    ['    ended by the death of their process', verdict.died],
    ['acknowledgements: from the database', safeIn.database],
    ['    from the spool', safeIn.spool],
    ['acknowledged writes', verdict.acknowledged],
    ['    found', verdict.found],
    ['    missing (must be 0)', verdict.missing.length],
    ['writes on their way at a kill, never acknowledged', verdict.unacknowledged],
    ['records twice, or of nobody (must be 0)', verdict.strange.length],
    ['servers found again, of those left running', `${foundAgain} of ${leftRunning}`],
    ...(['running', 'stopped', 'nothing'] as const).map((found) => startRow(starts, found)),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log();
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
  const load = loadavg()[0]!;
  if (load > availableParallelism())
    console.log(
      `\nA busy machine: load ${load.toFixed(1)} on ${availableParallelism()} cores; starts take longer on it.`,
    );
}

const FOUND: Readonly<Record<Start['found'], string>> = {
  running: 'start, its database running',
  stopped: 'start, its database stopped or killed',
  nothing: 'start, no database made yet',
};

function startRow(starts: readonly Start[], found: Start['found']): readonly [string, string] {
  const times = starts.filter((start) => start.found === found).map(({ ms }) => ms);
  const [p50, max] = [0.5, 1].map((share) => Math.round(percentile(times, share) ?? NaN));
  const met = times.filter((ms) => ms <= GOAL_MS).length;
  const figures =
    times.length === 0
      ? '–'
      : `p50 ${p50} ms, max ${max} ms; ≤ ${GOAL_MS / 1_000} s: ${met} of ${times.length}`;
  return [FOUND[found], figures];
}
