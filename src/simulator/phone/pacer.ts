// When each 20 ms frame of the caller leaves, from a monotonic clock: late ticks are made up for, nothing drifts. The
// faults asked for are woven in here. Knows neither sound nor socket.
import { FRAME_MS } from '../../audio/format.ts';
import type { StreamFaults } from './faults.ts';

/** `atMs`: when it was due, of the clock. */
export type Departure =
  /** `late`: leaves after the frame that follows it. */
  | { send: 'frame'; atMs: number; index: number; copies: 1 | 2; late: boolean }
  | { send: 'text'; atMs: number; text: string }
  /** Tear the socket down; nothing follows. */
  | { send: 'nothing-more'; atMs: number };

/** Knuth's multiplicative hash: spreads frame numbers evenly over 0…1, the same in every run. */
const scatter = (index: number): number => (Math.imul(index + 1, 0x9e3779b1) >>> 0) / 2 ** 32;

const every = (period: number | undefined, index: number): boolean =>
  period !== undefined && (index + 1) % period === 0;

export class Pacer {
  readonly #startMs: number;
  readonly #faults: StreamFaults;
  readonly #texts: { readonly atMs: number; readonly text: string }[];
  #next = 0;
  #stopped = false;

  constructor(startMs: number, faults: StreamFaults) {
    this.#startMs = startMs;
    this.#faults = faults;
    this.#texts = [...(faults.texts ?? [])].sort((a, b) => a.atMs - b.atMs);
  }

  /** All that shall have left by `nowMs` and has not; a frame leaves once its last sample was spoken. */
  due(nowMs: number): Departure[] {
    const departures: Departure[] = [];
    const sinceMs = nowMs - this.#startMs;
    while (!this.#stopped) {
      const index = this.#next;
      const lateMs = scatter(index) * (this.#faults.jitterMs ?? 0);
      const frameAtMs = (index + 1) * FRAME_MS + lateMs;
      const textAtMs = this.#texts[0]?.atMs ?? Infinity;
      const dropAtMs = this.#faults.dropAtMs ?? Infinity;
      if (Math.min(frameAtMs, textAtMs, dropAtMs) > sinceMs) break;
      if (dropAtMs <= Math.min(frameAtMs, textAtMs)) {
        this.#stopped = true;
        departures.push({ send: 'nothing-more', atMs: this.#startMs + dropAtMs });
      } else if (textAtMs <= frameAtMs) {
        departures.push({ send: 'text', atMs: this.#startMs + textAtMs, text: this.#texts.shift()!.text });
      } else {
        this.#next += 1;
        if (!this.#inGap(index * FRAME_MS)) departures.push(this.#frame(index, this.#startMs + frameAtMs));
      }
    }
    return departures;
  }

  #frame(index: number, atMs: number): Departure {
    const copies = every(this.#faults.duplicateEvery, index) ? 2 : 1;
    return { send: 'frame', atMs, index, copies, late: every(this.#faults.swapEvery, index) };
  }

  #inGap(atMs: number): boolean {
    return (this.#faults.gaps ?? []).some((gap) => atMs >= gap.atMs && atMs < gap.atMs + gap.forMs);
  }
}
