// How digits are written by services: whatever they put between them, in whichever order they write a date.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spellingsOf } from '../../../src/tools/run/typed-spellings.ts';
import type { SecretKind } from '../../../src/tools/secrets.ts';

const left = (kind: SecretKind, digits: string, text: string): string =>
  spellingsOf(kind, digits).texts.reduce((rest, spelling) => rest.replaceAll(spelling, 'X'), text);

const CARD = '4242424242424242';
describe.each([
  '4242 4242 4242 4242',
  '4242_4242_4242_4242',
  '4242–4242–4242–4242',
  '4242 - 4242 / 42424242',
])('a card in groups: %s', (text) =>
  test('is found', () => expect(left('card', CARD, `with ${text}.`)).toBe('with X.')),
);

describe.each([
  ...['19901231', '1990-12-31', '1990/12/31', '1990. 12. 31.', '1990-12-31T00:00:00Z'],
  ...['31121990', '31.12.1990', '31. 12. 1990', '31/12/90', '12/31/1990', '12-31-90', '12311990', '90-12-31'],
])('a day: %s', (text) =>
  test('is found', () => expect(left('birth_date', '19901231', `born ${text}`)).toMatch(/^born X(\.|T.*)?$/)),
);

test.each(['1/2/1990', '2/1/1990', '1.2.90', '1990-2-1', '01/02/90'])(
  'without a zero in front too: %s',
  (text) => expect(left('birth_date', '19900201', text)).toBe('X'),
);

test('other days stay, and so do letters between digits', () => {
  for (const text of ['1990-12-30', '31.11.1990', '1990', '12.31', 'order 190-12-31', '31x12x1990'])
    expect(left('birth_date', '19901231', text)).toBe(text);
  expect(left('card', CARD, '4242 of 4242 and 424242******4242')).toBe('4242 of 4242 and 424242******4242');
});

test('a short number is one only where it stands alone', () =>
  expect(left('pin', '1234', '51234 12345 PIN 12-34')).toBe('51234 12345 PIN X'));

test('a number has no zeros in front', () => {
  const { isNumber } = spellingsOf('pin', '0420');
  expect([420, 420n, 421, 42, 420.5, Number.NaN, Infinity].map(isNumber)).toEqual([
    ...[true, true, false, false],
    ...[false, false, false],
  ]);
  expect(spellingsOf('birth_date', '19900201').isNumber(1_021_990)).toBe(true);
});

test('whatever is put between digits, and wherever, none of them is left', () => {
  const between = fc.string({
    unit: fc.constantFrom(' ', '-', '_', '/', '.', ' ', '–', ',', ':', '('),
    maxLength: 3,
  });
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 4, maxLength: 19 }),
      fc.array(between, { minLength: 19, maxLength: 19 }),
      (digits, gaps) => {
        const text = Array.from(
          digits,
          (digit, at) => digit + (at < digits.length - 1 ? gaps[at]! : ''),
        ).join('');
        expect(left('digits', digits, `a ${text}, b`)).toBe('a X, b');
      },
    ),
  );
});
