// The tones of keys: each is known again at any level that a telephone has, and nothing else is taken for one.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyIn, toneOf } from '../../src/audio/dtmf.ts';
import { MULAW_8K, PCM16_16K } from '../../src/audio/format.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { keysIn } from '../doubles/key-tones.ts';

const KEYS = Array.from('0123456789ABCD*#');
const RATES = [8_000, 16_000];
const gained = (sound: Int16Array, db: number): number[] =>
  Array.from(sound, (sample) => Math.round(sample * 10 ** (db / 20)));

test.each(RATES)('each key, through µ-law, at any level and from any sample on: %i Hz', (rate) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KEYS),
      fc.integer({ min: -24, max: 6 }),
      fc.nat({ max: 400 }),
      (key, db, from) => {
        const line = gained(toneOf(key, 100, rate), db).map((s) => MULAW_DECODE[MULAW_ENCODE[s & 0xffff]!]!);
        expect(keyIn(line.slice(from, from + rate / 50), rate)).toBe(key);
      },
    ),
  );
});

test('what is no key has no tone', () => {
  expect(toneOf('', 100, 8_000)).toHaveLength(0);
  expect(toneOf('12', 100, 8_000)).toHaveLength(0);
  expect(toneOf('E', 100, 8_000)).toHaveLength(0);
});

test('silence, one tone alone, and noise hold no key', () => {
  const sine = (hz: number): number[] =>
    Array.from({ length: 160 }, (_, n) => 8_000 * Math.sin((2 * Math.PI * hz * n) / 8_000));
  expect(keyIn([], 8_000)).toBeUndefined();
  expect(keyIn(new Int16Array(160), 8_000)).toBeUndefined();
  for (const hz of [150, 440, 697, 1_000, 1_209, 1_633])
    expect(keyIn(sine(hz), 8_000), `${hz}`).toBeUndefined();
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -8_000, max: 8_000 }), { minLength: 160, maxLength: 160 }),
      (noise) => {
        expect(keyIn(noise, 8_000)).toBeUndefined();
      },
    ),
    { numRuns: 200 },
  );
});

test('nobody who speaks is heard pressing keys', () => {
  const folders = ['caller', 'agent', 'prompts'].map((name) => `fixtures/audio/${name}`);
  for (const folder of folders)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.wav'))) {
      const pcm = soundFromWav(readFileSync(`${folder}/${file}`), PCM16_16K);
      expect(keysIn(pcm, 16_000), file).toBe('');
    }
});

test('a full-scale tone keeps within µ-law', () => {
  expect(Math.max(...toneOf('5', 50, MULAW_8K.sampleRateHz))).toBeLessThan(10_200);
});
