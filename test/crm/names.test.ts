import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameRank, sameName } from '../../src/crm/names.ts';

describe('the same name to the ear', () => {
  test.each([
    ['Łukasz Wójcik', 'lukasz wojcik'],
    ['Weiß', 'WEISS'],
    ['Nguyễn Zoë', 'nguyen zoe'],
    ["Grace O'Neill", 'grace oneill'],
    ['Anne-Marie Dubois', 'anne marie dubois'],
  ])('%s is %s', (a, b) => expect(sameName(a, b)).toBe(true));

  test.each([
    ['Ada Moreno', 'Ada'],
    ['Ada Moreno', 'Moreno Ada'],
    ['Ada Moreno', 'Adam Moreno'],
    ['', ''],
    ['-', '…'],
  ])('"%s" is not "%s"', (a, b) => expect(sameName(a, b)).toBe(false));
});

test.each([
  ['Ada Moreno', 0],
  ['moreno, ada', 1],
  ['Moreno', 1],
  ['mor', 2],
  ['ad mor', 2],
  ['reno', undefined],
  ['Ada Moreno Vidal', undefined],
])('"%s" ranks %s for Ada Moreno', (query, rank) => expect(nameRank(query, 'Ada Moreno')).toBe(rank));

test('beginnings are counted in letters, however their accents are written', () => {
  expect(nameRank('nu\u0301n\u0303', 'José Núñez')).toBe(2);
  expect(nameRank('núñ', 'Jose\u0301 Nu\u0301n\u0303ez')).toBe(2);
});

test('how accents are written never changes a rank, and a name is always itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (query, name) => {
      expect(nameRank(query.normalize('NFD'), name)).toBe(nameRank(query.normalize('NFC'), name));
      expect([0, undefined]).toContain(nameRank(name, name));
    }),
  );
});
