// Spectra of two sounds at once, frame by frame, as powers in bands that the ear tells apart.
// Knows nothing of what makes the sounds.

/** 32 ms at 8 kHz, of which every frame of 20 ms brings 160 samples: neighbours overlap, so no onset falls between two. */
const WINDOW = 256;
const HALF = WINDOW / 2;
export const SPECTRUM_HZ = 8_000;
export const BIN_HZ = SPECTRUM_HZ / WINDOW;

/** Edges in Hz: thirds of an octave, roughly, joined so that each holds two harmonics of most voices. */
const EDGES_HZ = [280, 450, 680, 1_000, 1_350, 1_750, 2_250, 2_850, 3_450];
const EDGES = EDGES_HZ.map((hz) => Math.round(hz / BIN_HZ));
export const BANDS = EDGES.length - 1;

export interface Spectrum {
  /** Power by bin, of full scale. */
  readonly bins: Float64Array;
  /** Decibels by band. */
  readonly bandsDb: Float64Array;
}

const HANN = Float64Array.from(
  { length: WINDOW },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW),
);
/** Brings the sum over all bins to the mean power of the sound (Parseval; 3/8 is Hann's mean square). */
const SCALE = 2 / (WINDOW * WINDOW * (3 / 8));
const COS = Float64Array.from({ length: HALF }, (_, i) => Math.cos((2 * Math.PI * i) / WINDOW));
const SIN = Float64Array.from({ length: HALF }, (_, i) => -Math.sin((2 * Math.PI * i) / WINDOW));
const REVERSED = Uint8Array.from({ length: WINDOW }, (_, i) =>
  Number.parseInt(i.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
);

/** Shared by every call: an analysis starts and ends within one turn of the event loop. */
const RE = new Float64Array(WINDOW);
const IM = new Float64Array(WINDOW);

/** Of the last 256 samples of each, full scale at 1: one transform for both, one as the real part, the other as the imaginary. */
export function spectraOf(one: Float64Array, other: Float64Array): [Spectrum, Spectrum] {
  for (let i = 0; i < WINDOW; i++) {
    const to = REVERSED[i]!;
    RE[to] = one[one.length - WINDOW + i]! * HANN[i]!;
    IM[to] = other[other.length - WINDOW + i]! * HANN[i]!;
  }
  transform();
  const first = new Float64Array(HALF);
  const second = new Float64Array(HALF);
  for (let k = 1; k < HALF; k++) {
    const [re, im, mirrorRe, mirrorIm] = [RE[k]!, IM[k]!, RE[WINDOW - k]!, IM[WINDOW - k]!];
    first[k] = (SCALE * ((re + mirrorRe) ** 2 + (im - mirrorIm) ** 2)) / 4;
    second[k] = (SCALE * ((im + mirrorIm) ** 2 + (mirrorRe - re) ** 2)) / 4;
  }
  return [
    { bins: first, bandsDb: bandsOf(first) },
    { bins: second, bandsDb: bandsOf(second) },
  ];
}

/** Cooley and Tukey, in place; the input lies in bit-reversed order. */
function transform(): void {
  for (let half = 1; half < WINDOW; half *= 2) {
    const step = HALF / half;
    for (let k = 0; k < half; k++) {
      const cos = COS[k * step]!;
      const sin = SIN[k * step]!;
      for (let a = k; a < WINDOW; a += 2 * half) {
        const b = a + half;
        const x = RE[b]! * cos - IM[b]! * sin;
        const y = RE[b]! * sin + IM[b]! * cos;
        RE[b] = RE[a]! - x;
        IM[b] = IM[a]! - y;
        RE[a] = RE[a]! + x;
        IM[a] = IM[a]! + y;
      }
    }
  }
}

function bandsOf(bins: Float64Array): Float64Array {
  const bands = new Float64Array(BANDS);
  for (let band = 0; band < BANDS; band++) {
    let power = 0;
    for (let k = EDGES[band]!; k < EDGES[band + 1]!; k++) power += bins[k]!;
    bands[band] = decibels(power);
  }
  return bands;
}

/** Down to -90, the level of a single 16-bit step. */
export const decibels = (power: number): number => 10 * Math.log10(Math.max(power, 1e-9));
