// The sound of one call, measured: how loud each side is, and how long the caller waits for an answer. µ-law, 8 kHz. Time is the
// stream's own. What passes here is not yet, or no more, in the caller's ear: the way to the carrier and back comes on top.
import { MULAW_DECODE } from '../audio/g711.ts';

const BYTES_PER_MS = 8;
/** Every so many samples: voices are not missed by it, and a frame costs next to nothing. */
const STEP = 4;
/** Mean magnitude of 16-bit samples; -44 dB of full scale. Telephone talkers are at -30 to -15 dB, line noise below -55. */
const LOUD = 200;
/** Shorter sounds of the caller are clicks and coughs. */
const WORD_MS = 160;
/** A caller who pauses for longer begins anew. */
const PAUSE_MS = 1_200;
/** Who was heard so recently goes on, and answers nothing. */
const GOES_ON_MS = 240;
/** Quieter than this is nothing to look at. */
const LEAST_DB = -50;

const MAGNITUDE: Float32Array = Float32Array.from(MULAW_DECODE, Math.abs);

export interface Sounded {
  /** The first sound of the agent. */
  readonly isFirstWord: boolean;
  /** Since the caller was last heard, where this answers them. */
  readonly answeredMs: number | undefined;
}

export class CallSound {
  #nowMs = 0;
  #caller: { readonly loudMs: number; readonly lastMs: number } | undefined;
  #agentLastMs = -Infinity;
  #isSpokenTo = false;
  #peaks: [number, number] = [0, 0];

  /** Undefined: nothing that anybody waited for. */
  heard(caller: Uint8Array, agent: Uint8Array): Sounded | undefined {
    const ms = caller.length / BYTES_PER_MS;
    this.#nowMs += ms;
    const [callerIsLoud, agentIsLoud] = [this.#measure(0, caller), this.#measure(1, agent)];
    if (callerIsLoud) {
      const before = this.#caller && this.#nowMs - this.#caller.lastMs <= PAUSE_MS ? this.#caller.loudMs : 0;
      this.#caller = { loudMs: before + ms, lastMs: this.#nowMs };
    }
    if (!agentIsLoud) return undefined;
    const goesOn = this.#nowMs - this.#agentLastMs <= GOES_ON_MS;
    this.#agentLastMs = this.#nowMs;
    const isFirstWord = !this.#isSpokenTo;
    this.#isSpokenTo = true;
    const asked = this.#caller;
    // Whoever speaks at the same time has not been answered.
    const isAnswer = !goesOn && !callerIsLoud && asked !== undefined && asked.loudMs >= WORD_MS;
    if (!goesOn) this.#caller = undefined;
    if (!isAnswer && !isFirstWord) return undefined;
    return { isFirstWord, answeredMs: isAnswer ? this.#nowMs - asked.lastMs : undefined };
  }

  /** The line is another one: what was said on the one before is answered by nothing. */
  lineOpened(): void {
    this.#caller = undefined;
    this.#agentLastMs = -Infinity;
  }

  /** The loudest of the caller and of the agent since this was asked last: 0 to 1, in decibels. */
  takeLevels(): readonly [number, number] {
    const [caller, agent] = this.#peaks;
    this.#peaks = [0, 0];
    return [levelOf(caller), levelOf(agent)];
  }

  #measure(side: 0 | 1, frame: Uint8Array): boolean {
    let sum = 0;
    let peak = this.#peaks[side];
    for (let at = 0; at < frame.length; at += STEP) {
      const magnitude = MAGNITUDE[frame[at]!]!;
      sum += magnitude;
      if (magnitude > peak) peak = magnitude;
    }
    this.#peaks[side] = peak;
    return (sum * STEP) / Math.max(1, frame.length) > LOUD;
  }
}

function levelOf(peak: number): number {
  const db = 20 * Math.log10(Math.max(peak, 1) / 32_768);
  return Math.round(Math.max(0, 1 - db / LEAST_DB) * 1_000) / 1_000;
}
