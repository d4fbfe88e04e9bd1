// The verdict: whether the fault harmed a call, and whether every loss was counted and said. Pure.
import { percentile } from '../rehearsal/percentile.ts';
import type { Outcome } from './trial.ts';

/** On a shared machine two runs of the same calls differ by so much. */
const ANSWER_TOLERANCE_MS = 150;
/** Of all answers, so many may have a hole that their baseline has not: the machine's own. */
const HOLES_TOLERANCE = 0.01;
/** Beyond this the sound that is sent ahead does not cover it. */
const LOOP_TOLERANCE_MS = 100;
/** The losses are said at most every ten seconds (losses.ts), the rest once or twice. */
const LINES_AT_MOST = 20;

const GIVEN_UP = /were given up/;

export const answerP95 = ({ heard }: Outcome): number => percentile(heard.answersMs, 0.95) ?? NaN;

/** What is wrong with it, in words; none: no call was harmed, nothing was lost uncounted. */
export function faultsOf(outcome: Outcome, baseline: Outcome): readonly string[] {
  return [...harmOf(outcome, baseline), ...uncountedOf(outcome)];
}

function harmOf(outcome: Outcome, baseline: Outcome): readonly string[] {
  const { heard, loop } = outcome;
  const holesMore = heard.holesMs.length - baseline.heard.holesMs.length;
  return [
    ...heard.broken.map((how) => `a call ended otherwise: ${how}`),
    ...(heard.notOnce > 0 ? [`${heard.notOnce} words were not heard once`] : []),
    ...(holesMore > Math.max(1, heard.answersMs.length * HOLES_TOLERANCE)
      ? [`${holesMore} holes more than without the fault`]
      : []),
    ...(answerP95(outcome) <= answerP95(baseline) + ANSWER_TOLERANCE_MS ? [] : ['answers came late']),
    ...(loop.maxMs > baseline.loop.maxMs + LOOP_TOLERANCE_MS
      ? [`the event loop stood still for ${Math.round(loop.maxMs)} ms`]
      : []),
  ];
}

function uncountedOf({ audited, backlog, caughtUpMs, said }: Outcome): readonly string[] {
  const { missing, saidByRecords, wrong } = audited;
  const lines = [...said.values()].reduce((sum, times) => sum + times, 0);
  const isSaid = [...said.keys()].some((message) => GIVEN_UP.test(message));
  return [
    ...(caughtUpMs === undefined ? ['the records did not catch up'] : []),
    ...(missing === backlog.lost ? [] : [`${missing} writes are missing, ${backlog.lost} were counted`]),
    ...(missing === saidByRecords ? [] : [`${missing} writes are missing, records say ${saidByRecords}`]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} rows are wrong, e.g. ${wrong.slice(0, 3).join('; ')}`]),
    ...(missing > 0 && !isSaid ? ['the log does not say that writes were given up'] : []),
    ...(lines > LINES_AT_MOST ? [`the log has ${lines} lines`] : []),
  ];
}
