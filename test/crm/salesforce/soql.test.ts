import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  soqlLike,
  soqlList,
  soqlString,
  soqlTime,
  soslLoosePrefix,
  soslPrefix,
  soslWords,
} from '../../../src/crm/salesforce/soql.ts';
import { literalOf, patternOf, tokensOf } from '../../doubles/salesforce/soql.ts';
import { readSearch } from '../../doubles/salesforce/sosl.ts';

/** Rich in what is special to SOQL. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "'",
      '\\',
      '"',
      '%',
      '_',
      '\n',
      '\r',
      '\t',
      '\b',
      '\f',
      '\0',
      '\u2028',
      ' OR ',
      'n',
      'u0027',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
});

/** The one literal in a query that has no other. */
function rawOf(literal: string): string {
  const tokens = tokensOf(`SELECT Id FROM Contact WHERE LastName = ${literal} LIMIT 1`);
  const strings = tokens.filter((token) => token.is === 'string');
  expect(tokens).toHaveLength(10);
  expect(strings).toHaveLength(1);
  return strings[0]!.raw;
}

describe('text in SOQL', () => {
  test('whatever it is, it is read as itself and as nothing else', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(literalOf(rawOf(soqlString(text)))).toBe(text.toWellFormed());
      }),
    );
  });

  test('in a list too', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
        const strings = tokensOf(soqlList(texts)).filter((token) => token.is === 'string');
        expect(strings.map(({ raw }) => literalOf(raw))).toEqual(texts.map((text) => text.toWellFormed()));
      }),
    );
  });

  test('in LIKE, pieces match themselves alone, with anything between them', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (one, between, two) => {
        const pattern = patternOf(rawOf(soqlLike(one, two)));
        const [a, b, c] = [one, between, two].map((text) => text.toWellFormed());
        expect(pattern.test(`${a}${b}${c}`)).toBe(true);
        expect(patternOf(rawOf(soqlLike(one))).test(`${a}x`)).toBe(false);
      }),
    );
  });

  test.each([
    ["O'Neill", String.raw`'O\'Neill'`],
    ["\\' OR Name LIKE '%", String.raw`'\\\' OR Name LIKE \'%'`],
    ['a\r\nb', String.raw`'a\r\nb'`],
    ['\0\u2029', String.raw`'\u0000\u2029'`],
  ])('%j is written %s', (text, literal) => expect(soqlString(text)).toBe(literal));

  test('wildcards are written out in LIKE', () =>
    expect(soqlLike('100%', 'a_b')).toBe(String.raw`'100\%%a\_b'`));

  test('times stand without quotes, in UTC', () => expect(soqlTime(0)).toBe('1970-01-01T00:00:00.000Z'));
});

describe('words in SOSL', () => {
  test('whatever is looked for, the search is one that Salesforce reads', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), (text) => {
        const words = soslWords(text);
        if (words.length === 0) return;
        for (const term of [words.map(soslPrefix).join(' AND '), words.map(soslLoosePrefix).join(' OR ')])
          expect(() =>
            readSearch(`FIND {${term}} IN NAME FIELDS RETURNING Contact(Id LIMIT 1)`),
          ).not.toThrow();
      }),
    );
  });

  test('signs are left out, and words of one letter', () =>
    expect(soslWords(`o'neill {x} a AND "b*c" 山 mary-ann`)).toEqual(['oneill', 'AND', 'bc', 'mary', 'ann']));

  test('letters that carry accents are left open, but for the first', () => {
    expect(soslLoosePrefix('Nunez')).toBe('N????*');
    expect(soslLoosePrefix('Bjørk')).toBe('Bj?rk*');
  });
});
