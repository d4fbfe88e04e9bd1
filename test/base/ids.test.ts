import { expect, test } from 'vitest';
import { newToken } from '../../src/base/ids.ts';

test('a token is none that a command line or a spreadsheet would take for something else', () => {
  // One in 64 would begin so: that none of these did by chance happens once in 10^13 runs.
  const tokens = Array.from({ length: 2_000 }, newToken);
  expect(tokens.filter((token) => !/^[\w][\w-]{31}$/.test(token))).toEqual([]);
  expect(new Set(tokens).size).toBe(tokens.length);
});
