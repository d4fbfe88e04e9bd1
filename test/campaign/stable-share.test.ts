// Shares that look like chance and are always the same.
import { expect, test } from 'vitest';
import { shareOf } from '../../src/campaign/stable-share.ts';

test('always the same, and never one', () => {
  expect(shareOf('+15550100123 1')).toBe(shareOf('+15550100123 1'));
  expect(shareOf('')).toBeGreaterThanOrEqual(0);
});

test('numbers that follow each other are spread evenly', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 10_000; n += 1) {
    const share = shareOf(`+1555010${n} 1`);
    expect(share).toBeLessThan(1);
    const tenth = Math.floor(share * 10);
    tenths[tenth] = tenths[tenth]! + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
