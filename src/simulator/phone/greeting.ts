// What is heard of who picks up before anybody speaks to them: a word, the greeting of a machine and its beep, the tone of a
// fax. Knows nothing of calls.
import { MULAW_8K, PCM16_24K } from '../../audio/format.ts';
import { pcm16Samples } from '../../audio/samples.ts';
import { createTranscoder } from '../../audio/transcoder.ts';
import { writeWav } from '../../audio/wav.ts';
import { babble } from '../model/babble.ts';
import { phoneSound } from './script.ts';
import { tone } from './tones.ts';
import { SAMPLES_PER_MS } from './track.ts';

/** Words are babbled, a WAV is said as it is. */
export type Words = string | Uint8Array;

export type PickUp =
  /** `says`: left out, they wait for somebody to speak to them. */
  | { readonly is: 'human'; readonly says?: Words }
  /** It records what it hears once its greeting and its beep are over. */
  | { readonly is: 'machine'; readonly greeting: Words; readonly beeps: boolean }
  | { readonly is: 'fax' };

/** From the answer to the first word. */
export const SPEAKS_AFTER_MS = 500;
const BEEP = { hz: 1_000, ms: 500, afterMs: 400 };
/** The called station's tone (ITU-T T.30: 2,100 Hz for 2.6 to 4 s, 1.8 to 2.5 s after the answer). */
const CED = { hz: 2_100, ms: 3_000, atMs: 1_800 };

export interface Utterance {
  readonly what: 'greeting' | 'beep' | 'fax tone';
  /** Since the answer. */
  readonly atMs: number;
  readonly ms: number;
  /** µ-law; made when it is asked for. */
  readonly sound: () => Uint8Array;
}

/** In their order. */
export function utterancesOf(pickUp: PickUp): readonly Utterance[] {
  if (pickUp.is === 'fax')
    return [{ what: 'fax tone', atMs: CED.atMs, ms: CED.ms, sound: () => tone(CED.hz, CED.ms) }];
  const words = pickUp.is === 'human' ? pickUp.says : pickUp.greeting;
  if (words === undefined) return [];
  const sound = soundOf(words);
  const ms = sound.length / SAMPLES_PER_MS;
  const greeting: Utterance = { what: 'greeting', atMs: SPEAKS_AFTER_MS, ms, sound: () => sound };
  if (pickUp.is === 'human' || !pickUp.beeps) return [greeting];
  const atMs = SPEAKS_AFTER_MS + ms + BEEP.afterMs;
  return [greeting, { what: 'beep', atMs, ms: BEEP.ms, sound: () => tone(BEEP.hz, BEEP.ms) }];
}

/** Words as a script may have them said. */
export const spokenWav = (words: string): Uint8Array =>
  writeWav({ format: PCM16_24K, channels: [pcm16Samples(babble(words))] });

/** A whole town may have the same greeting. */
const babbled = new Map<string, Uint8Array>();
const MOST_BABBLED = 1_000;

function soundOf(words: Words): Uint8Array {
  if (typeof words !== 'string') return phoneSound(words);
  const known = babbled.get(words);
  if (known) return known;
  const transcoder = createTranscoder(PCM16_24K, MULAW_8K);
  const sound = Buffer.concat([transcoder.push(babble(words)), transcoder.flush()]);
  if (babbled.size >= MOST_BABBLED) babbled.clear();
  babbled.set(words, sound);
  return sound;
}
