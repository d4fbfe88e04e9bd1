// What is fed in: tones, speech, and speech with all that belongs on a telephone line taken out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PCM16_24K } from '../../src/audio/format.ts';
import { pcm16Samples } from '../../src/audio/samples.ts';
import { soundFromWav } from '../../src/audio/wav.ts';

const VOICES = join(import.meta.dirname, '../../fixtures/audio/agent');

export const tone = (rateHz: number, toneHz: number, seconds: number, level = 0.5): Int16Array =>
  Int16Array.from({ length: rateHz * seconds }, (_, i) =>
    Math.round(32_767 * level * Math.sin((2 * Math.PI * toneHz * i) / rateHz)),
  );

/** A full-scale 440 Hz square: the loudest thing a line can carry, and the sharpest. */
export const square = (rateHz: number, seconds: number): Int16Array =>
  Int16Array.from({ length: rateHz * seconds }, (_, i) => (((440 * 2 * i) / rateHz) & 1 ? -32_767 : 32_767));

export const amplified = (samples: Int16Array, gain: number): Int16Array =>
  samples.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));

/** The same numbers in every run: 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** At 24 kHz: the recorded voices of fixtures/audio/agent, or, where there are none, vowels and hisses by turns. */
export function speech(): { readonly about: string; readonly samples: Int16Array } {
  let files: string[] = [];
  try {
    files = readdirSync(VOICES).filter((file) => file.endsWith('.wav'));
  } catch {
    // No such folder in this copy: the made-up voice serves.
  }
  if (files.length === 0) return { about: 'made-up vowels and hisses', samples: babble() };
  const sounds = files.map((file) => pcm16Samples(soundFromWav(readFileSync(join(VOICES, file)), PCM16_24K)));
  const samples = Int16Array.from(sounds.flatMap((sound) => [...sound]));
  return {
    about: `${files.length} voices of fixtures/audio/agent, ${Math.round(samples.length / 24_000)} s`,
    samples,
  };
}

function babble(): Int16Array {
  const random = randomNumbers(7);
  let hiss = 0;
  return Int16Array.from({ length: 24_000 * 20 }, (_, i) => {
    const t = i / 24_000;
    // The difference of white noise leans to the top of the band, as an s does.
    const white = random() - 0.5;
    const s = 6_000 * (white - hiss);
    hiss = white;
    const vowel = Array.from(
      { length: 24 },
      (_unused, k) => Math.sin(2 * Math.PI * 120 * (k + 1) * t) / (k + 1),
    );
    const voiced = 4_000 * vowel.reduce((sum, part) => sum + part, 0);
    return Math.round(Math.floor(t * 4) % 2 === 0 ? voiced : s);
  });
}

/** Everything below `edgeHz` taken out, by Fourier transform of the whole. */
export function without(samples: Int16Array, rateHz: number, edgeHz: number): Int16Array {
  const size = 2 ** Math.ceil(Math.log2(samples.length));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(samples);
  transform(re, im);
  const edge = Math.ceil((edgeHz / rateHz) * size);
  for (let bin = 0; bin < edge; bin++) {
    const mirror = (size - bin) % size;
    re[bin] = im[bin] = re[mirror] = im[mirror] = 0;
  }
  // The inverse is the transform with real and imaginary parts exchanged.
  transform(im, re);
  return samples.map((_, i) => Math.round(re[i]! / size));
}

/** In place, by halving (Cooley and Tukey); the length is a power of two. */
function transform(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let half = 1; half < size; half *= 2)
    for (let k = 0; k < half; k++) {
      const cos = Math.cos((Math.PI * k) / half);
      const sin = -Math.sin((Math.PI * k) / half);
      for (let a = k; a < size; a += 2 * half) {
        const b = a + half;
        const x = re[b]! * cos - im[b]! * sin;
        const y = re[b]! * sin + im[b]! * cos;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a] = re[a]! + x;
        im[a] = im[a]! + y;
      }
    }
}
