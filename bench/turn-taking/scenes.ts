// What callers do while the agent speaks, for the turn-taking benchmark: interrupt, cough, agree, or let the agent's own voice
// back into the line. Seeded. Knows neither server nor call.
import { MULAW_DECODE } from '../../src/audio/g711.ts';
import { writeWav } from '../../src/audio/wav.ts';
import type { StreamFaults } from '../../src/simulator/phone/faults.ts';
import { phoneSound } from '../../src/simulator/phone/script.ts';
import { SAMPLES_PER_MS } from '../../src/simulator/phone/track.ts';
import { atLevel, between, cough, hum, oneOf, RATE_HZ, seeded, type Sound } from '../barge-in/sounds.ts';
import { wav } from '../rehearsal/rehearsal.ts';

export const KINDS = ['interruption', 'echo at -12 dB', 'cough', '"mm-hm"'] as const;
export type Kind = (typeof KINDS)[number];

export interface Scene {
  readonly kind: Kind;
  /** Said once the agent's answer was heard for so long; undefined: the caller is silent. */
  readonly says: { readonly wav: Uint8Array; readonly afterMs: number } | undefined;
  readonly faults: StreamFaults;
}

/** In the middle of an answer of 15 s, so that no scene meets its end. */
const SPEAKS_AFTER_MS = { least: 500, most: 3_000 };
/** A mobile network's way there and back, beside that of the handset itself. */
const ECHO_DELAY_MS = { least: 60, most: 300 };
/** scripts/make-voices.sh brings every voice to -20 dB; a murmur is softer. */
const COUGH_DB = -20;
const HUM_DB = -24;
const VOICES = ['hello-opening-hours', 'interrupt', 'leave-a-message', 'look-me-up', 'thanks-goodbye'].map(
  (name) => wav(`caller/${name}`),
);

/** The nth scene of its kind: the same for the same seed, whoever answers. */
export function sceneOf(kind: Kind, seed: number, n: number): Scene {
  const random = seeded(seed * 10_000 + KINDS.indexOf(kind) * 1_000 + n);
  const afterMs = between(random, SPEAKS_AFTER_MS.least, SPEAKS_AFTER_MS.most);
  const saying = (sound: Uint8Array): Scene => ({ kind, says: { wav: sound, afterMs }, faults: {} });
  switch (kind) {
    case 'interruption':
      return saying(oneOf(random, VOICES));
    case 'cough':
      return saying(wavOf(atLevel(cough(random), COUGH_DB)));
    case '"mm-hm"':
      return saying(wavOf(atLevel(hum(random), HUM_DB)));
    case 'echo at -12 dB': {
      const delayMs = between(random, ECHO_DELAY_MS.least, ECHO_DELAY_MS.most);
      return { kind, says: undefined, faults: { echo: { db: -12, delayMs } } };
    }
  }
}

/** From the start of a recording to its first sample above -40 dB of full scale, as the line carries it. */
export function onsetMs(recording: Uint8Array): number {
  const first = phoneSound(recording).findIndex((code) => Math.abs(MULAW_DECODE[code]!) > 0.01 * 32_768);
  return first / SAMPLES_PER_MS;
}

const wavOf = (sound: Sound): Uint8Array =>
  writeWav({
    format: { encoding: 'pcm16', sampleRateHz: RATE_HZ },
    channels: [Int16Array.from(sound, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767)],
  });
