// The vault: what counts as a card, a day or a number, and that nothing is left behind.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitsOf, openEntry, type Typed, type Wanted } from '../../src/ivr/vault.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const wanted = (kind: Wanted['kind'], more: Partial<Wanted> = {}): Wanted => ({
  ...{ kind, monthFirst: false, epochMs: NOW },
  ...more,
});

function typed(of: Wanted, keys: string): Typed {
  const entry = openEntry(of);
  for (const key of keys) if (entry.press(key) === 'over') break;
  return entry.finish();
}

const NOT_VALID: Typed = { is: 'not-valid' };
const received = (digits: string): Typed => ({ is: 'received', digits });

/** Makes the last digit fit. */
function cardOf(digits: string): string {
  return Array.from({ length: 10 }, (_, check) => `${digits}${check}`).find(
    (card) => typed(wanted('card'), `${card}#`).is === 'received',
  )!;
}

describe('cards', () => {
  // Test numbers that card networks publish.
  test.each(['4242424242424242', '5555555555554444', '378282246310005', '6011111111111117'])('%s', (card) => {
    expect(typed(wanted('card'), `${card}#`)).toEqual(received(card));
  });

  test('one digit wrong, or two neighbours swapped, is no card', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 18 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (some, at, more) => {
        fc.pre(some.some((digit) => digit > 0));
        const card = cardOf(some.join(''));
        const n = at % card.length;
        const wrong = `${card.slice(0, n)}${(Number(card[n]) + more) % 10}${card.slice(n + 1)}`;
        expect(typed(wanted('card'), `${wrong}#`)).toEqual(NOT_VALID);
      }),
    );
    expect(typed(wanted('card'), '4242424242424224#')).toEqual(NOT_VALID);
  });

  test.each([
    ['too short', '42424242426#'],
    ['too long', '42424242424242424242#'],
    ['nothing but zeros', '0000000000000000#'],
  ])('%s', (_, keys) => expect(typed(wanted('card'), keys)).toEqual(NOT_VALID));
});

describe('dates of birth', () => {
  test.each([
    ['25121990', false, received('19901225')],
    ['12251990', true, received('19901225')],
    ['12251990', false, NOT_VALID],
    ['29022000', false, received('20000229')],
    ['29021900', false, NOT_VALID],
    ['31041990', false, NOT_VALID],
    ['00011990', false, NOT_VALID],
    ['24112026', false, NOT_VALID],
    ['23112026', false, received('20261123')],
    ['01011890', false, NOT_VALID],
    ['01010050', false, NOT_VALID],
  ])('%s, month first: %s', (keys, monthFirst, result) => {
    expect(typed(wanted('birth_date', { monthFirst }), keys)).toEqual(result);
  });
});

test('the star begins anew, the hash ends, other keys are nothing', () => {
  expect(typed(wanted('digits'), '99*12A3#4')).toEqual(received('123'));
  expect(typed(wanted('digits'), '99*#')).toEqual({ is: 'nothing' });
  expect(typed(wanted('digits'), '#')).toEqual({ is: 'nothing' });
});

test('a number of fixed length ends with its last key, any other does not', () => {
  const pin = openEntry(wanted('pin', { least: 4, most: 4 }));
  expect(Array.from('1234', (key) => pin.press(key))).toEqual(['more', 'more', 'more', 'over']);
  const longer = openEntry(wanted('pin'));
  expect(Array.from('123456789012345', (key) => longer.press(key))).toEqual(Array(15).fill('more'));
  expect(longer.count).toBe(15);
  expect(longer.finish()).toEqual(NOT_VALID);
});

test('whatever is typed is given away once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(['card', 'pin', 'birth_date', 'digits'] as const)),
      fc.array(fc.constantFrom(...Array.from('0123456789*#')), { maxLength: 50 }),
      (kind, keys) => {
        const entry = openEntry(wanted(kind));
        for (const key of keys) entry.press(key);
        const first = entry.finish();
        expect(entry.finish()).toEqual({ is: 'nothing' });
        expect(entry.count).toBe(0);
        if (first.is !== 'received') return;
        const { least, most } = limitsOf({ kind });
        expect(first.digits).toMatch(new RegExp(`^\\d{${least},${most}}$`));
      },
    ),
  );
});

test('what a tool wishes for stays within what the kind is', () => {
  expect(limitsOf({ kind: 'card', least: 2, most: 40 })).toEqual({ least: 12, most: 19 });
  expect(limitsOf({ kind: 'pin', least: 6, most: 5 })).toEqual({ least: 6, most: 6 });
  expect(limitsOf({ kind: 'digits', least: 3 })).toEqual({ least: 3, most: 32 });
});
