import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_BYTES, storableJson, storableText } from '../../src/records/storable.ts';

const MARK = ' … [cut]';
/** As PostgreSQL has it: no U+0000, no half of a pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const everyText = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...everyText(inner)]);
};
const anyText = fc
  .string({ unit: 'binary' })
  .chain((text) => fc.constantFrom(text, `${text}\0`, `\uD800${text}`, `${text}\uDC00`));

test('text that is storable stays as it is', () => {
  expect(storableText('Grüße, 你好 👋')).toBe('Grüße, 你好 👋');
  expect(storableText('x'.repeat(LONGEST_BYTES))).toHaveLength(LONGEST_BYTES);
});

test('what PostgreSQL refuses is replaced', () => {
  expect(storableText('a\0b\uD800c')).toBe('a\uFFFDb\uFFFDc');
  expect(storableJson({ 'k\0': ['\uDC00', { n: 1 }] })).toEqual({ 'k\uFFFD': ['\uFFFD', { n: 1 }] });
});

test('text is cut between characters, and says so', () => {
  expect(storableText('abc', 2)).toBe(`ab${MARK}`);
  expect(storableText('aé', 2)).toBe(`a${MARK}`);
  expect(storableText('a👋b', 4)).toBe(`a${MARK}`);
  expect(storableText('a👋b', 5)).toBe(`a👋${MARK}`);
  expect(storableText('ab👋', 3)).toBe(`ab${MARK}`);
});

test('any text becomes storable, and of bounded size', () => {
  fc.assert(
    fc.property(anyText, fc.nat({ max: 40 }), (text, atMostBytes) => {
      const stored = storableText(text, atMostBytes);
      expect(isStorable(stored)).toBe(true);
      expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(atMostBytes + Buffer.byteLength(MARK));
    }),
  );
});

test('any JSON becomes storable; what was storable and small is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // JSON text has no -0.
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const stored = storableJson(plain);
      expect(everyText(stored).every(isStorable)).toBe(true);
      if (everyText(plain).every(isStorable)) expect(stored).toEqual(plain);
    }),
  );
});

test('a large value keeps its beginning, within its size, and says so', () => {
  const stored = storableJson({ first: 1, page: 'x'.repeat(5_000_000), last: 2 }) as {
    cutAtBytes: number;
    begins: { first: number; page: string };
  };
  expect(stored.cutAtBytes).toBe(LONGEST_BYTES);
  expect(Object.keys(stored.begins)).toEqual(['first', 'page']);
  expect(stored.begins.page.length).toBeGreaterThan(LONGEST_BYTES - 100);
  expect(JSON.stringify(stored.begins).length).toBeLessThanOrEqual(LONGEST_BYTES + 100);
});

test.each([
  ['a long list', Array.from({ length: 200_000 }, (_, i) => i)],
  ['many fields', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`field ${i}`, null]))],
  ['a long name', { ['x'.repeat(1_000_000)]: 1 }],
  ['a list of long texts', Array.from({ length: 100 }, () => 'é'.repeat(10_000))],
])('%s is cut', (_what, value) => {
  const stored = storableJson(value);
  expect(stored).toHaveProperty('cutAtBytes', LONGEST_BYTES);
  expect(Buffer.byteLength(JSON.stringify(stored))).toBeLessThanOrEqual(LONGEST_BYTES + 200);
});

test('what holds itself, or is too deep, ends', () => {
  const loop: Record<string, unknown> = {};
  loop['again'] = loop;
  expect(storableJson(loop)).toHaveProperty('cutAtBytes');
  const deep: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
  expect(storableJson(deep)).toHaveProperty('cutAtBytes');
});

test('what JSON cannot say is null, or left out', () => {
  expect(storableJson([1n, NaN, Infinity, undefined, Symbol.iterator, () => 1])).toEqual(
    Array.from({ length: 6 }, () => null),
  );
  expect(storableJson({ a: undefined, b: 1 })).toEqual({ b: 1 });
  expect(storableJson(undefined)).toBeNull();
});

test('a field named __proto__ is a field', () => {
  const stored = storableJson(JSON.parse('{"__proto__": {"admin": true}}'));
  expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
  expect(JSON.stringify(stored)).toBe('{"__proto__":{"admin":true}}');
});
