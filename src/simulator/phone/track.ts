// One person's side of a call: stretches of µ-law sound on the call's time line, silence between them. Knows no clock.
import { MULAW_8K, silenceByte } from '../../audio/format.ts';

/** µ-law at 8 kHz: a sample is a byte, so a position counts both. */
export const SAMPLES_PER_MS = MULAW_8K.sampleRateHz / 1_000;
const SILENCE = silenceByte(MULAW_8K);

interface Run {
  readonly start: number;
  length: number;
  /** Samples of sound in all runs before this one. */
  readonly before: number;
  /** May have room beyond `length`; empty when sound is not kept. */
  bytes: Uint8Array;
}

export interface Stretch {
  /** Clock time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Empty when the track does not keep sound. */
  readonly sound: Uint8Array;
}

export class Track {
  readonly #originMs: number;
  readonly #keepSound: boolean;
  readonly #runs: Run[] = [];

  /** `originMs`: clock time of position 0. Without `keepSound` only the times are kept: 8 kB a second less. */
  constructor(originMs: number, keepSound = true) {
    this.#originMs = originMs;
    this.#keepSound = keepSound;
  }

  /** Whole samples played by this clock time. */
  positionAt(clockMs: number): number {
    return Math.max(0, Math.floor((clockMs - this.#originMs) * SAMPLES_PER_MS));
  }

  clockMsAt(position: number): number {
    return this.#originMs + position / SAMPLES_PER_MS;
  }

  /** The position after the last sample; 0 when there is none. */
  get end(): number {
    const last = this.#runs.at(-1);
    return last ? last.start + last.length : 0;
  }

  /** Puts sound at `position`, or after what is there already when that is later. Returns where it starts. */
  append(position: number, sound: Uint8Array): number {
    const start = Math.max(position, this.end);
    if (sound.length === 0) return start;
    let run = this.#runs.at(-1);
    if (!run || start > run.start + run.length) {
      run = { start, length: 0, before: run ? run.before + run.length : 0, bytes: new Uint8Array(0) };
      this.#runs.push(run);
    }
    const length = run.length + sound.length;
    if (this.#keepSound) {
      if (length > run.bytes.length) {
        const grown = new Uint8Array(run.length === 0 ? length : length * 2);
        grown.set(run.bytes.subarray(0, run.length));
        run.bytes = grown;
      }
      run.bytes.set(sound, run.length);
    }
    run.length = length;
    return start;
  }

  /** Forgets all sound from `position` on. Returns how many samples that was. */
  truncate(position: number): number {
    let forgotten = 0;
    for (;;) {
      const run = this.#runs.at(-1);
      if (!run || run.start + run.length <= position) return forgotten;
      const kept = Math.max(0, position - run.start);
      forgotten += run.length - kept;
      run.length = kept;
      if (kept === 0) this.#runs.pop();
    }
  }

  /** Samples of sound, silence not counted, before `position`. */
  soundBefore(position: number): number {
    const run = this.#runs.findLast(({ start }) => start < position);
    return run ? run.before + Math.min(run.length, position - run.start) : 0;
  }

  /** All that is heard from one position to another, silence included. */
  read(from: number, to: number): Uint8Array {
    const samples = new Uint8Array(Math.max(0, to - from)).fill(SILENCE);
    for (const { start, sound } of this.#parts(from, to)) samples.set(sound, start - from);
    return samples;
  }

  /** The stretches of sound between two positions, oldest first. */
  stretches(from: number, to: number): Stretch[] {
    return this.#parts(from, to).map(({ start, length, sound }) => ({
      fromMs: this.clockMsAt(start),
      toMs: this.clockMsAt(start + length),
      sound,
    }));
  }

  #parts(from: number, to: number): { start: number; length: number; sound: Uint8Array }[] {
    const parts = [];
    for (let index = this.#runs.length - 1; index >= 0; index--) {
      const run = this.#runs[index]!;
      const start = Math.max(run.start, from);
      const length = Math.min(run.start + run.length, to) - start;
      if (run.start + run.length <= from) break;
      if (length <= 0) continue;
      const offset = start - run.start;
      parts.push({ start, length, sound: run.bytes.subarray(offset, offset + length) });
    }
    return parts.reverse();
  }
}
