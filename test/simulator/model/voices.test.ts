// The recordings in fixtures/audio: formats that the simulators play as they are, and voices that voice detection hears whole.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PCM16_16K, silence } from '../../../src/audio/format.ts';
import { VoiceActivity } from '../../../src/audio/voice-activity.ts';
import { readWav } from '../../../src/audio/wav.ts';
import { voice } from './talk-rig.ts';

const AUDIO = resolve(import.meta.dirname, '../../../fixtures/audio');
/** Of voices; comfort and music are softer than any. */
const filesOf = (folder: string): string[] =>
  readdirSync(`${AUDIO}/${folder}`).filter((file) => !['comfort.wav', 'hold.wav'].includes(file));

describe.each([
  [
    'caller',
    16_000,
    ['hello-opening-hours', 'look-me-up', 'interrupt', 'leave-a-message', 'yes', 'no', 'thanks-goodbye'],
  ],
  ['agent', 24_000, ['greeting', 'opening-hours', 'let-me-look', 'appointment', 'message-taken', 'goodbye']],
  ['prompts', 24_000, ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'].map((language) => `apology-${language}`)],
] as const)('%s', (folder, sampleRateHz, names) => {
  test('holds the voices that others rely on', () => {
    expect(filesOf(folder)).toEqual(expect.arrayContaining(names.map((name) => `${name}.wav`)));
  });

  test.each(filesOf(folder))('%s is mono PCM16, -20 dBFS, not clipped, silent at its ends', (file) => {
    const wav = readWav(readFileSync(`${AUDIO}/${folder}/${file}`));
    expect(wav).toMatchObject({ sampleRateHz, encoding: 'pcm16' });
    expect(wav.channels).toHaveLength(1);
    const samples = wav.channels[0]!;
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length) / 32_768;
    expect(20 * Math.log10(rms)).toBeGreaterThan(-21);
    expect(20 * Math.log10(rms)).toBeLessThan(-19);
    expect(samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0)).toBeLessThan(30_000);
    const edge = sampleRateHz / 50;
    for (const end of [samples.slice(0, edge), samples.slice(-edge)])
      expect(end.every((x) => x === 0)).toBe(true);
  });
});

test.each(filesOf('caller'))('%s is one utterance for a detection that waits 500 ms', (file) => {
  const ear = new VoiceActivity({ startMs: 100, endMs: 500 });
  const events = [
    ...ear.push(silence(PCM16_16K, 1_000)),
    ...ear.push(voice(file.replace('.wav', ''))),
    ...ear.push(silence(PCM16_16K, 1_000)),
  ];
  expect(events.map(({ type }) => type)).toEqual(['started', 'ended']);
});
