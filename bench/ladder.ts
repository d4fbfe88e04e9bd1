// `npm run bench -- ladder`: a model that is of no use in every way there is, and every first step of the ladder. How long
// after there was no model the caller hears the first word of the step. Whole calls, in this process, on a fast clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CAUSES, type Cause } from './ladder/causes.ts';
import { meet, type Met } from './ladder/calls.ts';
import { STEPS } from './ladder/steps.ts';

/** Beyond `within_s`: a line that is closed, the carrier that asks, and a busy machine on a fast clock. */
const GRACE_MS = 1_500;

/** Sets exit code 1 when a caller comes to another step, or later than `within_s` and a moment; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { within: { type: 'string', default: '4' }, speed: { type: 'string', default: '3' } },
  });
  const withinS = Number(values.within);
  const speed = Number(values.speed);
  if (!(Number.isInteger(withinS) && withinS >= 2 && withinS <= 60 && speed >= 1 && speed <= 10)) {
    console.error('npm run bench -- ladder [--within 4] [--speed 3]');
    process.exitCode = 2;
    return;
  }
  console.log(
    `From when there was no model until the first word of the first step: ms of the caller's time, and the share of within_s, ${withinS}.`,
  );
  print(['cause', ...STEPS.map(({ name }) => name)]);
  // Made once: what is measured begins long after it.
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-bench-ladder-'));
  try {
    for (const cause of CAUSES) {
      const met = await meet(cause, { withinS, speed, dataDir });
      print([cause.name, ...met.map((one) => (one ? cellOf(one, withinS) : '–'))]);
      if (!met.every((one) => one === undefined || isWell(one, cause, withinS))) process.exitCode = 1;
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const isWell = ({ ms, isRight }: Met, { name }: Cause, withinS: number): boolean => {
  const isFine = isRight && ms !== undefined && ms <= withinS * 1_000 + GRACE_MS;
  if (!isFine) console.error(`${name}: ${isRight ? 'too late' : 'another step than the first'}`);
  return isFine;
};

const cellOf = ({ ms, isRight }: Met, withinS: number): string =>
  ms === undefined || !isRight ? '✗' : `${ms.toFixed(0)} (${(ms / (withinS * 1_000)).toFixed(2)})`;

const print = ([cause = '', ...cells]: readonly string[]): void =>
  console.log([cause.padEnd(20), ...cells.map((cell) => cell.padStart(14))].join('  '));
