// Which sounds are single steady tones, and how long they last.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MULAW_DECODE } from '../../src/audio/g711.ts';
import { SteadyToneDetector } from '../../src/audio/steady-tone.ts';
import { samplesOf, voice } from '../doubles/answer-sounds.ts';

const still = new Float64Array(2_400);

function tonesIn(...sounds: readonly ArrayLike<number>[]) {
  const detector = new SteadyToneDetector();
  return [...sounds, still].flatMap((sound) => detector.push(sound));
}

const noise = (ms: number, amplitude: number, seed = 1): Float64Array => {
  let state = seed;
  return Float64Array.from({ length: 8 * ms }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state / 0x40000000 - 1) * 32_767 * amplitude;
  });
};

test('a tone between 400 and 2,100 Hz is told once it is over, within 10 Hz and 40 ms, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 2_100 }),
      fc.integer({ min: 10, max: 60 }),
      fc.double({ min: 0.03, max: 0.8, noNaN: true }),
      fc.integer({ min: 1, max: 700 }),
      (hz, frames, amplitude, piece) => {
        const sound = [...still, ...samplesOf([hz], frames * 20, amplitude), ...still];
        const detector = new SteadyToneDetector();
        const told = [];
        for (let at = 0; at < sound.length; at += piece)
          told.push(...detector.push(sound.slice(at, at + piece)));
        expect(told).toHaveLength(1);
        expect(Math.abs(told[0]!.hz - hz)).toBeLessThan(10);
        expect(Math.abs(told[0]!.ms - frames * 20)).toBeLessThanOrEqual(40);
      },
    ),
    { numRuns: 60 },
  );
});

test('a lost packet within a tone does not make it two', () => {
  const tone = samplesOf([1_000], 600);
  tone.fill(0, 2_000, 2_160);
  const [one, ...more] = tonesIn(still, tone);
  expect(more).toEqual([]);
  expect(one!.ms).toBeGreaterThanOrEqual(560);
});

test.each([
  ['two tones at once', samplesOf([480, 620], 600)],
  [
    'a tone that swells',
    samplesOf([600], 600).map((sample, n) => sample * (0.1 + 0.9 * Math.sin(n / 500) ** 2)),
  ],
  ['a key', samplesOf([770, 1_336], 400)],
  ['noise', noise(600, 0.2)],
  ['a siren', Float64Array.from({ length: 6_400 }, (_, n) => 6_000 * Math.sin(n * (0.3 + n / 20_000)))],
  ['less than there is on any line', samplesOf([1_000], 600, 0.002)],
])('%s is none', (_, sound) => {
  expect(tonesIn(still, sound)).toEqual([]);
});

test('a tone in the noise of a bad line is one', () => {
  const bad = samplesOf([850], 500, 0.15).map((sample, n) => sample + noise(500, 0.03)[n]!);
  expect(tonesIn(still, bad)).toHaveLength(1);
});

test.each([
  'caller/hello-opening-hours',
  'caller/book-a-cleaning',
  'agent/opening-hours',
  'prompts/apology-fr',
])('the voice %s holds none of 180 ms', (name) => {
  const sound = Float64Array.from(voice(name), (byte) => MULAW_DECODE[byte]!);
  expect(tonesIn(sound).filter(({ ms }) => ms >= 180)).toEqual([]);
});
