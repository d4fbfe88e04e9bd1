import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { promptsOf, readSounds, type Prompts } from '../../src/call/prompts.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/audio/prompts');
const load = (named: readonly string[] = []): Prompts => promptsOf(readSounds(FOLDER, MULAW_8K, named));
const sound = (language: string): Uint8Array =>
  soundFromWav(readFileSync(join(FOLDER, `apology-${language}.wav`)), MULAW_8K);

test('[FA1] the apology is in the language asked for, whatever its region and however it is written', () => {
  const prompts = load();
  for (const [tag, language] of [
    ['en-US', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['FR-ca', 'fr'],
    ['es-419', 'es'],
  ] as const)
    expect(prompts.apology(tag), tag).toEqual(sound(language));
  expect(sound('de')).not.toEqual(sound('en'));
});

test('[FA1] in English where it was not recorded', () => {
  expect(load().apology('cy-GB')).toEqual(sound('en'));
});

test('a folder without the English one is refused at start, by name', (context) => {
  const folder = freshFolder(context);
  cpSync(join(FOLDER, 'apology-de.wav'), join(folder, 'apology-de.wav'));
  expect(() => readSounds(folder, MULAW_8K)).toThrow('holds no apology-en.wav');
});

test('every recording is sound in the line’s format, and long enough to be words', () => {
  const prompts = load();
  for (const file of readdirSync(FOLDER)) {
    const language = /^apology-(\w+)\.wav$/.exec(file)?.[1];
    if (language !== undefined) expect(prompts.apology(language).length, file).toBeGreaterThan(8 * 1_000);
  }
});

test('[AW2] comfort: short and soft as usual, the profile’s own, or none', () => {
  const own = join(FOLDER, 'apology-de.wav');
  const prompts = load([own, 'none']);
  const usual = prompts.comfort(undefined)!;
  expect(usual.length).toBeGreaterThan(8 * 300);
  expect(usual.length).toBeLessThan(8 * 1_000);
  expect(prompts.comfort(own)).toEqual(sound('de'));
  expect(prompts.comfort('none')).toBeUndefined();
});

test('[GR2] a profile’s own greeting, or none', () => {
  const own = join(FOLDER, 'apology-de.wav');
  const prompts = load([own]);
  expect(prompts.greeting(own)).toEqual(sound('de'));
  expect(prompts.greeting(undefined)).toBeUndefined();
});
