// The sounds that the network makes itself, and how long they last.
import { MULAW_8K } from '../../audio/format.ts';
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

function tone(hz: number, ms: number): Uint8Array {
  const step = (2 * Math.PI * hz) / MULAW_8K.sampleRateHz;
  return Uint8Array.from(
    { length: Math.round(ms) * SAMPLES_PER_MS },
    (_, index) => MULAW_ENCODE[Math.round(Math.sin(index * step) * AMPLITUDE) & 0xffff]!,
  );
}

/** Stands for the carrier's own voice in `<Say>`: as long as the words, which are in the timeline. */
export const hum = (text: string): Uint8Array => tone(HUM_HZ, text.length * SAY_MS_PER_CHARACTER);

export const beep = (): Uint8Array => tone(BEEP_HZ, BEEP_MS);

export const digitsMs = (digits: string): number =>
  Array.from(digits).reduce((ms, digit) => ms + (/w/i.test(digit) ? DIGIT_WAIT_MS : DIGIT_MS), 0);
