// A framer: cuts a stream of bytes into whole frames. Knows nothing of what the bytes are.

export class Framer {
  readonly #frameBytes: number;
  readonly #silence: number;
  /** The start of a frame whose end has not come yet. */
  readonly #open: Uint8Array;
  #filled = 0;

  /** `silence` is the byte that fills up the last frame of a turn (format.ts, `silenceByte`). */
  constructor(frameBytes: number, silence: number) {
    if (!Number.isInteger(frameBytes) || frameBytes < 1)
      throw new RangeError(`a frame has a whole number of bytes, at least 1, not ${frameBytes}`);
    this.#frameBytes = frameBytes;
    this.#silence = silence;
    this.#open = new Uint8Array(frameBytes);
  }

  /** Whether a part of a frame waits for the rest. */
  get isOpen(): boolean {
    return this.#filled > 0;
  }

  /** The frames that `bytes` completes, end to end in fresh memory; empty when there is none. */
  push(bytes: Uint8Array): Uint8Array {
    const have = this.#filled + bytes.length;
    const left = have % this.#frameBytes;
    if (left === have) {
      this.#open.set(bytes, this.#filled);
      this.#filled = have;
      return new Uint8Array();
    }
    const frames = new Uint8Array(have - left);
    frames.set(this.#open.subarray(0, this.#filled));
    frames.set(bytes.subarray(0, bytes.length - left), this.#filled);
    this.#open.set(bytes.subarray(bytes.length - left));
    this.#filled = left;
    return frames;
  }

  /** The end of a turn: the open frame filled up with silence, or empty when nothing waits. */
  flush(): Uint8Array {
    if (this.#filled === 0) return new Uint8Array();
    const frame = this.#open.slice().fill(this.#silence, this.#filled);
    this.#filled = 0;
    return frame;
  }

  /** Barge-in: forgets the open frame. */
  reset(): void {
    this.#filled = 0;
  }
}
