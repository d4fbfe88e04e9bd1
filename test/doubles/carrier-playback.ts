// The carrier's half of playing sound: a queue that is heard in real time on a clock, marks that come back when what
// is before them was played, and the clearing of both (Twilio docs, Media Streams: WebSocket messages). Knows nothing of
// sockets or messages.
import { bytesOfMs, msOfBytes, type AudioFormat } from '../../src/audio/format.ts';
import type { Clock, StopTimer } from '../../src/base/clock.ts';

/** One way each, in milliseconds: to the carrier (sound, marks, clears) and from it (the marks that come back). */
export interface Delays {
  readonly downMs?: number;
  readonly upMs?: number;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly startMs: number;
  /** When its last sample was, or will be, heard; a clear moves it to the moment of the clear. */
  endMs: number;
}

interface Mark {
  readonly name: string;
  readonly stop: StopTimer;
}

export class CarrierPlayback {
  readonly #clock: Clock;
  readonly #format: AudioFormat;
  readonly #onMark: (name: string) => void;
  #pieces: Piece[] = [];
  #dryAtMs = 0;
  readonly #downMs: number;
  readonly #upMs: number;
  /** On the way to the carrier. */
  readonly #coming = new Set<StopTimer>();
  /** Waiting for the sound before them, and on the way back. */
  readonly #pending: Mark[] = [];
  readonly #returning: Mark[] = [];

  /** `onMark` is never called from within `mark` or `clear`, always from a timer of the clock. */
  constructor(
    clock: Clock,
    format: AudioFormat,
    onMark: (name: string) => void,
    { downMs = 0, upMs = 0 }: Delays = {},
  ) {
    this.#clock = clock;
    this.#format = format;
    this.#onMark = onMark;
    this.#downMs = downMs;
    this.#upMs = upMs;
  }

  /** Copies the bytes. */
  play(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes);
    this.#arrive(() => {
      const startMs = Math.max(this.#clock.nowMs(), this.#dryAtMs);
      this.#dryAtMs = startMs + msOfBytes(this.#format, copy.length);
      this.#pieces.push({ bytes: copy, startMs, endMs: this.#dryAtMs });
    });
  }

  mark(name: string): void {
    this.#arrive(() => this.#returnIn(this.queuedMs, name));
  }

  clear(): void {
    this.#arrive(() => this.#forget());
  }

  /** The line is gone: what is queued or under way is never heard and no mark comes back. Leaves no timer. */
  end(): void {
    for (const stop of this.#coming) stop();
    this.#coming.clear();
    for (const { stop } of [...this.#returning.splice(0), ...this.#pending.splice(0)]) stop();
    this.#forget();
  }

  /** Names of the marks that have not come back yet, oldest first; those that have not arrived are not among them. */
  get pendingMarks(): readonly string[] {
    return [...this.#returning, ...this.#pending].map(({ name }) => name);
  }

  /** How much sound the carrier has that was not heard. */
  get queuedMs(): number {
    return Math.max(0, this.#dryAtMs - this.#clock.nowMs());
  }

  get heardMs(): number {
    return this.#pieces.reduce((sum, piece) => sum + this.#heardMsOf(piece), 0);
  }

  /** All that was heard so far, without the pauses between. */
  get heard(): Uint8Array {
    return Buffer.concat(
      this.#pieces.map((piece) => piece.bytes.subarray(0, bytesOfMs(this.#format, this.#heardMsOf(piece)))),
    );
  }

  /** The same, with when each began. */
  get heardPieces(): readonly { readonly bytes: Uint8Array; readonly startMs: number }[] {
    return this.#pieces.map((piece) => ({
      bytes: piece.bytes.subarray(0, bytesOfMs(this.#format, this.#heardMsOf(piece))),
      startMs: piece.startMs,
    }));
  }

  #heardMsOf(piece: Piece): number {
    return Math.max(0, Math.min(piece.endMs, this.#clock.nowMs()) - piece.startMs);
  }

  #forget(): void {
    const nowMs = this.#clock.nowMs();
    this.#pieces = this.#pieces.filter((piece) => piece.startMs < nowMs);
    for (const piece of this.#pieces) piece.endMs = Math.min(piece.endMs, nowMs);
    this.#dryAtMs = nowMs;
    for (const { name, stop } of this.#pending.splice(0)) {
      stop();
      this.#returnIn(0, name);
    }
  }

  /** At once where there is no delay, so that a carrier on the next chair needs no turn of the clock. */
  #arrive(then: () => void): void {
    if (this.#downMs === 0) return then();
    const stop = this.#clock.after(this.#downMs, () => {
      this.#coming.delete(stop);
      then();
    });
    this.#coming.add(stop);
  }

  #returnIn(delayMs: number, name: string): void {
    const give = (): void => this.#onMark(name);
    const travel = (): void => {
      this.#leaveIn(this.#returning, this.#upMs, name, give);
    };
    this.#leaveIn(this.#pending, delayMs, name, this.#upMs === 0 ? give : travel);
  }

  #leaveIn(waiting: Mark[], delayMs: number, name: string, then: () => void): void {
    const mark: Mark = {
      name,
      stop: this.#clock.after(delayMs, () => {
        waiting.splice(waiting.indexOf(mark), 1);
        then();
      }),
    };
    waiting.push(mark);
  }
}
