import { expect, test } from 'vitest';
import { MULAW_8K, PCM16_16K, PCM16_24K } from '../../src/audio/format.ts';
import { pcm16Samples } from '../../src/audio/samples.ts';
import { soundFromWav, writeWav } from '../../src/audio/wav.ts';

const RATES_HZ = [8_000, 16_000, 24_000, 44_100, 48_000];

const tone = (rateHz: number, toneHz: number, seconds: number): Int16Array =>
  Int16Array.from({ length: Math.round(rateHz * seconds) }, (_, i) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * toneHz * i) / rateHz)),
  );

const level = (
  samples: Int16Array,
  rateHz: number,
  toneHz: number,
): { amplitude: number; lateMs: number } => {
  let sine = 0;
  let cosine = 0;
  for (const [i, sample] of samples.entries()) {
    sine += (2 / samples.length) * sample * Math.sin((2 * Math.PI * toneHz * i) / rateHz);
    cosine += (2 / samples.length) * sample * Math.cos((2 * Math.PI * toneHz * i) / rateHz);
  }
  return {
    amplitude: Math.hypot(sine, cosine),
    lateMs: (-Math.atan2(cosine, sine) / (2 * Math.PI * toneHz)) * 1_000,
  };
};

const CASES = RATES_HZ.flatMap((fromHz) => [8_000, 16_000, 24_000].map((toHz) => [fromHz, toHz] as const));

test.each(CASES)('%i → %i Hz keeps length, loudness and time', (fromHz, toHz) => {
  const file = writeWav({
    format: { encoding: 'pcm16', sampleRateHz: fromHz },
    channels: [tone(fromHz, 500, 0.5)],
  });
  const out = pcm16Samples(soundFromWav(file, { encoding: 'pcm16', sampleRateHz: toHz }));
  expect(Math.abs(out.length - toHz / 2)).toBeLessThanOrEqual(1);
  // The middle, away from what a file's hard edges do to any filter.
  const middle = out.subarray(toHz * 0.1, toHz * 0.4);
  const { amplitude, lateMs } = level(middle, toHz, 500);
  expect(Math.abs(20 * Math.log10(amplitude / 16_000))).toBeLessThan(0.2);
  expect(Math.abs(lateMs)).toBeLessThan(0.1);
});

test.each(CASES)('%i → %i Hz holds a full-scale square at full scale', (fromHz, toHz) => {
  const square = Int16Array.from({ length: fromHz / 2 }, (_, i) =>
    Math.floor((i * 400) / fromHz) % 2 === 0 ? 32_767 : -32_768,
  );
  const file = writeWav({ format: { encoding: 'pcm16', sampleRateHz: fromHz }, channels: [square] });
  const out = pcm16Samples(soundFromWav(file, { encoding: 'pcm16', sampleRateHz: toHz }));
  const wrapped = out.filter((sample, i) => {
    const phase = ((i * 400) / toHz) % 2;
    const inside = phase % 1 > 0.2 && phase % 1 < 0.8;
    return inside && Math.sign(sample) !== (phase < 1 ? 1 : -1);
  });
  expect(wrapped).toHaveLength(0);
});

test('the last sample of a file is there', () => {
  for (const length of [1, 2, 3, 300, 301, 302]) {
    const click = new Int16Array(length);
    click[length - 1] = 20_000;
    const file = writeWav({ format: PCM16_24K, channels: [click] });
    const out = pcm16Samples(soundFromWav(file, { encoding: 'pcm16', sampleRateHz: 8_000 }));
    expect(out).toHaveLength(Math.ceil(length / 3));
    expect(Math.max(...out)).toBeGreaterThan(2_000);
  }
});

test('stereo is averaged', () => {
  const file = writeWav({
    format: PCM16_16K,
    channels: [Int16Array.of(100, -200), Int16Array.of(300, 200)],
  });
  expect([...pcm16Samples(soundFromWav(file, PCM16_16K))]).toEqual([200, 0]);
});

test('nothing stays nothing at every rate', () => {
  for (const [fromHz] of CASES) {
    const file = writeWav({
      format: { encoding: 'pcm16', sampleRateHz: fromHz },
      channels: [new Int16Array()],
    });
    expect(soundFromWav(file, PCM16_16K)).toHaveLength(0);
    expect(soundFromWav(file, PCM16_24K)).toHaveLength(0);
    expect(soundFromWav(file, MULAW_8K)).toHaveLength(0);
  }
});
