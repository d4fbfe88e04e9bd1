// The sound of a recording, measured as it arrives: how loud each side is, and how long the caller waited for each answer. Takes
// what records/recording writes: a WAV file of µ-law at 8 kHz, caller and agent in turn. Pure.
import { MULAW_DECODE } from '../../../audio/g711.ts';
import { CallSound } from '../../call-sound.ts';

/** Finer than any screen draws a call. */
export const STEP_MS = 20;
const STEP_SAMPLES = 160;

export interface Measured {
  readonly durationMs: number;
  /** The loudest of each step, 0 to 1: of the caller and of the agent. */
  readonly peaks: readonly [Float32Array, Float32Array];
  /** From the last of the caller's sound to the first of the agent's. `atMs`: since the recording began, when it was answered. */
  readonly answers: readonly { readonly atMs: number; readonly ms: number }[];
}

export class SoundPeaks {
  readonly #peaks: [number[], number[]] = [[], []];
  readonly #answers: { readonly atMs: number; readonly ms: number }[] = [];
  readonly #sound = new CallSound();
  readonly #frame: readonly [Uint8Array, Uint8Array] = [
    new Uint8Array(STEP_SAMPLES),
    new Uint8Array(STEP_SAMPLES),
  ];
  #head: Uint8Array | undefined = new Uint8Array();
  #side: 0 | 1 = 0;
  #filled = 0;

  take(bytes: Uint8Array): void {
    const sound = this.#head ? this.#behindHead(this.#head, bytes) : bytes;
    for (const byte of sound) {
      this.#frame[this.#side][this.#filled] = byte;
      this.#side = this.#side === 0 ? 1 : 0;
      if (this.#side === 0 && ++this.#filled === STEP_SAMPLES) this.#measure();
    }
  }

  /** What was taken so far. The rest of a step is left out. */
  get measured(): Measured {
    const [caller, agent] = this.#peaks;
    return {
      durationMs: caller.length * STEP_MS,
      peaks: [Float32Array.from(caller), Float32Array.from(agent)],
      answers: this.#answers,
    };
  }

  #measure(): void {
    this.#filled = 0;
    for (const side of [0, 1] as const) this.#peaks[side].push(peakOf(this.#frame[side]));
    const sounded = this.#sound.heard(...this.#frame);
    if (sounded?.answeredMs !== undefined)
      this.#answers.push({ atMs: (this.#peaks[0].length - 1) * STEP_MS, ms: sounded.answeredMs });
  }

  #behindHead(head: Uint8Array, bytes: Uint8Array): Uint8Array {
    const all = new Uint8Array(head.length + bytes.length);
    all.set(head);
    all.set(bytes, head.length);
    const start = soundStart(all);
    this.#head = start === undefined ? all : undefined;
    return start === undefined ? new Uint8Array() : all.subarray(start);
  }
}

const peakOf = (frame: Uint8Array): number =>
  frame.reduce((peak, byte) => Math.max(peak, Math.abs(MULAW_DECODE[byte]!)), 0) / 32_768;

/** Where the content of the chunk `data` begins; undefined: not in these bytes. */
function soundStart(file: Uint8Array): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 12; at + 8 <= file.length;) {
    if (view.getUint32(at) === 0x64_61_74_61) return at + 8;
    const bytes = view.getUint32(at + 4, true);
    at += 8 + bytes + (bytes % 2);
  }
  return undefined;
}
