// What is heard of whoever picks up, as 8 kHz µ-law: tones, silence, and voices out of fixtures/audio.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MULAW_8K, silence } from '../../src/audio/format.ts';
import { MULAW_ENCODE } from '../../src/audio/g711.ts';
import { soundFromWav } from '../../src/audio/wav.ts';

const AUDIO = resolve(import.meta.dirname, '../../fixtures/audio');
const HZ = 8_000;

export const voice = (name: string): Uint8Array =>
  soundFromWav(readFileSync(join(AUDIO, `${name}.wav`)), MULAW_8K);

export const quiet = (ms: number): Uint8Array => silence(MULAW_8K, ms);

/** `amplitude`: of full scale at 1. Several frequencies sound at once. */
export const samplesOf = (hz: readonly number[], ms: number, amplitude = 0.2): Float64Array =>
  Float64Array.from({ length: (HZ * ms) / 1_000 }, (_, n) =>
    hz.reduce((sum, one) => sum + 32_767 * amplitude * Math.sin((2 * Math.PI * one * n) / HZ), 0),
  );

export const mulaw = (samples: Float64Array): Uint8Array =>
  Uint8Array.from(samples, (sample) => MULAW_ENCODE[Math.round(sample) & 0xffff]!);

export const tone = (hz: number, ms: number, amplitude?: number): Uint8Array =>
  mulaw(samplesOf([hz], ms, amplitude));

export const framesOf = (...sounds: readonly Uint8Array[]): Uint8Array[] => {
  const sound = new Uint8Array(Buffer.concat(sounds));
  return Array.from({ length: Math.ceil(sound.length / 160) }, (_, n) =>
    sound.subarray(n * 160, (n + 1) * 160),
  ).filter(({ length }) => length === 160);
};
