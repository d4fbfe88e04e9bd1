// Repeats: whether the agent says what it has just said, which a model does when it is told a result twice or loses its
// place (livekit/agents#7302). Pure; sees words alone.
import type { TurnId } from '../base/ids.ts';
import type { Entry } from './transcript.ts';
import { wordsOf } from './words.ts';

/**
 * `turn`: all of it was said right before, in a turn that the caller did not interrupt, and nobody spoke since; `share`:
 * how much of that turn it was. `sentence`: some of it is said twice in a row, within the turn.
 */
export type Repeat =
  { readonly is: 'turn'; readonly of: TurnId; readonly share: number } | { readonly is: 'sentence' };

/** `leastWords`: fewer than that may well be meant ("No, no."); 0: nothing is a repeat. */
export function repeatIn(entries: readonly Entry[], turn: TurnId, leastWords: number): Repeat | undefined {
  if (leastWords === 0) return undefined;
  const said = entries.filter(({ text }) => wordsOf(text).length > 0);
  const at = said.findLastIndex((entry) => entry.who === 'agent' && entry.turn === turn);
  const entry = said[at];
  if (!entry) return undefined;
  const words = wordsOf(entry.text);
  const before = said[at - 1];
  if (before?.who === 'agent' && before.state !== 'cut' && words.length >= leastWords) {
    const earlier = wordsOf(before.text);
    if (isSame(words, earlier.slice(-words.length)))
      return { is: 'turn', of: before.turn, share: words.length / earlier.length };
  }
  return saysTwice(words, leastWords) ? { is: 'sentence' } : undefined;
}

function saysTwice(words: readonly string[], leastWords: number): boolean {
  for (let count = leastWords; 2 * count <= words.length; count++)
    for (let from = 0; from + 2 * count <= words.length; from++)
      if (isSame(words.slice(from, from + count), words.slice(from + count, from + 2 * count))) return true;
  return false;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, n) => word === b[n]);
