import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOfArgs } from '../../../src/tools/effects/normalised.ts';

test.each([
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ name: ' Ada   Moreno ' }, { name: 'Ada Moreno' }],
  [{ name: 'José' }, { name: 'Jose\u0301' }],
  [{ text: 'ﬁve' }, { text: 'five' }],
  [{ text: 'a\n\tb' }, { text: 'a\u00a0b' }],
  [{ inner: [{ x: ' a', y: 0 }] }, { inner: [{ y: -0, x: 'a' }] }],
  [
    { 10: 'a', 9: 'b' },
    { 9: 'b', 10: 'a' },
  ],
])('%j and %j are the same', (one, other) => {
  expect(hashOfArgs(one)).toBe(hashOfArgs(other));
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: '1' }],
  [{ a: null }, {}],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: { b: 1 } }, { b: { a: 1 } }],
  [{ a: [] }, { a: {} }],
  [{ a: 'b' }, { b: 'a' }],
  [{ a: { of: [['b', 1]] } }, { a: { b: 1 } }],
  [{ time: '9:30' }, { time: '9:31' }],
  [{ name: 'Ada Mcdonald' }, { name: 'Ada McDonald' }],
])('%j and %j are not', (one, other) => {
  expect(hashOfArgs(one)).not.toBe(hashOfArgs(other));
});

test('the order of keys never matters, at any depth; the hash is 64 hex digits', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (args) => {
      const hash = hashOfArgs(args);
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(hashOfArgs(shuffled(args) as typeof args)).toBe(hash);
    }),
  );
});

test('what JSON would make the same of is not the same: sets, maps; and what hides itself is refused', () => {
  const of = (value: unknown): string => hashOfArgs({ value });
  expect(of(new Set(['tea']))).not.toBe(of(new Set(['cake'])));
  expect(of(new Set(['tea']))).toBe(of(new Set([' tea '])));
  expect(of(new Map([['a', 1]]))).not.toBe(of(new Map([['a', 2]])));
  class Hidden {
    readonly #what = 'tea';
    get what(): string {
      return this.#what;
    }
  }
  expect(() => of(new Hidden())).toThrow(TypeError);
  expect(() => of([new Hidden()])).toThrow(/JSON cannot say/);
});
