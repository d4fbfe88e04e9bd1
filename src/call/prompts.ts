// Prompts: what the server can say without a model: a few sentences, one recording per language, and a sound for comfort.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AudioFormat } from '../audio/format.ts';
import { soundFromWav } from '../audio/wav.ts';

const FALLBACK_LANGUAGE = 'en';

export interface Prompts {
  /** "I'm sorry, I can't continue", in the language of this BCP 47 tag or in English. */
  apology(language: string): Uint8Array;
  /** What a profile plays while its model cannot speak: its own sound, the usual one, or nothing for `none`. */
  comfort(sound: string | undefined): Uint8Array | undefined;
  /** The greeting that a profile brings as a file. */
  greeting(file: string | undefined): Uint8Array | undefined;
}

/** Reads `apology-<language>.wav`, `comfort.wav` and the sounds of profiles, named by their whole paths; throws WAV_INVALID or the file system's error, at start and not in a call. */
export function loadPrompts(
  folder: string,
  format: AudioFormat,
  {
    comfortSounds = [],
    greetings = [],
  }: { comfortSounds?: readonly string[]; greetings?: readonly string[] } = {},
): Prompts {
  const apologies = new Map<string, Uint8Array>();
  for (const file of readdirSync(folder)) {
    const language = /^apology-([a-z]+)\.wav$/.exec(file)?.[1];
    if (language !== undefined)
      apologies.set(language, soundFromWav(readFileSync(join(folder, file)), format));
  }
  const fallback = apologies.get(FALLBACK_LANGUAGE);
  if (!fallback) throw new Error(`${folder} holds no apology-${FALLBACK_LANGUAGE}.wav`);
  const usual = soundFromWav(readFileSync(join(folder, 'comfort.wav')), format);
  const own = new Map(
    [...comfortSounds.filter((sound) => sound !== 'none'), ...greetings].map((file) => [
      file,
      soundFromWav(readFileSync(file), format),
    ]),
  );
  return {
    comfort: (sound) => (sound === 'none' ? undefined : sound === undefined ? usual : own.get(sound)),
    greeting: (file) => (file === undefined ? undefined : own.get(file)),
    apology: (tag) => apologies.get(tag.split('-')[0]!.toLowerCase()) ?? fallback,
  };
}
