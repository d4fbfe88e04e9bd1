import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_UNITS, conversionOf, Resampler, type Conversion } from '../../src/audio/resample.ts';

const RATES = [
  [8_000, 8_000],
  [8_000, 16_000],
  [16_000, 8_000],
  [24_000, 8_000],
] as const;

/** The doubles themselves, before rounding to 16 bits hides the last of their bits. */
function converted(conversion: Conversion, samples: Float64Array, runs: readonly number[]): number[] {
  const { samplesIn, samplesOut, history } = conversion;
  const resampler = new Resampler(conversion);
  const out: number[] = [];
  let unit = 0;
  for (const units of runs) {
    for (let line = 0; line < samplesIn; line++)
      for (let i = 0; i < units; i++)
        resampler.inputs[line]![history + i] = samples[(unit + i) * samplesIn + line]!;
    resampler.run(units);
    for (let i = 0; i < units; i++)
      for (let line = 0; line < samplesOut; line++) out.push(resampler.outputs[line]![i]!);
    unit += units;
  }
  return out;
}

test.each(RATES)('%i → %i Hz: the sums themselves do not depend on the cut', (fromHz, toHz) => {
  const conversion = conversionOf(fromHz, toHz)!;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 23 }), { minLength: 1, maxLength: 30 }), (runs) => {
      const units = runs.reduce((sum, run) => sum + run, 0);
      const samples = Float64Array.from(
        { length: units * conversion.samplesIn },
        (_, i) => ((i * 7_919) % 65_536) - 32_768,
      );
      const single = Array.from({ length: units }, () => 1);
      expect(converted(conversion, samples, runs)).toEqual(converted(conversion, samples, single));
    }),
    { numRuns: 40 },
  );
});

test.each(RATES)('%i → %i Hz: a steady level stays what it is', (fromHz, toHz) => {
  const conversion = conversionOf(fromHz, toHz)!;
  const samples = new Float64Array(BLOCK_UNITS * conversion.samplesIn).fill(10_000);
  const settled = converted(conversion, samples, [BLOCK_UNITS]).slice(
    conversion.history * conversion.samplesOut,
  );
  // Within the filters' ripple of 0.05 dB, and the same in every phase to their depth of 80 dB.
  expect(Math.abs(settled[0]! - 10_000)).toBeLessThan(60);
  expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(4);
});

test('other ratios have no conversion', () => {
  for (const [fromHz, toHz] of [
    [24_000, 16_000],
    [8_000, 24_000],
    [44_100, 8_000],
    [0, 0],
    [8_000, 0],
  ] as const)
    expect(conversionOf(fromHz, toHz)).toBeUndefined();
});
