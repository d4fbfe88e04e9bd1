// Words that a text asks the model to say, as our prompts do: "Greet the caller now, in these words: …". A model that thinks says
// them; one that follows a script needs to be told where they begin. Pure.
import { babble } from './babble.ts';
import { lineOf } from './line.ts';
import type { Turn } from './script.ts';
import { wordsOf } from './told.ts';

/** They go on to the end of the text. */
const ASKED = /\b(?:in these words|word for word)\b[^:\n]*:\s+(?<words>\S.*)$/isu;

export const askedWordsIn = (text: string): string | undefined => ASKED.exec(text)?.groups?.['words']?.trim();

/** The greeting itself, with its recording, where it holds these very words. */
export function sayingAsAsked(greeting: Turn, words: string): Turn {
  const written = greeting.steps.flatMap((step) => (step.do === 'say' ? step.text : [])).join(' ');
  if (plain(written) === plain(words)) return greeting;
  return { ...greeting, steps: [{ do: 'say', text: words, line: lineOf(babble(words)) }] };
}

const plain = (text: string): string =>
  wordsOf(text)
    .map(({ is }) => is)
    .join(' ');
