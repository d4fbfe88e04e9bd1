// What went out on a line, in order, and has no place in a recording yet: sound, marks and clears, with what is known of when. Where
// it comes to stand is the aligner's business.

export interface When {
  readonly sentMs: number;
  /** Where the caller's sound was when it was sent: it was heard there at the earliest. */
  sentAt: number;
}

export interface Piece extends When {
  readonly is: 'sound';
  readonly bytes: Uint8Array;
  /** When it was sent, all that was sent before had been heard; or would have been, were the carrier here. */
  readonly isIntoSilence: boolean;
  /** The carrier may have run dry before it: it was sent by itself, and little was left to play. */
  readonly mayFollowPause: boolean;
  /** Known once it was cut off. */
  notBefore?: number;
}

/** When a mark came back: what was before it ended within `from` and `to`, most likely at `here`. */
export interface Back {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly here: number;
}

export interface Mark extends When {
  readonly is: 'mark';
  readonly name: string;
  back: Back | undefined;
}

/** What is before it, and was not heard when it arrived, was never heard. A mark is right before it, and comes back from there. */
export interface Clear extends When {
  readonly is: 'clear';
}

export type Sent = Piece | Mark | Clear;

export const isSound = (sent: Sent): sent is Piece => sent.is === 'sound';

export const lengthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Of the last piece, had each been heard as soon as it was sent and was its turn. */
export function earliestEnd(pieces: readonly Piece[]): number {
  let end = -Infinity;
  for (const { bytes, sentAt } of pieces) end = Math.max(end, sentAt) + bytes.length;
  return end;
}

export const isBack = (sent: Sent): boolean => sent.is === 'mark' && sent.back !== undefined;

/** Of the marks that came back before this place of the caller's sound the last; -1: none. */
export const lastBackBefore = (sent: readonly Sent[], place: number): number =>
  sent.findLastIndex((each) => each.is === 'mark' && each.back !== undefined && each.back.from < place);
