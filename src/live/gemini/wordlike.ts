// Whether sound of the caller may hold words: judged once, over a whole stretch, when nothing came of it. Pure; knows
// neither loudness over time nor the model.
// The barge-in judge has 300 ms, and takes one "yes" in five for something else; over the whole of it none is missed.
import { bytesOfMs, FRAME_MS, PCM16_16K } from '../../audio/format.ts';
import { Framer } from '../../audio/framer.ts';
import { levelDbOf } from '../../audio/loudness.ts';
import { pcm16Samples } from '../../audio/samples.ts';
import { spectraOf } from '../../audio/spectrum.ts';
import { PITCH_SAMPLES, SpeechLikeness, type Likeness } from '../../audio/speech-likeness.ts';

const FRAME_BYTES = bytesOfMs(PCM16_16K, FRAME_MS);
const FRAME_SAMPLES = FRAME_BYTES / 4;
const NOTHING = new Float64Array(PITCH_SAMPLES);
/** What the ear that noticed the sound never takes for speech. */
const LEAST_DB = -48;
/** 80 ms of a pitch: the shortest "yes" has 100 ms, 9 of 10 coughs have less. */
const PITCHED_FRAMES = 4;
/** Of all that is loud in a sentence a third is vowels; of music, hiss and crackle less than a tenth. */
const VOWEL_SHARE = 0.1;

type Heard = Readonly<Record<Likeness, number>>;

/** Frames of each sort. */
function heardIn(sound: Iterable<Uint8Array>): Heard {
  const heard = { voiced: 0, steady: 0, nasal: 0, unvoiced: 0 };
  const framer = new Framer(FRAME_BYTES, 0);
  const likeness = new SpeechLikeness();
  const line = new Float64Array(PITCH_SAMPLES);
  for (const piece of sound) {
    const frames = framer.push(piece);
    for (let at = 0; at < frames.length; at += FRAME_BYTES) {
      line.copyWithin(0, FRAME_SAMPLES);
      const samples = pcm16Samples(frames.subarray(at, at + FRAME_BYTES));
      // Every second one: a telephone line has nothing above 4 kHz to fold.
      for (let i = 0; i < FRAME_SAMPLES; i += 1)
        line[PITCH_SAMPLES - FRAME_SAMPLES + i] = samples[2 * i]! / 32_768;
      if (levelDbOf(frames, at, 2 * FRAME_SAMPLES) < LEAST_DB) likeness.skip();
      else heard[likeness.push(line, spectraOf(line, NOTHING)[0], false)] += 1;
    }
  }
  return heard;
}

/**
 * PCM16 at 16 kHz. Whether it may be an answer: "mm-hm" is one, where it was said to a question. In doubt it is, as a
 * caller who is asked again for nothing is better off than one who is ignored.
 */
export function mayAnswer(sound: Iterable<Uint8Array>): boolean {
  const { voiced, nasal, steady } = heardIn(sound);
  // Who holds a tone for longer than it moves is an instrument.
  return voiced + nasal >= PITCHED_FRAMES && steady <= voiced + nasal;
}

/** PCM16 at 16 kHz. Whether somebody talks in it, for seconds: not for single words. */
export function isTalk(sound: Iterable<Uint8Array>): boolean {
  const { voiced, steady, nasal, unvoiced } = heardIn(sound);
  return voiced > VOWEL_SHARE * (voiced + steady + nasal + unvoiced);
}
