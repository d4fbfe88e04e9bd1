// The first words of a call, which have to be said: what is to be said, and what of it was left out. Pure; a transcript spells some words
// and numbers in its own way, which leaves nothing out.
import type { FirstWords } from '../agents/first-words-settings.ts';
import { wordsOf } from './words.ts';

export interface FirstWord {
  readonly part: keyof FirstWords;
  readonly text: string;
}

/** In the order in which they are said. */
const PARTS = ['identity', 'assistant', 'recording', 'callback', 'optOut'] as const;

/** Of the words of a part, in their order. */
const LEAST_SHARE = 0.7;
/** As of a telephone number, which is said as digits or as words. */
const LEAST_DIGITS = 5;

/** `fill`: puts the values of the call in. */
export const firstWordsOf = (
  words: Partial<FirstWords> | undefined,
  fill: (text: string) => string,
): readonly FirstWord[] =>
  PARTS.flatMap((part) => {
    const text = words?.[part];
    return text === undefined ? [] : [{ part, text: fill(text) }];
  });

/** `said`: all that the callee heard of us so far. */
export function missingIn(wanted: readonly FirstWord[], said: string): readonly FirstWord[] {
  const heard = wordsOf(said);
  return wanted.filter(({ text }) => !holds(heard, wordsOf(text)));
}

function holds(heard: readonly string[], wanted: readonly string[]): boolean {
  const [numbers, words] = [digitsOf(wanted), wanted.filter(isSpelt)];
  const told = digitsOf(heard);
  // A transcript with hardly a digit spells numbers in words; what they are is then not known.
  const hasNumber = numbers.length < LEAST_DIGITS || told.length < LEAST_DIGITS || told.includes(numbers);
  return hasNumber && inOrder(heard.filter(isSpelt), words) >= words.length * LEAST_SHARE;
}

const isSpelt = (word: string): boolean => !/\p{N}/u.test(word);
const digitsOf = (words: readonly string[]): string => words.join('').replaceAll(/\P{N}/gu, '');

/** The most words of `wanted` that stand in `heard` in the same order (a longest common subsequence). */
function inOrder(heard: readonly string[], wanted: readonly string[]): number {
  let before = new Array<number>(wanted.length + 1).fill(0);
  for (const word of heard) {
    const now = [0];
    for (const [at, one] of wanted.entries())
      now.push(word === one ? before[at]! + 1 : Math.max(now[at]!, before[at + 1]!));
    before = now;
  }
  return before[wanted.length]!;
}

/** For the model; true whenever it is read. */
export const askedToSay = (missing: readonly FirstWord[]): string =>
  'You left out what has to be said at the beginning of this call. Say it now, word for word and without anything else: ' +
  missing.map(({ text }) => text).join(' ');
