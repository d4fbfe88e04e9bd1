// Sound that waits to be sent, turn by turn, in frames. Knows nothing of time, marks or sockets.
import type { TurnId } from '../base/ids.ts';

interface Waiting {
  turn: TurnId;
  chunks: Uint8Array[];
  bytes: number;
  ended: boolean;
}

export type Taken =
  /** Whole frames of one turn; the first is what is left of one where sound was put back from its middle on. */
  | { kind: 'sound'; turn: TurnId; bytes: Uint8Array }
  /** Everything of this turn was taken before. */
  | { kind: 'end'; turn: TurnId };

export class SoundQueue {
  readonly #frameBytes: number;
  #turns: Waiting[] = [];

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes;
  }

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  /** Sound that waits, of all turns. */
  get bytes(): number {
    return this.#turns.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The turn whose sound is next; undefined when no sound waits. */
  get nextTurn(): TurnId | undefined {
    return this.#turns.find(({ bytes }) => bytes > 0)?.turn;
  }

  add(turn: TurnId, frames: Uint8Array): void {
    if (frames.length === 0) return;
    const waiting = this.#waiting(turn);
    waiting.chunks.push(frames);
    waiting.bytes += frames.length;
  }

  /** No more of this turn comes. */
  end(turn: TurnId): void {
    this.#waiting(turn).ended = true;
  }

  /** At most `frames` frames of the first turn, or its end; undefined when nothing waits. */
  take(frames: number): Taken | undefined {
    const first = this.#turns[0];
    if (!first) return undefined;
    const bytes = this.#bytesOf(frames, first.bytes);
    if (bytes > 0) return { kind: 'sound', turn: first.turn, bytes: takeBytes(first, bytes) };
    if (first.ended && first.bytes === 0) {
      this.#turns.shift();
      return { kind: 'end', turn: first.turn };
    }
    return undefined;
  }

  /** Puts back what was taken, last first, as if it had never been. */
  putBack(what: { turn: TurnId; bytes: Uint8Array } | { turn: TurnId; end: true }): void {
    if ('end' in what) {
      this.#turns.unshift({ turn: what.turn, chunks: [], bytes: 0, ended: true });
      return;
    }
    const first = this.#turns[0];
    if (first?.turn === what.turn) {
      first.chunks.unshift(what.bytes);
      first.bytes += what.bytes.length;
    } else
      this.#turns.unshift({ turn: what.turn, chunks: [what.bytes], bytes: what.bytes.length, ended: false });
  }

  /** All of this turn, its end too. */
  drop(turn: TurnId): void {
    this.#turns = this.#turns.filter((waiting) => waiting.turn !== turn);
  }

  clear(): void {
    this.#turns = [];
  }

  /** What is left of a frame goes first and counts as one, so that what stays is whole frames. */
  #bytesOf(frames: number, waiting: number): number {
    if (frames <= 0) return 0;
    const begun = waiting % this.#frameBytes;
    return Math.min(waiting, begun + (begun > 0 ? frames - 1 : frames) * this.#frameBytes);
  }

  #waiting(turn: TurnId): Waiting {
    const last = this.#turns.at(-1);
    if (last?.turn === turn) return last;
    // A turn whose end was never said must not hold up the one behind it.
    if (last) last.ended = true;
    const fresh: Waiting = { turn, chunks: [], bytes: 0, ended: false };
    this.#turns.push(fresh);
    return fresh;
  }
}

function takeBytes(from: Waiting, count: number): Uint8Array {
  from.bytes -= count;
  const first = from.chunks[0]!;
  if (first.length > count) {
    from.chunks[0] = first.subarray(count);
    return first.subarray(0, count);
  }
  if (first.length === count) {
    from.chunks.shift();
    return first;
  }
  const taken = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const chunk = from.chunks.shift()!;
    const part = chunk.subarray(0, count - at);
    taken.set(part, at);
    at += part.length;
    if (part.length < chunk.length) from.chunks.unshift(chunk.subarray(part.length));
  }
  return taken;
}
