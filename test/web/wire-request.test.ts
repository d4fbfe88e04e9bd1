import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/web/retry-after.ts';
import { addressOf, bodyOf, trimmedBase } from '../../src/web/wire-request.ts';

test.each([
  ['https://api.example.com/', 'https://api.example.com'],
  ['http://127.0.0.1:8080/v1//', 'http://127.0.0.1:8080/v1'],
  ['ftp://example.com', undefined],
  ['https://user:secret@example.com', undefined],
  ['https://example.com/?key=1', undefined],
  ['example.com', undefined],
  ['', undefined],
])('the base %s is %s', (text, base) => expect(trimmedBase(text)).toBe(base));

const BASE = 'https://example.com/api';

test.each([
  '/../x',
  '/a/..',
  '/a/../b',
  '/.',
  '/a/%2e%2E/b',
  '/a/.%2e',
  '/a\\..\\b',
  '/a/.\t./b',
  '/a?x=1',
  '/a#b',
  'a',
  '',
])('a path that may lead elsewhere is none: %j', (path) => expect(addressOf(BASE, { path })).toBeUndefined());

test('an encoded id stays one part of the path, or there is no address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (id) => {
      const address = addressOf(BASE, { path: `/things/${encodeURIComponent(id.toWellFormed())}` });
      if (address === undefined) return;
      expect(address.href.startsWith(`${BASE}/things/`)).toBe(true);
      expect(decodeURIComponent(address.pathname.split('/')[3] ?? '')).toBe(id.toWellFormed());
      expect(address.pathname.split('/')).toHaveLength(4);
    }),
  );
});

test('a query is encoded, and what is undefined left out', () => {
  const query = { q: 'a&b=c', n: 0, none: undefined };
  expect(addressOf(BASE, { path: '/x', query })?.search).toBe('?q=a%26b%3Dc&n=0');
});

test('a body is JSON, a form or nothing', () => {
  expect(bodyOf({ path: '/', json: null }).body).toBe('null');
  expect(bodyOf({ path: '/', form: { a: 'b&c' } })).toEqual({
    body: 'a=b%26c',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(bodyOf({ path: '/' })).toEqual({ body: null, headers: {} });
});

const NOW_MS = Date.UTC(2026, 0, 1);
test.each([
  ['2', 2_000],
  ['0', 0],
  [' 1.5 ', 1_500],
  [new Date(NOW_MS + 3_000).toUTCString(), 3_000],
  [new Date(NOW_MS - 3_000).toUTCString(), 0],
  ['-1', undefined],
  ['soon', undefined],
  ['2026-01-01', undefined],
  ['Infinity', undefined],
  ['', undefined],
])('Retry-After: %s is %s ms', (text, ms) =>
  expect(retryAfterMs(new Headers({ 'retry-after': text }), NOW_MS)).toBe(ms),
);
