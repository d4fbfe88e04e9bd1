// Repeats: whether the agent says what it has just said, which a model does when it is told a result twice or loses its
// place (livekit/agents#7302). Pure; sees words alone.
import type { TurnId } from '../base/ids.ts';
import type { Entry } from './transcript.ts';
import { SAYS_A_WORD, wordsOf } from './words.ts';

/**
 * `turn`: all of it was said right before, in a turn that the caller did not interrupt, and nobody spoke since; `share`:
 * how much of that turn it was. `sentence`: some of it is said twice in a row, within the turn.
 */
export type Repeat =
  { readonly is: 'turn'; readonly of: TurnId; readonly share: number } | { readonly is: 'sentence' };

/** `leastWords`: fewer than that may well be meant ("No, no."); 0: nothing is a repeat. */
export function repeatIn(entries: readonly Entry[], turn: TurnId, leastWords: number): Repeat | undefined {
  if (leastWords === 0) return undefined;
  const at = entries.findLastIndex((entry) => entry.who === 'agent' && entry.turn === turn);
  const words = wordsOf(entries[at]?.text ?? '');
  if (words.length < leastWords) return undefined;
  const before = entries.slice(0, at).findLast(({ text }) => SAYS_A_WORD.test(text));
  if (before?.who === 'agent' && before.state !== 'cut') {
    const earlier = wordsOf(before.text);
    if (isSame(words, earlier.slice(-words.length)))
      return { is: 'turn', of: before.turn, share: words.length / earlier.length };
  }
  return saysTwice(words, leastWords) ? { is: 'sentence' } : undefined;
}

/** Words that are those so many places before, for as many places, are said again. */
function saysTwice(words: readonly string[], leastWords: number): boolean {
  for (let apart = leastWords; 2 * apart <= words.length; apart++) {
    let same = 0;
    for (let n = apart; n < words.length; n++) {
      same = words[n] === words[n - apart] ? same + 1 : 0;
      if (same === apart) return true;
    }
  }
  return false;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, n) => word === b[n]);
