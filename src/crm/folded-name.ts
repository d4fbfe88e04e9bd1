// Names as an index holds them: what sounds the same to names.ts folds to the same letters. Coarser than names.ts where
// letters have marks that count: whoever searches by it still asks names.ts.
import { wordsOf } from './names.ts';

/** Letters that Unicode does not take apart, and that a search without accents takes for these all the same. */
const APART: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
};
const FOLDED = new RegExp(`[${Object.keys(APART).join('')}]`, 'gu');
/** PostgreSQL's lexemes end at 2,046 bytes (postgresql.org/docs/18, Text Search Limitations); no name comes near. */
const LONGEST_WORD = 200;
const MOST_WORDS = 50;

/** Letters and digits in lower case; never more than 50 words of 200 letters. */
export const foldedWords = (name: string): string[] =>
  wordsOf(name)
    .slice(0, MOST_WORDS)
    .map(folded)
    .filter((word) => word !== '');

const folded = (word: string): string =>
  word
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(FOLDED, (letter) => APART[letter] ?? letter)
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .slice(0, LONGEST_WORD)
    .toWellFormed();
