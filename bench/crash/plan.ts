// When which process of a crash test is killed: drawn from a seed, so that a round that went wrong can be tried again.
import { between, type Random } from '../barge-in/sounds.ts';

/** `flush`: right after an acknowledgement, while the next writes are on their way. `away`: while writes go to the spool. */
export type Moment = 'start' | 'any' | 'flush' | 'postmaster' | 'away';

export interface Round {
  readonly kill: Moment;
  /** After the process was spawned (`start`), was ready, was acknowledged something, or lost its database. */
  readonly afterMs: number;
  /** How many acknowledgements come first (`flush`). */
  readonly afterAcks: number;
}

/** A process is ready after most of a second; the spool is in use a second after the database went (store/write-behind/write-behind.ts). */
const AFTER_MS: Readonly<Record<Moment, readonly [least: number, most: number]>> = {
  start: [50, 900],
  any: [0, 3_000],
  flush: [0, 30],
  postmaster: [200, 2_500],
  away: [1_200, 3_000],
};

export function momentOf(round: number): Moment {
  if (round % 10 === 0) return 'postmaster';
  if (round % 7 === 0) return 'away';
  if (round % 4 === 0) return 'start';
  return round % 2 === 0 ? 'any' : 'flush';
}

export const roundOf = (kill: Moment, random: Random): Round => ({
  kill,
  afterMs: between(random, ...AFTER_MS[kill]),
  afterAcks: Math.ceil(between(random, 1, 60)),
});
