// Prompts: the few sentences that the server can say without a model, one recording per language.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AudioFormat } from '../audio/format.ts';
import { soundFromWav } from '../audio/wav.ts';

const FALLBACK_LANGUAGE = 'en';

export interface Prompts {
  /** "I'm sorry, I can't continue", in the language of this BCP 47 tag or in English. */
  apology(language: string): Uint8Array;
}

/** Reads `apology-<language>.wav` files; throws WAV_INVALID or the file system's error, at start and not in a call. */
export function loadPrompts(folder: string, format: AudioFormat): Prompts {
  const apologies = new Map<string, Uint8Array>();
  for (const file of readdirSync(folder)) {
    const language = /^apology-([a-z]+)\.wav$/.exec(file)?.[1];
    if (language !== undefined)
      apologies.set(language, soundFromWav(readFileSync(join(folder, file)), format));
  }
  const fallback = apologies.get(FALLBACK_LANGUAGE);
  if (!fallback) throw new Error(`${folder} holds no apology-${FALLBACK_LANGUAGE}.wav`);
  return {
    apology: (tag) => apologies.get(tag.split('-')[0]!.toLowerCase()) ?? fallback,
  };
}
