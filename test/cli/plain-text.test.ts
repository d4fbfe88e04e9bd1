import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, jsonText, visible, widthOf, wrapped } from '../../src/cli/plain-text.ts';

/** Written here once more, by code points: C0, DEL, C1, bidirectional controls, line separators. */
const acts = (text: string): boolean =>
  Array.from(text).some((letter) => {
    const code = letter.codePointAt(0)!;
    return (
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069) ||
      [0x200e, 0x200f, 0x061c, 0x2028, 0x2029].includes(code)
    );
  });

const foreign = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('\u001b[31m', '\u009b', '\u202e', '\r', '\n', '\u0007', 'a ', '電', '👩‍👩‍👧', '\ud800'),
  }),
);

test('what steers a terminal is seen and does nothing', () => {
  expect(visible('a\u001b[2J\u009b1mb\u202ec\u0007\r\nd')).toBe('a\\x1b[2J\\x9b1mb\\u202ec\\x07 d');
  fc.assert(fc.property(foreign, (text) => !acts(visible(text))));
});

test('letters of all scripts, accents and joined emoji stay what they are', () => {
  const text = 'Zoë Łukasz 電話 दिल्ली 👩‍👩‍👧 می‌خواهم';
  expect(visible(text)).toBe(text);
});

test('JSON acts neither, and reads as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), foreign, (value, text) => {
      const json = jsonText({ value, text });
      expect(acts(json)).toBe(false);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      expect(JSON.parse(jsonText({ value, text }, 2))).toEqual(JSON.parse(json));
    }),
  );
});

test('width is counted in columns', () => {
  expect(['abc', '電話', 'e\u0301', '👍', '✂'].map(widthOf)).toEqual([3, 4, 1, 2, 1]);
});

test('lines are as wide as the terminal at most, and no letter is lost', () => {
  const letters = (text: string): string => text.replaceAll(/\s/g, '');
  fc.assert(
    fc.property(fc.array(foreign, { maxLength: 4 }), fc.integer({ min: 2, max: 40 }), (texts, columns) => {
      const lines = wrapped(
        texts.map((text) => ({ text })),
        columns,
      );
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(letters(lines.join(''))).toBe(letters(texts.map(visible).join('')));
    }),
  );
});

test('lines break between words', () => {
  const lines = wrapped([{ text: 'one two' }, { text: 'three four', style: 'dim' }], 9);
  expect(lines.map(stripVTControlCharacters)).toEqual(['one two', 'three', 'four']);
  expect(wrapped([], 10)).toEqual(['']);
});

test('what is cut says so, and fits', () => {
  expect(cut('caller-hung-up', 8)).toBe('caller-…');
  expect(cut('short', 8)).toBe('short');
  fc.assert(
    fc.property(
      foreign.map(visible),
      fc.integer({ min: 1, max: 20 }),
      (text, columns) => widthOf(cut(text, columns)) <= columns,
    ),
  );
});
