// Every fault of the simulated model in every phase of a call: the call goes on, or ends as the policy says; no word of
// the caller is lost, none of the agent's is heard twice, nobody is greeted again. Prints the matrix.
import { afterAll, test } from 'vitest';
import { ROWS, type Row } from './rows.ts';
import { call, PHASES, type Phase, type Result } from './scenario.ts';

/** Of the real time: a call takes about 20 s. */
const SPEED = 3;

const results = new Map<string, Result>();
const cases = ROWS.flatMap((row) => PHASES.map((phase): [string, Phase, Row] => [row.name, phase, row]));

test.concurrent.for(cases)('%s during %s', { timeout: 120_000 }, async ([name, phase, row], context) => {
  const { expect } = context;
  const result = await call(context, {
    faults: row.faults(phase),
    caller: row.caller,
    handles: row.handles,
    speed: SPEED,
  });
  results.set(`${name} ${phase}`, result);
  expect.soft(result.acted, 'the fault acted').not.toEqual([]);
  expect.soft(result.ended).toBe(row.ends);
  expect.soft(result.greetings, 'greeted once').toBeLessThanOrEqual(1);
  if (row.switches !== undefined) expect.soft(result.switches, 'switches').toBe(row.switches);
  if (!row.saidTwice) {
    expect.soft(result.twice, 'heard twice').toEqual([]);
    expect.soft(result.inOrder, 'in order').toBe(true);
  }
  if (row.ends === 'model-failed') {
    expect.soft(result.apologised).toBe(true);
    return;
  }
  expect.soft(result.lostMs, 'ms of the caller’s speech lost').toBe(0);
  // A caller who waited for so long speaks into the gap, and what they interrupt is rightly not heard.
  if (!row.whole || result.waitedOut) return;
  expect.soft(result.missed, 'never heard').toEqual([]);
  // Where a sentence broke off, about a word may be heard again or left out.
  if (!row.saidTwice) expect.soft(Math.abs(result.offMs), 'ms too much or too little').toBeLessThan(900);
  expect.soft([result.toolRuns, result.toolAnswers], 'tool runs, answers').toEqual([1, 1]);
});

afterAll(() => {
  const head = ['fault', ...PHASES];
  const body = ROWS.map((row) => [
    row.name,
    ...PHASES.map((phase) => cell(results.get(`${row.name} ${phase}`))),
  ]);
  const widths = head.map((_, n) => Math.max(...[head, ...body].map((line) => line[n]!.length)));
  const lines = [head, ...body].map((line) =>
    line
      .map((text, n) => text.padEnd(widths[n]!))
      .join('  ')
      .trimEnd(),
  );
  console.log(
    [
      'gap: longest time without a model; lost: caller speech that reached no model; ear: agent sound too much or too little at the phone; all ms',
      ...lines,
    ].join('\n'),
  );
});

function cell(result: Result | undefined): string {
  if (!result) return 'not run';
  const { ended, gapMs, lostMs, twice, missed, switches, waitedOut, offMs } = result;
  return [
    ended === 'caller-hung-up' ? 'goes on' : ended === 'model-failed' ? 'apology' : (ended ?? 'no end'),
    switches === 0 ? 'no switch' : `gap ${gapMs}`,
    ...(waitedOut ? ['waited out'] : []),
    `lost ${lostMs}`,
    `ear ${offMs > 0 ? '+' : ''}${offMs}`,
    ...(twice.length > 0 ? [`twice ${twice.length}`] : []),
    ...(missed.length > 0 ? [`missed ${missed.length}`] : []),
  ].join(', ');
}
