// Where a conversation stands in its script. Holds no rule of how it gets from one place to the next.
import type { Turn } from './script.ts';

/** A point inside a turn. */
export interface Place {
  readonly turn: Turn;
  /** The step that is under way, or comes next. */
  readonly step: number;
  /** Words of that step that were said, as white space divides them. */
  readonly word: number;
  /** Functions called just before, without whose results that step cannot begin. */
  readonly awaits: readonly string[];
}

export interface Position {
  readonly greeted: boolean;
  /** The turn that the caller's next words get. */
  readonly next: number;
  /**
   * What is left of a reply. `owed`: it was taken and not a word of it is out, so it is the next reply, whatever asks for
   * one. `broken`: it broke off; a text gets the rest of it, and a caller who speaks has done with it.
   */
  readonly left?: { readonly is: 'owed' | 'broken'; readonly place: Place } | undefined;
}

export const BEGINNING: Position = { greeted: false, next: 0 };

export const beginningOf = (turn: Turn): Place => ({ turn, step: 0, word: 0, awaits: [] });

/** Nothing is left to be said or called. */
export const isOver = ({ turn, step }: Place): boolean =>
  turn.steps.slice(step).every((each) => each.do === 'pause');
