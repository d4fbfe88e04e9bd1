// The words of a script's line as they are looked for in a text, and how much of the line some words hold. Knows no
// script and no position.
import { quote } from './quote.ts';
import { wordsOf, type Told, type Word } from './told.ts';

export interface Sought {
  /** Undefined for a gap: a placeholder of which it is not known what stood there. */
  readonly is: string | undefined;
  /** The spoken word it belongs to, as white space divides them. */
  readonly word: number;
}

interface Match {
  /** How much of what was sought was said, gaps included. */
  readonly count: number;
  /** How many words were compared in that. */
  readonly literals: number;
  /** The word that comes after those. */
  readonly next: number;
  /** What comes after them is a gap whose end was not found. */
  readonly inGap: boolean;
}

/** Fewer words in a row are a coincidence, unless they are a whole line. */
const LEAST_WORDS = 4;
/** The same, when they stand before a gap or are all of a line but its gaps. */
const LEAST_WORDS_BY_GAP = 3;
/** The words after a gap by which its end is known. */
const WORDS_AFTER_GAP = 2;
/** No answer of a tool that is spoken in one breath is longer. */
const MOST_WORDS_IN_GAP = 12;

/** `answers`: the last response of every tool, by its name. */
export function soughtIn(text: string, answers: ReadonlyMap<string, unknown>): Sought[] {
  const found: { is: string | undefined; at: number }[] = [];
  let spoken = '';
  for (const piece of text.split(/(\{\{[^{}]*\}\})/)) {
    const tool = /^\{\{\s*([^{}|.\s]+)/.exec(piece)?.[1];
    const shown = quote(piece, answers);
    if (tool !== undefined && !answers.has(tool)) found.push({ is: undefined, at: spoken.length });
    else found.push(...wordsOf(shown, spoken.length));
    spoken += shown;
  }
  return found.map(({ is, at }) => {
    const before = spoken.slice(0, at);
    const words = before.split(/\s+/).filter(Boolean).length;
    return { is, word: /\S$/.test(before) ? words - 1 : words };
  });
}

/** How much of the beginning of a line the words from `from` on hold. */
function matchAt(words: readonly Word[], from: number, sought: readonly Sought[]): Match {
  const holds = (at: number, wanted: readonly Sought[]): boolean =>
    wanted.length > 0 &&
    wanted.every(({ is }, nth) => is !== undefined && (words[at + nth]?.is ?? is) === is);
  let next = from;
  let literals = 0;
  for (const [count, { is }] of sought.entries()) {
    if (is === undefined) {
      const after = sought.slice(count + 1, count + 1 + WORDS_AFTER_GAP);
      const skipped = words
        .slice(next, next + MOST_WORDS_IN_GAP + 1)
        .findIndex((_, nth) => holds(next + nth, after));
      // A line that broke off in a gap goes on after it: better lose a word than say one twice.
      if (skipped < 0) return { count: count + 1, literals, next, inGap: true };
      next += skipped;
    } else if (words[next]?.is === is) {
      next++;
      literals++;
    } else return { count, literals, next, inGap: false };
  }
  return { count: sought.length, literals, next, inGap: false };
}

/**
 * The longest beginning of a line that stands anywhere in what is told, and where its last word is. A word begins one line
 * only: `taken` are those that did.
 */
export function longestIn(
  { passages, quotations }: Told,
  sought: readonly Sought[],
  taken: Set<number>,
): { count: number; at: number } | undefined {
  const hasGaps = sought.some(({ is }) => is === undefined);
  const isEnough = ({ count, literals, inGap }: Match): boolean =>
    literals >= (hasGaps ? LEAST_WORDS : Math.min(LEAST_WORDS, sought.length)) ||
    (hasGaps && literals >= LEAST_WORDS_BY_GAP && (inGap || count === sought.length));
  // Where a quotation ends, prose may go on with the very words that a gap waits for.
  const searched = hasGaps && quotations.length > 0 ? quotations : passages;
  let best: { count: number; at: number; start: number } | undefined;
  for (const words of searched)
    for (const [from, start] of words.entries()) {
      if (start.is !== sought[0]?.is || taken.has(start.at)) continue;
      const match = matchAt(words, from, sought);
      if (isEnough(match) && match.count > (best?.count ?? 0))
        best = { count: match.count, at: words[match.next - 1]!.at, start: start.at };
    }
  if (best !== undefined) taken.add(best.start);
  return best;
}

/** How much of the line a quotation holds that is nothing but its beginning, however short; 0 when it is none. */
export function beginningIn(quotation: readonly Word[], sought: readonly Sought[]): number {
  const { count, literals, next, inGap } = matchAt(quotation, 0, sought);
  const isAll = quotation.length - next <= (inGap ? MOST_WORDS_IN_GAP : 0);
  return literals > 0 && isAll ? count : 0;
}
