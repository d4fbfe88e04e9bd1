// Designs the filters of src/audio/resample.ts and writes them to src/audio/taps.ts: `npx node scripts/design-taps.ts`.
// Knows filter design; knows nothing of how the filters are run.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** A point of the weighted Chebyshev problem: at `x` a polynomial shall be `want`, and an error counts `weight` times. */
interface Point {
  readonly x: number;
  readonly want: number;
  readonly weight: number;
}

/** Grid points per degree of freedom: enough that no ripple peaks visibly between two of them. */
const GRID_DENSITY = 24;

/** 0.046 dB of ripple against -82.3 dB: inside both targets (0.05 dB; -80 dB once rounded to 16 bits) at the lengths used. */
const STOP_WEIGHT = 35;

/** Frequencies in cycles per sample from `from` to `to`, both included. */
function frequencies(from: number, to: number, length: number): number[] {
  const steps = Math.ceil((to - from) * GRID_DENSITY * (length + 1));
  return Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
}

/** The points where the error turns round, one per run of equal sign, thinned to `count` by dropping the smaller end. */
function turningPoints(errors: readonly number[], count: number): number[] {
  const peaks: number[] = [];
  for (const [i, error] of errors.entries()) {
    const last = peaks.at(-1);
    if (last === undefined || Math.sign(errors[last]!) !== Math.sign(error)) peaks.push(i);
    else if (Math.abs(error) > Math.abs(errors[last]!)) peaks[peaks.length - 1] = i;
  }
  while (peaks.length > count) {
    if (Math.abs(errors[peaks[0]!]!) < Math.abs(errors[peaks.at(-1)!]!)) peaks.shift();
    else peaks.pop();
  }
  return peaks;
}

/** The polynomial through `nodes`, in barycentric form; the factor 2 keeps products of many distances near 1. */
function through(nodes: readonly Point[], values: readonly number[]): (x: number) => number {
  const shares = barycentric(nodes);
  return (x) => {
    let above = 0;
    let below = 0;
    for (const [i, node] of nodes.entries()) {
      if (x === node.x) return values[i]!;
      const share = shares[i]! / (x - node.x);
      above += share * values[i]!;
      below += share;
    }
    return above / below;
  };
}

const barycentric = (nodes: readonly Point[]): number[] =>
  nodes.map(
    ({ x }, i) =>
      1 / nodes.reduce((product, other, j) => (i === j ? product : product * 2 * (x - other.x)), 1),
  );

/** Remez' exchange as Parks and McClellan use it: the polynomial of `degree` whose largest weighted error is least. */
function chebyshev(grid: readonly Point[], degree: number): (x: number) => number {
  const count = degree + 2;
  let extremes = Array.from({ length: count }, (_, i) => Math.round((i * (grid.length - 1)) / (count - 1)));
  for (let round = 0; round < 60; round++) {
    const nodes = extremes.map((i) => grid[i]!);
    const shares = barycentric(nodes);
    const sign = (i: number): number => (i % 2 === 0 ? 1 : -1);
    const delta =
      nodes.reduce((sum, { want }, i) => sum + shares[i]! * want, 0) /
      nodes.reduce((sum, { weight }, i) => sum + (sign(i) * shares[i]!) / weight, 0);
    const polynomial = through(
      nodes,
      nodes.map(({ want, weight }, i) => want - (sign(i) * delta) / weight),
    );
    const next = turningPoints(
      grid.map(({ x, want, weight }) => (want - polynomial(x)) * weight),
      count,
    );
    if (next.length < count) throw new Error(`the exchange lost an extreme in round ${round}`);
    if (next.every((point, i) => point === extremes[i])) return polynomial;
    extremes = next;
  }
  throw new Error('the exchange did not settle');
}

