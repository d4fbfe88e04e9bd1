// The caller's voice as a telephone network carries it: µ-law in frames of 20 ms. Knows no microphone.
import { MULAW_ENCODE } from '../../../audio/g711.ts';

/** 20 ms at 8 kHz, a sample a byte. */
export const FRAME_BYTES = 160;
/** The µ-law code that, repeated, is silence (G.711). */
export const SILENCE = 0xff;

export class CallerFrames {
  /** Whoever is muted sends silence: the line goes on. */
  isMuted = false;
  readonly #onFrame: (frame: Uint8Array<ArrayBuffer>) => void;
  #frame = new Uint8Array(FRAME_BYTES);
  #filled = 0;

  /** A frame is the receiver's: it may be transferred. */
  constructor(onFrame: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#onFrame = onFrame;
  }

  /** At 8 kHz, from -1 to 1; beyond that it is held there. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#frame[this.#filled++] = this.isMuted ? SILENCE : codeOf(sample);
      if (this.#filled === FRAME_BYTES) {
        this.#onFrame(this.#frame);
        this.#frame = new Uint8Array(FRAME_BYTES);
        this.#filled = 0;
      }
    }
  }
}

const codeOf = (sample: number): number =>
  MULAW_ENCODE[Math.round(Math.max(-1, Math.min(1, sample)) * 32_767) & 0xffff]!;
