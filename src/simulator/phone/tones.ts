// The sounds that the network makes itself, and how long they last.
import { toneOf } from '../../audio/dtmf.ts';
import { MULAW_8K, silence } from '../../audio/format.ts';
import { MULAW_ENCODE } from '../../audio/g711.ts';
import { SAMPLES_PER_MS } from './track.ts';

/** Slow reading aloud is about 15 characters a second. */
const SAY_MS_PER_CHARACTER = 65;
/** Twilio plays a digit in about this time; `w` waits half a second (twilio.com/docs/voice/twiml/play). */
const DIGIT_MS = 200;
const DIGIT_WAIT_MS = 500;
/** A low hum, clearly no speech, 22 dB below full scale. */
const HUM_HZ = 150;
const AMPLITUDE = 2_600;
const BEEP_HZ = 1_000;
const BEEP_MS = 300;

export function tone(hz: number, ms: number): Uint8Array {
  const step = (2 * Math.PI * hz) / MULAW_8K.sampleRateHz;
  return Uint8Array.from(
    { length: Math.round(ms) * SAMPLES_PER_MS },
    (_, index) => MULAW_ENCODE[Math.round(Math.sin(index * step) * AMPLITUDE) & 0xffff]!,
  );
}

/** A key as a telephone sends it, with the pause that follows before the next (ITU-T Q.24: each 40 ms or more). */
const KEY_MS = { tone: 100, pause: 60 };

export function keySound(key: string): Uint8Array {
  const sound = silence(MULAW_8K, KEY_MS.tone + KEY_MS.pause);
  toneOf(key, KEY_MS.tone, MULAW_8K.sampleRateHz).forEach((sample, at) => {
    sound[at] = MULAW_ENCODE[sample & 0xffff]!;
  });
  return sound;
}

/** Stands for the carrier's own voice in `<Say>`: as long as the words, which are in the timeline. */
export const hum = (text: string): Uint8Array => tone(HUM_HZ, text.length * SAY_MS_PER_CHARACTER);

export const beep = (): Uint8Array => tone(BEEP_HZ, BEEP_MS);

/** `key`: as `<Play digits>` has it; a `w` is none, but waits. */
export const keyMs = (key: string): number => (isKey(key) ? DIGIT_MS : DIGIT_WAIT_MS);
export const isKey = (key: string): boolean => !/w/i.test(key);