/** Linear-phase taps of odd `length` whose amplitude at `f` cycles per sample is `amplitude(f)`. */
function tapsOf(length: number, amplitude: (f: number) => number): Float64Array {
  const half = (length - 1) / 2;
  const samples = Array.from({ length: half + 1 }, (_, k) => amplitude(k / length));
  return Float64Array.from({ length }, (_, n) => {
    let sum = samples[0]!;
    for (let k = 1; k <= half; k++)
      sum += 2 * samples[k]! * Math.cos((2 * Math.PI * k * (n - half)) / length);
    return sum / length;
  });
}

/** Equiripple low pass of odd `length`; edges in cycles per sample, stop band `stopWeight` times as deep as the ripple. */
export function lowPass(length: number, passTo: number, stopFrom: number, stopWeight: number): Float64Array {
  const x = (f: number): number => Math.cos(2 * Math.PI * f);
  const grid = [
    ...frequencies(0, passTo, length).map((f) => ({ x: x(f), want: 1, weight: 1 })),
    ...frequencies(stopFrom, 0.5, length).map((f) => ({ x: x(f), want: 0, weight: stopWeight })),
  ];
  const polynomial = chebyshev(grid, (length - 1) / 2);
  return tapsOf(length, (f) => polynomial(x(f)));
}

/**
 * Equiripple half-band low pass: ½ at the centre, else only the taps at odd distances from it. Those make cos(ω)·P(cos 2ω),
 * which shall be ½ up to `passTo` (and then is -½ above ½ - passTo, by symmetry). `length` is 3 more than a multiple of 4.
 */
export function halfBand(length: number, passTo: number): Float64Array {
  const x = (f: number): number => Math.cos(4 * Math.PI * f);
  const cosine = (f: number): number => Math.cos(2 * Math.PI * f);
  const grid = frequencies(0, passTo, length).map((f) => ({
    x: x(f),
    want: 0.5 / cosine(f),
    weight: cosine(f),
  }));
  const polynomial = chebyshev(grid, (length + 1) / 4 - 1);
  const half = (length - 1) / 2;
  return tapsOf(length, (f) => 0.5 + cosine(f) * polynomial(x(f))).map((tap, n) => {
    if (n === half) return 0.5;
    return (n - half) % 2 === 0 ? 0 : tap;
  });
}

/** Edges in Hz at the higher of the two rates the filter stands between; resample.ts says which conversion runs on which. */
export const DESIGNS = [
  {
    name: 'HALF_BAND_71',
    about:
      'Between 8 and 16 kHz: passes to 3.4 kHz, stops from 4.6 kHz; every second tap but the centre is zero.',
    taps: (): Float64Array => halfBand(71, 3_400 / 16_000),
  },
  {
    name: 'HALF_99',
    about: 'Between 16 and 8 kHz: passes to 3.4 kHz, stops from 4.0 kHz, so nothing folds.',
    taps: (): Float64Array => lowPass(99, 3_400 / 16_000, 4_000 / 16_000, STOP_WEIGHT),
  },
  {
    name: 'THIRD_149',
    about: 'Between 24 and 8 kHz: passes to 3.4 kHz, stops from 4.0 kHz, so nothing folds.',
    taps: (): Float64Array => lowPass(149, 3_400 / 24_000, 4_000 / 24_000, STOP_WEIGHT),
  },
] as const;

async function write(): Promise<void> {
  const text = DESIGNS.map(({ name, about, taps }) => {
    const all = taps();
    const firstHalf = [...all.subarray(0, (all.length + 1) / 2)];
    return `/** ${about} */\nexport const ${name} = symmetric([${firstHalf.join(', ')}]);\n`;
  });
  const file = join(import.meta.dirname, '../src/audio/taps.ts');
  const source = [
    '// The low-pass filters of resample.ts, made by scripts/design-taps.ts; test/audio/taps.test.ts designs them again.\n',
    '/** The whole filter from its first tap to its centre; linear phase makes the rest its mirror. */',
    'const symmetric = (half: readonly number[]): readonly number[] => [...half, ...half.slice(0, -1).reverse()];\n',
    ...text,
  ].join('\n');
  writeFileSync(file, await format(source, { ...(await resolveConfig(file)), parser: 'typescript' }));
}

if (import.meta.main) await write();
