import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldedWords } from '../../src/crm/folded-name.ts';
import { sameName } from '../../src/crm/names.ts';

test.each([
  ['José Núñez', 'jose nunez'],
  ['Jose\u0301 Nu\u0301n\u0303ez', 'jose nunez'],
  ["Søren O'Neill", 'soren oneill'],
  ['Anne-Marie  DUBOIS', 'anne marie dubois'],
  ['Łukasz Weiß', 'lukasz weiss'],
  ['İpek', 'ipek'],
  ["' & !x:* | (y)", 'x y'],
  ['\0 \ud83d 😀 %_', ''],
])('%j folds to "%s"', (name, words) => expect(foldedWords(name).join(' ')).toBe(words));

/** Whatever has a place in European names. */
const LETTERS = Array.from({ length: 0x24f - 0x41 }, (_, i) => String.fromCodePoint(0x41 + i)).filter(
  (letter) => /\p{L}/u.test(letter),
);
const PLAIN = Array.from('abcdefghijklmnopqrstuvwxyz').concat('ae', 'oe', 'ss', 'ij', 'lj', 'nj', 'dz');

test('a European letter that sounds like plain ones to names.ts folds to them', () => {
  let seen = 0;
  // These two are of no name: an old Latvian letter and a Thai one's transcription.
  for (const letter of LETTERS.filter((each) => !'ƍƾ'.includes(each)))
    for (const plain of PLAIN.filter((each) => sameName(letter, each))) {
      seen++;
      expect(foldedWords(letter), letter).toEqual([plain]);
    }
  expect(seen).toBeGreaterThan(300);
});

test('it is letters and digits alone, of bounded length, and folding again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const words = foldedWords(name);
      expect(words.length).toBeLessThanOrEqual(50);
      for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}]{1,200}$/u);
      expect(foldedWords(words.join(' '))).toEqual(words);
    }),
  );
  expect(foldedWords('a'.repeat(5_000)).join(' ')).toHaveLength(200);
  expect(foldedWords('a '.repeat(5_000))).toHaveLength(50);
});
