// Steady tones: a single one that stands still, as answering machines and fax machines send, and how long it lasted. Two tones
// at once, a melody or a voice is none. Time is the stream's own; knows nothing of who sends it.
import { FRAME_MS } from './format.ts';
import { BIN_HZ, SPECTRUM_HZ, spectraOf } from './spectrum.ts';

export interface SteadyTone {
  readonly hz: number;
  readonly ms: number;
}

const FRAME = (SPECTRUM_HZ * FRAME_MS) / 1_000;
const WINDOW = 256;
/** Softer is line noise; a telephone talker is at -30 to -15 dB of full scale. */
const LEAST_DB = -42;
/** Of the same, before Hann's window takes its edges away. */
const LEAST_POWER = 10 ** (LEAST_DB / 10) / 2;
/** Of all power, what the tone's own bins hold: four of Hann's on either side of a clean one; speech has more beside it. */
const LEAST_SHARE = 0.88;
const OWN_BINS = 2;
/** From one frame to the next. A voice that holds a vowel wavers by more. */
const MOST_DRIFT_HZ = 15;
const MOST_DRIFT_DB = 3;
/** Lost packets are silence: a shorter gap is within the tone. */
const GAP_FRAMES = 3;
/** Shorter is no tone but a moment of one; keys, of which each is two, last 40 ms and more. */
const LEAST_FRAMES = 5;

interface Standing {
  readonly hz: number;
  readonly db: number;
  readonly frames: number;
  readonly gap: number;
}

export class SteadyToneDetector {
  readonly #window = new Float64Array(WINDOW);
  #filled = 0;
  #standing: Standing | undefined;

  /** While it lasts. */
  get standing(): SteadyTone | undefined {
    const { frames = 0, hz = 0 } = this.#standing ?? {};
    return frames < LEAST_FRAMES ? undefined : { hz, ms: frames * FRAME_MS };
  }

  /** `samples`: at 8 kHz, full scale at 32,768, any number of them. Gives the tones that are over. */
  push(samples: ArrayLike<number>): readonly SteadyTone[] {
    const over: SteadyTone[] = [];
    for (let at = 0; at < samples.length; at++) {
      if (this.#filled === 0) this.#window.copyWithin(0, FRAME);
      this.#window[WINDOW - FRAME + this.#filled] = samples[at]! / 32_768;
      this.#filled = (this.#filled + 1) % FRAME;
      if (this.#filled > 0) continue;
      const tone = this.#frame();
      if (tone) over.push(tone);
    }
    return over;
  }

  #frame(): SteadyTone | undefined {
    const now = toneIn(this.#window);
    const was = this.#standing;
    if (was && now && isSame(was, now)) {
      this.#standing = { ...now, frames: was.frames + was.gap + 1, gap: 0 };
      return undefined;
    }
    if (was && was.gap + 1 < GAP_FRAMES) {
      this.#standing = { ...was, gap: was.gap + 1 };
      return undefined;
    }
    const over = this.standing;
    this.#standing = now && { ...now, frames: 1, gap: 0 };
    return over;
  }
}

const isSame = (was: Standing, now: { hz: number; db: number }): boolean =>
  Math.abs(was.hz - now.hz) <= MOST_DRIFT_HZ && Math.abs(was.db - now.db) <= MOST_DRIFT_DB;

/** The one tone of a window, if it holds one alone. */
function toneIn(window: Float64Array): { hz: number; db: number } | undefined {
  // Most frames of a call are silence: they are spared the transform.
  let energy = 0;
  for (let at = 0; at < WINDOW; at++) energy += window[at]! * window[at]!;
  if (energy / WINDOW < LEAST_POWER) return undefined;
  const [{ bins }] = spectraOf(window, window);
  let total = 0;
  let peak = 1;
  // The lowest bins hold hum and direct current.
  for (let bin = 3; bin < bins.length; bin++) {
    total += bins[bin]!;
    if (bins[bin]! > bins[peak]!) peak = bin;
  }
  const db = 10 * Math.log10(Math.max(total, 1e-12));
  if (db < LEAST_DB || peak < 4 || peak >= bins.length - OWN_BINS) return undefined;
  let own = 0;
  for (let bin = peak - OWN_BINS; bin <= peak + OWN_BINS; bin++) own += bins[bin]!;
  if (own < LEAST_SHARE * total) return undefined;
  return { hz: (peak + offsetOf(bins, peak)) * BIN_HZ, db };
}

/** How far the tone is beside its bin, of a bin: a parabola through the logarithms (Smith and Serra, 1987). */
function offsetOf(bins: Float64Array, peak: number): number {
  const [low, mid, high] = [-1, 0, 1].map((by) => Math.log(Math.max(bins[peak + by]!, 1e-15)));
  const bend = low! - 2 * mid! + high!;
  return bend === 0 ? 0 : (low! - high!) / (2 * bend);
}
