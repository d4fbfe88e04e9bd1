// Sample rates: streaming conversion by whole ratios, linear phase. Knows samples only; bytes and encodings are the transcoder's.
//
// A filter at the higher rate is split into phases, one per sample of that rate; every phase is a plain convolution over
// samples of the lower rate. So a unit of sound is one sample on the low side and `ratio` samples on the high side.
import { HALF_BAND_71, HALF_99, THIRD_149 } from './taps.ts';

/** One phase: `taps` in order of time, oldest sample first, over the `from`th input line, adding to the `to`th output line. */
interface Phase {
  readonly taps: Float64Array;
  readonly from: number;
  readonly to: number;
  /** Where in the window of history and newest sample the taps start. */
  readonly offset: number;
}

export interface Conversion {
  readonly samplesIn: number;
  readonly samplesOut: number;
  /** How much later the sound comes out than it went in, in output samples. */
  readonly delaySamples: number;
  /** Units kept of each input line: what the longest phase sees besides the newest unit. */
  readonly history: number;
  readonly phases: readonly Phase[];
}

/** Zero taps at the ends cost time and add nothing; taps stay in pairs, as `convolve` takes them. */
function phase(taps: Float64Array, from: number, to: number): Phase {
  const first = taps.findIndex((tap) => tap !== 0) & ~1;
  const end = (taps.findLastIndex((tap) => tap !== 0) | 1) + 1;
  return { taps: taps.slice(first, end), from, to, offset: first };
}

function split(filter: readonly number[], ratio: number, direction: 'up' | 'down'): Conversion {
  const window = 2 * Math.ceil(filter.length / ratio / 2);
  const centre = (filter.length - 1) / 2;
  const gain = direction === 'up' ? ratio : 1;
  const phases = Array.from({ length: ratio }, (_, index) => {
    // Going down, an output is due with the last sample of its unit, which the filter's first tap meets.
    const shift = direction === 'up' ? index : ratio - 1 - index;
    const taps = Float64Array.from(
      { length: window },
      (_, age) => gain * (filter[(window - 1 - age) * ratio + shift] ?? 0),
    );
    return direction === 'up' ? phase(taps, 0, index) : phase(taps, index, 0);
  });
  const history = window - 1;
  return direction === 'up'
    ? { samplesIn: 1, samplesOut: ratio, delaySamples: centre, history, phases }
    : { samplesIn: ratio, samplesOut: 1, delaySamples: (centre - (ratio - 1)) / ratio, history, phases };
}

/** By the rate out over the rate in. */
const CONVERSIONS: ReadonlyMap<number, Conversion> = new Map([
  [1, split([1], 1, 'up')],
  [2, split(HALF_BAND_71, 2, 'up')],
  [3, split(THIRD_149, 3, 'up')],
  [1 / 2, split(HALF_99, 2, 'down')],
  [1 / 3, split(THIRD_149, 3, 'down')],
]);

/** Undefined unless one rate is once, twice or three times the other. */
export const conversionOf = (fromHz: number, toHz: number): Conversion | undefined =>
  CONVERSIONS.get(toHz / fromHz);

/** Most units of one `run`: with it, all work lines together stay inside a core's first cache (32 KiB). */
export const BLOCK_UNITS = 480;

const LINE_LENGTH = BLOCK_UNITS + Math.max(...[...CONVERSIONS.values()].map(({ history }) => history));
const workLines = (): readonly Float64Array[] => [0, 1, 2].map(() => new Float64Array(LINE_LENGTH));

/** Shared by every call: a run starts and ends within one turn of the event loop, and only history outlives it. */
const INPUTS = workLines();
const OUTPUTS = workLines();

/** One direction of one call. Fill `inputs` from index `history` on, `run`, take the result from `outputs`, index 0 on. */
export class Resampler {
  readonly inputs = INPUTS;
  readonly outputs = OUTPUTS;
  readonly #conversion: Conversion;
  readonly #kept: Float64Array;

  constructor(conversion: Conversion) {
    this.#conversion = conversion;
    this.#kept = new Float64Array(conversion.samplesIn * conversion.history);
  }

  /** At most BLOCK_UNITS. The outputs stand until any resampler runs again. */
  run(units: number): void {
    const { samplesIn, samplesOut, history, phases } = this.#conversion;
    const kept = this.#kept;
    for (let line = 0; line < samplesOut; line++) OUTPUTS[line]!.fill(0, 0, units);
    for (let line = 0; line < samplesIn; line++) {
      const input = INPUTS[line]!;
      for (let i = 0; i < history; i++) input[i] = kept[line * history + i]!;
    }
    // An index, because the iterator of for-of takes registers that the compiler then lacks for the sums (5 % of the time).
    for (let i = 0; i < phases.length; i++) {
      const run = phases[i]!;
      convolve(run.taps, INPUTS[run.from]!, run.offset, OUTPUTS[run.to]!, units);
    }
    for (let line = 0; line < samplesIn; line++) {
      const input = INPUTS[line]!;
      for (let i = 0; i < history; i++) kept[line * history + i] = input[units + i]!;
    }
  }

  /** As new: nothing of what was heard is left. */
  reset(): void {
    this.#kept.fill(0);
  }
}

/**
 * Adds to each of the first `count` sums its taps times the window that starts `offset` further on. Five sums at a time:
 * one alone would wait for its own last addition, more than five do not fit the registers, and five divide a telephone
 * frame. Each sum adds in the same order however it is reached, so no cut of the stream changes a bit. Taps are even in number.
 */
function convolve(
  taps: Float64Array,
  line: Float64Array,
  offset: number,
  sums: Float64Array,
  count: number,
): void {
  const length = taps.length;
  let at = 0;
  for (; at + 5 <= count; at += 5) {
    let x = offset + at;
    let sum0 = sums[at]!;
    let sum1 = sums[at + 1]!;
    let sum2 = sums[at + 2]!;
    let sum3 = sums[at + 3]!;
    let sum4 = sums[at + 4]!;
    let x0 = line[x]!;
    let x1 = line[x + 1]!;
    let x2 = line[x + 2]!;
    let x3 = line[x + 3]!;
    x += 4;
    for (let i = 0; i + 2 <= length; i += 2) {
      const even = taps[i]!;
      const x4 = line[x + i]!;
      sum0 += even * x0;
      sum1 += even * x1;
      sum2 += even * x2;
      sum3 += even * x3;
      sum4 += even * x4;
      const odd = taps[i + 1]!;
      const x5 = line[x + i + 1]!;
      sum0 += odd * x1;
      sum1 += odd * x2;
      sum2 += odd * x3;
      sum3 += odd * x4;
      sum4 += odd * x5;
      x0 = x2;
      x1 = x3;
      x2 = x4;
      x3 = x5;
    }
    sums[at] = sum0;
    sums[at + 1] = sum1;
    sums[at + 2] = sum2;
    sums[at + 3] = sum3;
    sums[at + 4] = sum4;
  }
  for (; at < count; at++) {
    let sum = sums[at]!;
    for (let i = 0; i < length; i++) sum += taps[i]! * line[offset + at + i]!;
    sums[at] = sum;
  }
}
