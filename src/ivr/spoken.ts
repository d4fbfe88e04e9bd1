// Which sentences the carrier's own voice says for a language, and in which it says them. Knows not when.
import { german } from './sentences/de.ts';
import { english } from './sentences/en.ts';
import { spanish } from './sentences/es.ts';
import { french } from './sentences/fr.ts';
import { italian } from './sentences/it.ts';
import { dutch } from './sentences/nl.ts';
import { portuguese } from './sentences/pt.ts';
import type { Say, Sentences } from './sentences/sentences.ts';

const BY_LANGUAGE: ReadonlyMap<string, (say: Say) => Sentences> = new Map([
  ['de', german],
  ['en', english],
  ['es', spanish],
  ['fr', french],
  ['it', italian],
  ['nl', dutch],
  ['pt', portuguese],
]);
/** For languages without sentences of their own: a voice of another language cannot be understood in English. */
const OTHERWISE = 'en-US';

/** `language`: BCP 47. What is given back is tagged with it, or with `en-US` where there are only the English words. */
export function spoken(language: string): Sentences {
  const sentences = BY_LANGUAGE.get(language.split('-')[0]!.toLowerCase());
  return sentences === undefined
    ? english((text) => ({ text, language: OTHERWISE }))
    : sentences((text) => ({ text, language }));
}
