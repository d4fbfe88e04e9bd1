// When what the caller said began.
import { expect, test } from 'vitest';
import { CallerBegan } from '../../src/call/caller-began.ts';

test('as it was heard, once', () => {
  const began = new CallerBegan();
  expect(began.take()).toBeUndefined();
  began.heard('started', 1_000);
  began.heard('ended', 2_000);
  expect(began.take()).toBe(1_000);
  expect(began.take(), 'more words of the same').toBeUndefined();
});

test('a pause for breath does not begin anew, a longer one does', () => {
  const began = new CallerBegan();
  began.heard('started', 1_000);
  began.heard('ended', 2_000);
  began.heard('started', 5_000);
  expect(began.take()).toBe(1_000);
  began.heard('started', 10_000);
  began.heard('ended', 10_300);
  began.heard('started', 13_301);
  expect(began.take()).toBe(13_301);
});

test('words that come while the caller speaks on', () => {
  const began = new CallerBegan();
  began.heard('started', 1_000);
  expect(began.take()).toBe(1_000);
  began.heard('ended', 4_000);
  expect(began.take()).toBeUndefined();
});

test('an end of nothing is nothing', () => {
  const began = new CallerBegan();
  began.heard('ended', 1_000);
  expect(began.take()).toBeUndefined();
});

test('a sound that came to nothing, and so has no end, is not the beginning of what follows', () => {
  const began = new CallerBegan();
  began.heard('started', 859);
  began.heard('started', 12_200);
  began.heard('ended', 13_000);
  expect(began.take()).toBe(12_200);
});
