import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lettersHeard, type Sounded } from '../../src/call/word-timing.ts';

/** `fragments`: letters, and the milliseconds of sound there were when they came. */
const turn = (
  fragments: readonly (readonly [letters: number, atMs: number])[],
  soundMs: number,
  state: Sounded['state'] = 'complete',
): Sounded => ({
  fragments: fragments.map(([letters, atMs]) => ({ letters, atMs })),
  soundMs,
  state,
  lettersPerMs: 0.014,
});

test('a fragment lies between where it came and where the next one did', () => {
  const said = turn(
    [
      [10, 0],
      [20, 1_000],
      [10, 3_000],
    ],
    4_000,
  );
  expect([500, 1_000, 2_000, 3_000, 3_500].map((ms) => lettersHeard(said, ms))).toEqual([5, 10, 20, 30, 35]);
});

test('the first one begins with the sound, however late it came', () => {
  expect(
    lettersHeard(
      turn(
        [
          [10, 100],
          [10, 1_000],
        ],
        2_000,
      ),
      500,
    ),
  ).toBe(5);
});

test.each([
  [
    'all at once',
    [
      [10, 0],
      [20, 0],
      [10, 0],
    ],
  ],
  [
    'all after the sound',
    [
      [10, 4_000],
      [20, 4_000],
      [10, 4_000],
    ],
  ],
  ['in one', [[40, 0]]],
] as const)('words that came %s share the sound', (_, fragments) => {
  const said = turn(fragments, 4_000);
  expect([0, 1_000, 3_000, 4_000].map((ms) => lettersHeard(said, ms))).toEqual([0, 10, 30, 40]);
});

test('no fragment is faster than 1.3 times the voice; the next one waits for it', () => {
  const said = {
    ...turn(
      [
        [52, 0],
        [26, 100],
      ],
      8_000,
    ),
    lettersPerMs: 0.02,
  };
  expect(lettersHeard(said, 1_000)).toBeCloseTo(26, 6);
  expect(lettersHeard(said, 2_000)).toBeCloseTo(52, 6);
  expect(lettersHeard(said, 5_000)).toBeCloseTo(52 + 13, 6);
});

test('a voice that seems slow, for its words were few, is not believed', () => {
  const said = {
    ...turn(
      [
        [52, 0],
        [26, 1],
      ],
      60_000,
    ),
    lettersPerMs: 0.001,
  };
  expect(lettersHeard(said, 1_000)).toBeCloseTo(1.3 * 14, 6);
});

test('unless the whole turn is faster', () => {
  expect(
    lettersHeard(
      turn(
        [
          [40, 0],
          [40, 10],
        ],
        1_000,
      ),
      500,
    ),
  ).toBeCloseTo(40, 6);
});

test('the last words of a turn that goes on take as long as this voice takes', () => {
  const open = turn(
    [
      [14, 0],
      [28, 1_000],
    ],
    1_500,
    'open',
  );
  expect(lettersHeard(open, 1_500)).toBeCloseTo(14 + 7, 6);
  expect(lettersHeard({ ...open, lettersPerMs: 0.028 }, 1_500)).toBeCloseTo(14 + 14, 6);
});

test('for fragments in any order: from none to all, and never fewer for more sound', () => {
  const position = fc.oneof(fc.nat(10_000), fc.constantFrom(-1, Infinity, -Infinity, NaN));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(60), position), { maxLength: 15 }),
      fc.nat(10_000),
      fc.constantFrom('open' as const, 'complete' as const),
      fc.double({ min: 0, max: 12_000, noNaN: true }),
      fc.double({ min: 0, max: 12_000, noNaN: true }),
      (fragments, soundMs, state, a, b) => {
        const said = turn(fragments, soundMs, state);
        const all = fragments.reduce((sum, [letters]) => sum + letters, 0);
        const [less, more] = [lettersHeard(said, Math.min(a, b)), lettersHeard(said, Math.max(a, b))];
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(less - 1e-9);
        expect(more).toBeLessThanOrEqual(all);
        expect(lettersHeard(said, 0)).toBe(0);
        expect(lettersHeard(turn(fragments, soundMs), soundMs + 1)).toBe(all);
        expect(lettersHeard(said, NaN)).toBe(0);
      },
    ),
  );
});
