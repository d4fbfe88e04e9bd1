// One form for one phone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalNumber, readNumber } from '../../src/agents/canonical-number.ts';

test.each<[string, string | undefined, string]>([
  ['+44 (0)20 7946 0958', undefined, '+442079460958'],
  ['+4402079460958', undefined, '+442079460958'],
  ['020 7946 0958', 'GB', '+442079460958'],
  ['+53007597249', undefined, '+537597249'],
  // A zero that is the number's own.
  ['+39 06 6982 1234', undefined, '+390669821234'],
  ['+1 (555) 010-0123', undefined, '+15550100123'],
  ['1-212-555-0123', 'US', '+12125550123'],
])('%s', (text, country, number) => {
  expect(canonicalNumber(text, country)).toBe(number);
});

test.each<[string, string | undefined, string]>([
  ['+121255501234', undefined, 'impossible'],
  ['2125550123', undefined, 'none'],
  ['2125550123', 'XX', 'none'],
  ['+12125550123 ext. 4', undefined, 'extension'],
  ['do not call +12125550123', undefined, 'none'],
  ['', 'US', 'none'],
])('"%s" is none', (text, country, is) => {
  expect(readNumber(text, { country })).toEqual({ is });
  expect(canonicalNumber(text, country)).toBeUndefined();
});

test('a number among words is one for who asks for it, and one of no range does not exist', () => {
  expect(readNumber('call +12125550123', { extract: true })).toEqual({
    ...{ is: 'number', number: '+12125550123', exists: true },
  });
  expect(readNumber('+49900684000')).toMatchObject({ is: 'number', exists: false });
});

test('what has its form keeps it, and brackets, spaces and dashes change nothing', () => {
  const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);
  fc.assert(
    fc.property(digits, fc.constantFrom(' ', '-', '.', '  '), (number, mark) => {
      const once = canonicalNumber(`+${number}`);
      fc.pre(once !== undefined);
      expect(canonicalNumber(once)).toBe(once);
      expect(canonicalNumber(`+${number.slice(0, 3)}${mark}${number.slice(3)}`)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});
