// The carrier's half of playing sound: a queue that is heard in real time on a clock, marks that come back when what
// is before them was played, and the clearing of both (Twilio docs, Media Streams: WebSocket messages). Knows nothing of
// sockets or messages.
import { bytesOfMs, msOfBytes, type AudioFormat } from '../../src/audio/format.ts';
import type { Clock, StopTimer } from '../../src/base/clock.ts';

interface Piece {
  readonly bytes: Uint8Array;
  readonly startMs: number;
  /** When its last sample was, or will be, heard; a clear moves it to the moment of the clear. */
  endMs: number;
}

export class CarrierPlayback {
  readonly #clock: Clock;
  readonly #format: AudioFormat;
  readonly #onMark: (name: string) => void;
  #pieces: Piece[] = [];
  #dryAtMs = 0;
  #pending: { readonly name: string; readonly stop: StopTimer }[] = [];

  /** `onMark` is never called from within `mark` or `clear`, always from a timer of the clock. */
  constructor(clock: Clock, format: AudioFormat, onMark: (name: string) => void) {
    this.#clock = clock;
    this.#format = format;
    this.#onMark = onMark;
  }

  /** Copies the bytes. */
  play(bytes: Uint8Array): void {
    const startMs = Math.max(this.#clock.nowMs(), this.#dryAtMs);
    this.#dryAtMs = startMs + msOfBytes(this.#format, bytes.length);
    this.#pieces.push({ bytes: Uint8Array.from(bytes), startMs, endMs: this.#dryAtMs });
  }

  mark(name: string): void {
    this.#returnIn(Math.max(0, this.#dryAtMs - this.#clock.nowMs()), name);
  }

  clear(): void {
    const nowMs = this.#clock.nowMs();
    this.#pieces = this.#pieces.filter((piece) => piece.startMs < nowMs);
    for (const piece of this.#pieces) piece.endMs = Math.min(piece.endMs, nowMs);
    this.#dryAtMs = nowMs;
    const marks = this.#pending;
    this.#pending = [];
    for (const { name, stop } of marks) {
      stop();
      this.#returnIn(0, name);
    }
  }

  /** The line is gone: what is queued is never heard and no mark comes back. Leaves no timer. */
  end(): void {
    for (const { stop } of this.#pending) stop();
    this.#pending = [];
    this.clear();
  }

  /** Names of the marks that have not come back yet, oldest first. */
  get pendingMarks(): readonly string[] {
    return this.#pending.map(({ name }) => name);
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

  #heardMsOf(piece: Piece): number {
    return Math.max(0, Math.min(piece.endMs, this.#clock.nowMs()) - piece.startMs);
  }

  #returnIn(delayMs: number, name: string): void {
    const pending = {
      name,
      stop: this.#clock.after(delayMs, () => {
        this.#pending.splice(this.#pending.indexOf(pending), 1);
        this.#onMark(name);
      }),
    };
    this.#pending.push(pending);
  }
}
