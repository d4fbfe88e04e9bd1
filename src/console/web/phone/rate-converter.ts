// Sample rates that browsers have (44,100, 48,000 Hz and others) from and to 8 kHz: a windowed sinc in as many phases as the
// ratio has, streaming. For browsers that open no microphone at 8 kHz; the server's own rates go through audio/resample.ts.

/** Lobes of the sinc on each side. More of them cost time on the audio thread, and a telephone does not hear them. */
const LOBES = 12;
/** Of half the lower rate: what is above falls away before it folds back. */
const PASSBAND = 0.94;

export class RateConverter {
  readonly #step: number;
  readonly #phases: readonly Float32Array[];
  readonly #taps: number;
  /** Input that is still looked at. */
  #kept: Float32Array;
  /** Of the next output: in units of one `#phases.length`th of an input sample, from the start of `#kept`. */
  #position = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = gcd(fromHz, toHz);
    const up = toHz / divisor;
    this.#step = fromHz / divisor;
    const cutoff = Math.min(1, toHz / fromHz) * PASSBAND;
    const half = Math.ceil(LOBES / cutoff);
    this.#taps = 2 * half;
    this.#phases = Array.from({ length: up }, (_, phase) => kernel(phase / up, half, cutoff));
    this.#kept = new Float32Array(half - 1);
  }

  /** As many samples as are due by now; the sound comes out some ms later than it went in. */
  push(input: Float32Array): Float32Array {
    const up = this.#phases.length;
    const sound = new Float32Array(this.#kept.length + input.length);
    sound.set(this.#kept);
    sound.set(input, this.#kept.length);
    const out: number[] = [];
    for (;;) {
      const from = Math.floor(this.#position / up);
      if (from + this.#taps > sound.length) break;
      out.push(sumOf(this.#phases[this.#position % up]!, sound, from));
      this.#position += this.#step;
    }
    const over = Math.min(Math.floor(this.#position / up), sound.length);
    this.#kept = sound.slice(over);
    this.#position -= over * up;
    return Float32Array.from(out);
  }
}

function sumOf(taps: Float32Array, sound: Float32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < taps.length; i++) sum += taps[i]! * sound[from + i]!;
  return sum;
}

/** Taps for a place that is `offset` of a sample behind the middle; together 1, so that no phase is louder. */
function kernel(offset: number, half: number, cutoff: number): Float32Array {
  const taps = Float64Array.from({ length: 2 * half }, (_, i) => {
    const distance = i - (half - 1) - offset;
    return sinc(distance * cutoff) * blackman(distance / half);
  });
  const sum = taps.reduce((all, tap) => all + tap, 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** From -1 to 1. */
const blackman = (x: number): number =>
  Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
