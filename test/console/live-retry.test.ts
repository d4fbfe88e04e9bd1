import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/console/web/live-retry.ts';

test('longer each time up to 8 s, and not all pages at once', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((tries) => retryAfterMs(tries, 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ]);
  expect([retryAfterMs(1, 0), retryAfterMs(1, 0.5)]).toEqual([250, 375]);
});
