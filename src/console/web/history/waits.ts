// Which turn of the agent each measured wait belongs to. Pure.
import type { RecordedTurn } from '../../../records/record.ts';
import type { Measured } from './sound-peaks.ts';

/** A turn is written down about when its sound begins; further apart it is another one. */
const NEAR_MS = 2_500;

/** By the number of the turn, in milliseconds. `fromMs`: when the recording began, since the call was answered. */
export function waitsOf(
  turns: readonly Pick<RecordedTurn, 'n' | 'who' | 'atMs'>[],
  answers: Measured['answers'],
  fromMs: number,
): ReadonlyMap<number, number> {
  const waits = new Map<number, number>();
  const agents = turns.filter(({ who }) => who === 'agent');
  for (const { atMs, ms } of answers) {
    const apart = (turn: { readonly atMs: number }): number => Math.abs(turn.atMs - fromMs - atMs);
    const nearest = agents.toSorted((a, b) => apart(a) - apart(b))[0];
    if (nearest && apart(nearest) <= NEAR_MS && !waits.has(nearest.n)) waits.set(nearest.n, ms);
  }
  return waits;
}

/** The middle one and the slowest. */
export function spreadOf(ms: readonly number[]): { readonly p50: number; readonly most: number } | undefined {
  const sorted = ms.toSorted((a, b) => a - b);
  const most = sorted.at(-1);
  return most === undefined ? undefined : { p50: sorted[(sorted.length - 1) >> 1]!, most };
}
