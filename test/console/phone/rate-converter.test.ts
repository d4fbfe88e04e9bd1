import { expect, test } from 'vitest';
import { RateConverter } from '../../../src/console/web/phone/rate-converter.ts';

const sine = (hz: number, rateHz: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rateHz));

/** In quanta, as a worklet does it. */
function through(converter: RateConverter, sound: Float32Array, piece = 128): Float32Array {
  const out: number[] = [];
  for (let at = 0; at < sound.length; at += piece)
    out.push(...converter.push(sound.subarray(at, at + piece)));
  return Float32Array.from(out);
}

/** Amplitude of what is at this frequency, by Fourier over the middle of the sound. */
function amplitude(sound: Float32Array, hz: number, rateHz: number): number {
  const middle = sound.subarray(rateHz / 10, rateHz / 10 + rateHz / 2);
  let [real, imaginary] = [0, 0];
  middle.forEach((sample, n) => {
    const angle = (2 * Math.PI * hz * n) / rateHz;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / middle.length;
}

const rms = (sound: Float32Array): number =>
  Math.sqrt(sound.reduce((sum, sample) => sum + sample ** 2, 0) / sound.length);

const RATES = [16_000, 32_000, 44_100, 48_000, 96_000];

test.each(RATES)('from %i Hz: as many samples as the ratio says, speech as loud as before', (rate) => {
  const out = through(new RateConverter(rate, 8_000), sine(1_000, rate, rate));
  expect(Math.abs(out.length - 8_000)).toBeLessThan(40);
  expect(amplitude(out, 1_000, 8_000)).toBeCloseTo(1, 2);
  const rest = rms(out.subarray(800, 4_800)) ** 2 - amplitude(out, 1_000, 8_000) ** 2 / 2;
  expect(Math.abs(rest), 'nothing beside the tone').toBeLessThan(1e-4);
});

test.each(RATES)('from %i Hz: what a telephone cannot carry does not fold back', (rate) => {
  const out = through(new RateConverter(rate, 8_000), sine(5_200, rate, rate));
  expect(rms(out.subarray(800, 4_800))).toBeLessThan(0.01);
});

test.each(RATES)('to %i Hz: the tone, and no image of it', (rate) => {
  const out = through(new RateConverter(8_000, rate), sine(1_000, 8_000, 8_000), 160);
  expect(Math.abs(out.length - rate)).toBeLessThan(rate / 100);
  expect(amplitude(out, 1_000, rate)).toBeCloseTo(1, 2);
  expect(amplitude(out, 7_000, rate)).toBeLessThan(0.005);
});

test('in whatever pieces it comes, it is the same', () => {
  const sound = sine(440, 44_100, 20_000);
  const whole = through(new RateConverter(44_100, 8_000), sound, 20_000);
  expect(whole.length).toBeGreaterThan(3_500);
  for (const piece of [1, 7, 128, 1_000])
    expect(through(new RateConverter(44_100, 8_000), sound, piece)).toEqual(whole);
});
