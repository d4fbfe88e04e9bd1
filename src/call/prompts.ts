// Prompts: what the server can say without a model: a few sentences, one recording per language, and a sound for comfort.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AudioFormat } from '../audio/format.ts';
import { soundFromWav } from '../audio/wav.ts';

const FALLBACK_LANGUAGE = 'en';
/** In place of a file. */
const NO_SOUND = 'none';

export interface Prompts {
  /** "I'm sorry, I can't continue", in the language of this BCP 47 tag or in English. */
  apology(language: string): Uint8Array;
  /** What a profile plays while its model cannot speak: its own sound, the usual one, or nothing for `none`. */
  comfort(sound: string | undefined): Uint8Array | undefined;
  /** The greeting that a profile brings as a file. */
  greeting(file: string | undefined): Uint8Array | undefined;
  /** WAV files for callers who wait, by `musicName`. */
  readonly music: ReadonlyMap<string, Uint8Array>;
}

/** The sounds behind them, in the line's format. Plain data: it may come from another thread. */
export interface Sounds {
  /** By language. */
  readonly apologies: ReadonlyMap<string, Uint8Array>;
  readonly comfort: Uint8Array;
  /** What profiles name, by whole path. */
  readonly named: ReadonlyMap<string, Uint8Array>;
  /** What the carrier plays to callers who wait: WAV files, by the names under which it fetches them. */
  readonly music: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads `apology-<language>.wav`, `comfort.wav` and `hold.wav` of a folder, and the files that profiles name by whole paths. Takes
 * up to a quarter of a second a file. Throws WAV_INVALID or the file system's error, or when no apology is in English,
 * which stands in for every other language.
 */
export function readSounds(
  folder: string,
  format: AudioFormat,
  named: readonly string[] = [],
  music: readonly string[] = [],
): Sounds {
  const read = (file: string): Uint8Array => soundFromWav(readFileSync(file), format);
  const apologies = new Map<string, Uint8Array>();
  for (const file of readdirSync(folder)) {
    const language = /^apology-([a-z]+)\.wav$/.exec(file)?.[1];
    if (language !== undefined) apologies.set(language, read(join(folder, file)));
  }
  if (!apologies.has(FALLBACK_LANGUAGE))
    throw new Error(`${folder} holds no apology-${FALLBACK_LANGUAGE}.wav`);
  return {
    apologies,
    comfort: read(join(folder, 'comfort.wav')),
    named: new Map(named.filter((sound) => sound !== NO_SOUND).map((file) => [file, read(file)])),
    music: new Map([
      [musicName(undefined), bytesOf(join(folder, 'hold.wav'))],
      ...music.map((file) => [musicName(file), bytesOf(file)] as const),
    ]),
  };
}

/** Not a Buffer: it may go to another thread, where there is none. */
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(file));

/** `file`: a whole path; undefined: the usual one. */
export const musicName = (file: string | undefined): string =>
  file === undefined ? 'hold' : createHash('sha256').update(file).digest('hex').slice(0, 16);

export function promptsOf({ apologies, comfort, named, music }: Sounds): Prompts {
  return {
    music,
    comfort: (sound) => (sound === NO_SOUND ? undefined : sound === undefined ? comfort : named.get(sound)),
    greeting: (file) => (file === undefined ? undefined : named.get(file)),
    apology: (tag) => apologies.get(tag.split('-')[0]!.toLowerCase()) ?? apologies.get(FALLBACK_LANGUAGE)!,
  };
}
