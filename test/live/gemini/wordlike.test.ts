// Over the recordings of fixtures/audio, as a telephone brings them, and over sounds that hold no words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  atLevel,
  cough,
  hum,
  music,
  pink,
  seeded,
  throughTelephone,
  white,
} from '../../../bench/barge-in/sounds.ts';
import { MULAW_8K, PCM16_16K } from '../../../src/audio/format.ts';
import { MULAW_ENCODE } from '../../../src/audio/g711.ts';
import { createTranscoder } from '../../../src/audio/transcoder.ts';
import { readWav } from '../../../src/audio/wav.ts';
import { resampleWhole } from '../../../src/audio/whole-sound.ts';
import { isTalk, mayAnswer } from '../../../src/live/gemini/wordlike.ts';
import { hiss, voice } from './conversation-rig.ts';

const AUDIO = join(import.meta.dirname, '../../../fixtures/audio');
const SPEEDS = [0.85, 1, 1.2];
/** The recordings are at -20 dB of full scale; a soft talker is 14 dB below that. */
const GAINS = [1, 0.2];

const recording = (file: string): Float64Array => {
  const { sampleRateHz, channels } = readWav(readFileSync(join(AUDIO, file)));
  return Float64Array.from(resampleWhole(channels[0]!, sampleRateHz, 8_000), (sample) => sample / 32_768);
};
const atSpeed = (sound: Float64Array, speed: number): Float64Array =>
  Float64Array.from({ length: Math.floor(sound.length / speed) }, (_, at) => sound[Math.floor(at * speed)]!);

/** In frames of 20 ms, over µ-law. */
function onTheLine(sound: Float64Array, gain = 1): Uint8Array[] {
  const codes = Uint8Array.from(
    sound,
    (sample) =>
      MULAW_ENCODE[Math.max(-32_768, Math.min(32_767, Math.round(sample * gain * 32_767))) & 0xffff]!,
  );
  const pcm = createTranscoder(MULAW_8K, PCM16_16K).push(codes);
  return Array.from({ length: Math.ceil(pcm.length / 640) }, (_, at) => pcm.slice(640 * at, 640 * (at + 1)));
}

/** Up to the first 60 ms of silence. */
function firstWord(sound: Float64Array): Float64Array {
  const blocks = Array.from({ length: Math.floor(sound.length / 160) }, (_, at) =>
    sound.slice(160 * at, 160 * (at + 1)).some((sample) => Math.abs(sample) > 0.01),
  );
  const from = blocks.indexOf(true);
  const to = blocks.findIndex((loud, at) => at > from && !loud && !blocks[at + 1] && !blocks[at + 2]);
  return sound.slice(160 * from, to < 0 ? undefined : 160 * to);
}

const VOICES = ['caller', 'agent', 'prompts']
  .flatMap((folder) => readdirSync(join(AUDIO, folder)).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.wav') && !/(comfort|hold)\.wav$/.test(file));

describe('words', () => {
  test.each(VOICES)('%s may be an answer, and is talk', (file) => {
    for (const speed of SPEEDS)
      for (const gain of GAINS) {
        const sound = onTheLine(atSpeed(recording(file), speed), gain);
        expect([mayAnswer(sound), isTalk(sound)], `${speed}, ${gain}`).toEqual([true, true]);
      }
  });

  test.each(['yes', 'no'])('so may a single "%s"', (word) => {
    for (const speed of SPEEDS)
      for (const gain of GAINS) {
        const sound = onTheLine(atSpeed(firstWord(recording(`caller/${word}.wav`)), speed), gain);
        expect(mayAnswer(sound), `${speed}, ${gain}`).toBe(true);
      }
  });

  test('and a hum, which is no talk', () => {
    const random = seeded(3);
    for (let n = 0; n < 20; n += 1) {
      const sound = onTheLine(throughTelephone(atLevel(hum(random), -22)));
      expect([mayAnswer(sound), isTalk(sound)]).toEqual([true, false]);
    }
  });
});

describe('no words', () => {
  test('nine coughs in ten are no answer', () => {
    const random = seeded(4);
    const taken = Array.from({ length: 100 }, () =>
      mayAnswer(onTheLine(throughTelephone(atLevel(cough(random), -20)))),
    );
    expect(taken.filter(Boolean).length).toBeLessThanOrEqual(10);
  });

  test.each([
    ['white noise', white],
    ['pink noise', pink],
    ['hold music', music],
  ] as const)('%s is no talk', (_name, make) => {
    const random = seeded(5);
    for (let n = 0; n < 10; n += 1)
      expect(isTalk(onTheLine(throughTelephone(atLevel(make(random, 5_000), -20))))).toBe(false);
  });

  test('hold music is hardly ever an answer', () => {
    const random = seeded(6);
    const taken = Array.from({ length: 20 }, () =>
      mayAnswer(onTheLine(throughTelephone(atLevel(music(random, 3_000), -20)))),
    );
    expect(taken.filter(Boolean).length).toBeLessThanOrEqual(10);
  });

  test('a hiss is neither, silence is neither, nothing is neither', () => {
    for (const sound of [hiss(5_000), [new Uint8Array(32_000)], []])
      expect([mayAnswer(sound), isTalk(sound)]).toEqual([false, false]);
  });

  test('a tone that stands still is none, however long', () => {
    const tone = Float64Array.from(
      { length: 16_000 },
      (_, at) => 0.3 * Math.sin((2 * Math.PI * 800 * at) / 8_000),
    );
    expect([mayAnswer(onTheLine(tone)), isTalk(onTheLine(tone))]).toEqual([false, false]);
  });
});

test('the same however it is cut', () => {
  const whole = Buffer.concat(voice(200).concat(hiss(400)));
  const expected = [mayAnswer([whole]), isTalk([whole])];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 20 }), (cuts) => {
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (const bytes of cuts) pieces.push(whole.subarray(at, (at += bytes)));
      pieces.push(whole.subarray(at));
      expect([mayAnswer(pieces), isTalk(pieces)]).toEqual(expected);
    }),
    { numRuns: 50, seed: 1 },
  );
});
