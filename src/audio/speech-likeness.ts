// Speech-likeness: what sort of sound a frame is, by its pitch, its colour and how fast both change. Knows nothing of loudness
// or echo, and no frame but the ones before it.
import { BIN_HZ, type Spectrum } from './spectrum.ts';

/**
 * `voiced`: a pitch that moves, as of vowels · `steady`: a pitch that stands still, as of instruments · `nasal`: a pitch with
 * little above it, as of "mm" · `unvoiced`: no pitch: hisses of speech as of anything else
 */
export type Likeness = 'voiced' | 'steady' | 'nasal' | 'unvoiced';

/** Frames of 20 ms after which pitches are compared: a note stands 40 ms, a voice hardly ever. */
const AGO = 2;
/** Normalised correlation: line noise, coughs and babble mostly stay below it, vowels above. */
const PERIODIC = 0.7;
/** A talker over an echo: two pitches at once. */
const PERIODIC_MIXED = 0.4;
/** The cosine of a note's spectra is 0.99 in the middle; a vowel's, with its harmonics on the move, 0.6. */
const STANDS_STILL = 0.9;
/** A murmur's power below 700 Hz is 13 dB above the rest's (a quarter are below 9), a vowel's 0 dB. */
const NASAL_DB = 6;
const SPLIT = Math.round(700 / BIN_HZ);
const TOP = Math.round(3_450 / BIN_HZ);
const BOTTOM = Math.round(280 / BIN_HZ);

/** Pitches of 70 to 400 Hz, in samples at 4 kHz; the harmonics that carry most of a telephone voice's power lie below 1 kHz. */
const LEAST_LAG = 10;
const MOST_LAG = 57;
/** Samples at 8 kHz that a judgement looks back on: a pitch of 70 Hz twice, and what is correlated. */
export const PITCH_SAMPLES = 320;
const CORRELATED = PITCH_SAMPLES / 2 - MOST_LAG;
/** Shared by every call: a judgement starts and ends within one turn of the event loop. */
const HALVED = new Float64Array(PITCH_SAMPLES / 2);

export class SpeechLikeness {
  readonly #before: Float64Array[] = [];

  /** `samples`: the last 320 at 8 kHz; `mixed`: with an echo about as loud. */
  push(samples: Float64Array, { bins }: Spectrum, mixed: boolean): Likeness {
    const ago = this.#before.length === AGO ? this.#before.shift() : undefined;
    this.#before.push(bins);
    if (periodicity(samples) < (mixed ? PERIODIC_MIXED : PERIODIC)) return 'unvoiced';
    if (lowOverHighDb(bins) > NASAL_DB) return 'nasal';
    return ago !== undefined && cosine(bins, ago) > STANDS_STILL ? 'steady' : 'voiced';
  }

  /** A frame too soft to judge. */
  skip(): void {
    this.#before.length = 0;
  }
}

/** The highest normalised correlation of the sound with itself, a pitch period later: 0 to 1. */
function periodicity(samples: Float64Array): number {
  const from = samples.length - PITCH_SAMPLES;
  // The mean of four takes away what is above 1 kHz, where a period that is no whole number of samples would not fit itself.
  for (let i = 0; i < HALVED.length; i++) {
    const at = from + 2 * i;
    HALVED[i] = (samples[at - 1] ?? 0) + samples[at]! + samples[at + 1]! + (samples[at + 2] ?? 0);
  }
  let own = 1e-12;
  let later = 1e-12;
  for (let i = 0; i < CORRELATED; i++) {
    own += HALVED[i]! ** 2;
    later += HALVED[i + LEAST_LAG]! ** 2;
  }
  let best = 0;
  for (let lag = LEAST_LAG; lag <= MOST_LAG; lag++) {
    let both = 0;
    for (let i = 0; i < CORRELATED; i++) both += HALVED[i]! * HALVED[i + lag]!;
    if (both > 0) best = Math.max(best, both / Math.sqrt(own * later));
    if (lag < MOST_LAG) later += HALVED[lag + CORRELATED]! ** 2 - HALVED[lag]! ** 2;
  }
  return best;
}

function lowOverHighDb(bins: Float64Array): number {
  let low = 1e-12;
  let high = 1e-12;
  for (let k = BOTTOM; k < SPLIT; k++) low += bins[k]!;
  for (let k = SPLIT; k < TOP; k++) high += bins[k]!;
  return 10 * Math.log10(low / high);
}

/** The cosine between two spectra's magnitudes: 1 for the same. */
function cosine(one: Float64Array, other: Float64Array): number {
  let both = 0;
  let ones = 1e-12;
  let others = 1e-12;
  for (let k = BOTTOM; k < TOP; k++) {
    both += Math.sqrt(one[k]! * other[k]!);
    ones += one[k]!;
    others += other[k]!;
  }
  return both / Math.sqrt(ones * others);
}
