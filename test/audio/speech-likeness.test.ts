import { expect, test } from 'vitest';
import { buzz, filtered, seeded, white, type Sound } from '../../bench/barge-in/sounds.ts';
import { PITCH_SAMPLES, SpeechLikeness, type Likeness } from '../../src/audio/speech-likeness.ts';
import { decibels, spectraOf, SPECTRUM_HZ } from '../../src/audio/spectrum.ts';

const FRAME = 160;

function likenesses(sound: Sound): Likeness[] {
  const likeness = new SpeechLikeness();
  const all: Likeness[] = [];
  for (let end = PITCH_SAMPLES; end <= sound.length; end += FRAME) {
    const samples = sound.slice(end - PITCH_SAMPLES, end);
    const [spectrum] = spectraOf(samples, new Float64Array(PITCH_SAMPLES));
    all.push(likeness.push(samples, spectrum, false));
  }
  // The first two have nothing before them to compare with.
  return all.slice(2);
}

const share = (sound: Sound, as: Likeness): number => {
  const all = likenesses(sound);
  return all.filter((each) => each === as).length / all.length;
};
const tone = (ms: number, parts: readonly number[]): Sound =>
  Float64Array.from({ length: (ms * SPECTRUM_HZ) / 1_000 }, (_, i) =>
    parts.reduce((sum, hz) => sum + 0.1 * Math.sin((2 * Math.PI * hz * i) / SPECTRUM_HZ), 0),
  );

test('a vowel on a gliding pitch is voiced', () => {
  const vowel = filtered(buzz(seeded(1), 600, 220, 130), 'band', 900, 1);
  expect(share(vowel, 'voiced')).toBeGreaterThan(0.7);
});

test('a chord is steady', () => {
  expect(share(tone(600, [400, 800, 1_200, 1_600]), 'steady')).toBe(1);
});

test('a murmur is nasal', () => {
  expect(share(filtered(buzz(seeded(2), 600, 120, 130), 'low', 350, 2), 'nasal')).toBeGreaterThan(0.9);
});

test('a hiss is unvoiced', () => {
  expect(share(white(seeded(3), 2_000), 'unvoiced')).toBeGreaterThan(0.9);
});

test('spectra: power lands in its band, and not in the other sound', () => {
  const [one, other] = spectraOf(
    tone(40, [1_200]),
    tone(40, [500]).map((sample) => sample / 10),
  );
  const powerDb = decibels(0.1 ** 2 / 2);
  expect(Math.max(...one.bandsDb)).toBeCloseTo(powerDb, 0);
  expect(one.bandsDb.indexOf(Math.max(...one.bandsDb))).toBe(3);
  expect(Math.max(...other.bandsDb)).toBeCloseTo(powerDb - 20, 0);
  expect(other.bandsDb.indexOf(Math.max(...other.bandsDb))).toBe(1);
  expect(other.bandsDb[3]).toBeLessThan(powerDb - 60);
});
