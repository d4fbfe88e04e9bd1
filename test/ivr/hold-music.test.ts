// The music that comes with Liveline: short enough to fetch, soft, and without a click where it begins anew.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readWav } from '../../src/audio/wav.ts';

const file = readFileSync(resolve(import.meta.dirname, '../../fixtures/audio/prompts/hold.wav'));
const { sampleRateHz, encoding, channels } = readWav(file);
const samples = channels[0]!;
const rmsDbfs = (of: Int16Array): number =>
  20 * Math.log10(Math.sqrt(of.reduce((sum, sample) => sum + sample * sample, 0) / of.length) / 32_768);

test('a telephone’s sound, of 20 to 30 seconds and 500 kB at most', () => {
  expect({ sampleRateHz, encoding, count: channels.length }).toEqual({
    sampleRateHz: 8_000,
    encoding: 'pcm16',
    count: 1,
  });
  expect(samples.length / sampleRateHz).toBeGreaterThanOrEqual(20);
  expect(samples.length / sampleRateHz).toBeLessThanOrEqual(30);
  expect(file.length).toBeLessThanOrEqual(500_000);
});

test('softer than voices, and there all the time', () => {
  expect(rmsDbfs(samples)).toBeCloseTo(-24, 0);
  for (let atS = 1; atS < 23; atS++)
    expect(rmsDbfs(samples.subarray(atS * 8_000, (atS + 1) * 8_000)), `second ${atS}`).toBeGreaterThan(-32);
});

test('no click: not in it, and not where it begins anew', () => {
  const looped = [...samples, ...samples.subarray(0, 800)];
  const steepest = looped.reduce(
    (most, sample, at) => Math.max(most, Math.abs(sample - (looped[at - 1] ?? 0))),
    0,
  );
  const loudest = looped.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  // A full swing at 1.8 kHz, the highest of its partials, would step by 1.3 of its peak; most of it is far lower.
  expect(steepest).toBeLessThan(loudest * 0.75);
  for (const end of [samples.subarray(0, 40), samples.subarray(-40)]) expect(rmsDbfs(end)).toBeLessThan(-55);
});
