// Sample rates: streaming conversion by whole ratios, linear phase. Knows samples only; bytes and encodings are the transcoder's.
//
// Sound moves in units: one sample at the lower rate, `ratio` samples at the higher. Every sample of a unit has a line of its
// own, so that a filter, whichever rate it runs at, becomes plain sums over samples that lie side by side.
import { HALF_99, HALF_BAND_71, THIRD_149 } from './taps.ts';

/**
 * A part of a filter: taps at every `ratio`th distance from its centre, nearest first. Linear phase gives two samples
 * equally far from the centre one tap, so they are added first, which saves every second product: one line is read forwards, the other backwards.
 */
interface Part {
  readonly taps: Float64Array;
  /** Line of the later samples, and where in it the nearest stands for the first unit of a run. */
  readonly later: number;
  readonly laterAt: number;
  readonly earlier: number;
  readonly earlierAt: number;
  /** Output line. */
  readonly to: number;
}

export interface Conversion {
  readonly samplesIn: number;
  readonly samplesOut: number;
  /** How much later the sound comes out than it went in, in output samples. */
  readonly delaySamples: number;
  /** Units kept of each input line: the age of the oldest sample that counts. */
  readonly history: number;
  readonly parts: readonly Part[];
}

/** The centre's own sample is met from both sides, so its tap is halved, which costs no bit. */
function tapsAt(filter: readonly number[], first: number, ratio: number, gain: number): Float64Array {
  const centre = (filter.length - 1) / 2;
  const taps: number[] = [];
  for (let distance = first; distance <= centre; distance += ratio)
    taps.push(gain * (distance === 0 ? 0.5 : 1) * filter[centre + distance]!);
  return Float64Array.from(taps.slice(0, taps.findLastIndex((tap) => tap !== 0) + 1));
}

/** To `ratio` times fewer samples. An output is due with the last sample of its unit, and its centre is a first sample. */
function down(filter: readonly number[], ratio: number): Conversion {
  const centre = (filter.length - 1) / 2;
  const delay = (centre - (ratio - 1)) / ratio;
  const reach = Math.ceil(centre / ratio);
  const parts = Array.from({ length: ratio }, (_, line) => ({
    taps: tapsAt(filter, line, ratio, 1),
    later: line,
    laterAt: reach,
    earlier: (ratio - line) % ratio,
    earlierAt: line === 0 ? reach : reach - 1,
    to: 0,
  }));
  return { samplesIn: ratio, samplesOut: 1, delaySamples: delay, history: delay + reach, parts };
}

/** To twice as many samples: the filter runs over the originals with zeros between them, which count for nothing. */
function twice(filter: readonly number[]): Conversion {
  const centre = (filter.length - 1) / 2;
  const parts = [0, 1].map((line) => {
    const behind = centre - line;
    const first = behind % 2;
    return {
      taps: tapsAt(filter, first, 2, 2),
      later: 0,
      laterAt: centre - (behind - first) / 2,
      earlier: 0,
      earlierAt: centre - (behind + first) / 2,
      to: line,
    };
  });
  return { samplesIn: 1, samplesOut: 2, delaySamples: centre, history: centre, parts };
}

const CONVERSIONS: ReadonlyMap<number, Conversion> = new Map([
  [1, down([1], 1)],
  [2, twice(HALF_BAND_71)],
  [1 / 2, down(HALF_99, 2)],
  [1 / 3, down(THIRD_149, 3)],
]);

/** Undefined unless the rates are the same, 1:2, 2:1 or 3:1. */
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
    const { samplesIn, samplesOut, history, parts } = this.#conversion;
    const kept = this.#kept;
    for (let line = 0; line < samplesOut; line++) OUTPUTS[line]!.fill(0, 0, units);
    for (let line = 0; line < samplesIn; line++) {
      const input = INPUTS[line]!;
      for (let i = 0; i < history; i++) input[i] = kept[line * history + i]!;
    }
    // An index, because the iterator of for-of takes registers that the compiler then lacks for the sums (5 % of the time).
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      accumulate(part, INPUTS[part.later]!, INPUTS[part.earlier]!, OUTPUTS[part.to]!, units);
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
 * Adds a part of the filter to each of the first `count` sums. Five sums at a time: one alone would wait for its own last
 * addition, more do not fit the registers, and five divide a telephone frame. Each sum adds in the same order however it
 * is reached, so no cut of the stream changes a bit.
 */
function accumulate(
  { taps, laterAt, earlierAt }: Part,
  later: Float64Array,
  earlier: Float64Array,
  sums: Float64Array,
  count: number,
): void {
  const length = taps.length;
  let at = 0;
  for (; at + 5 <= count; at += 5) {
    let x = laterAt + at;
    const y = earlierAt + at;
    let sum0 = sums[at]!;
    let sum1 = sums[at + 1]!;
    let sum2 = sums[at + 2]!;
    let sum3 = sums[at + 3]!;
    let sum4 = sums[at + 4]!;
    let later0 = later[x]!;
    let later1 = later[x + 1]!;
    let later2 = later[x + 2]!;
    let later3 = later[x + 3]!;
    let earlier1 = earlier[y + 1]!;
    let earlier2 = earlier[y + 2]!;
    let earlier3 = earlier[y + 3]!;
    let earlier4 = earlier[y + 4]!;
    x += 4;
    for (let i = 0; i < length; i++) {
      const tap = taps[i]!;
      const later4 = later[x + i]!;
      const earlier0 = earlier[y - i]!;
      sum0 += tap * (later0 + earlier0);
      sum1 += tap * (later1 + earlier1);
      sum2 += tap * (later2 + earlier2);
      sum3 += tap * (later3 + earlier3);
      sum4 += tap * (later4 + earlier4);
      later0 = later1;
      later1 = later2;
      later2 = later3;
      later3 = later4;
      earlier4 = earlier3;
      earlier3 = earlier2;
      earlier2 = earlier1;
      earlier1 = earlier0;
    }
    sums[at] = sum0;
    sums[at + 1] = sum1;
    sums[at + 2] = sum2;
    sums[at + 3] = sum3;
    sums[at + 4] = sum4;
  }
  for (; at < count; at++) {
    let sum = sums[at]!;
    for (let i = 0; i < length; i++)
      sum += taps[i]! * (later[laterAt + at + i]! + earlier[earlierAt + at - i]!);
    sums[at] = sum;
  }
}
