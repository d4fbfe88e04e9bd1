import { expect, test } from 'vitest';
import { ExpiringMap } from '../../src/base/expiring-map.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

test('an entry is there until it is too old, however often it is asked for', () => {
  const clock = new ManualClock();
  const map = new ExpiringMap<string, number>(clock, 1_000);
  map.set('a', 1);
  clock.advance(999);
  expect(map.get('a')).toBe(1);
  clock.advance(1);
  expect(map.get('a')).toBeUndefined();
});

test('set again, it is young again and does not shield older ones', () => {
  const clock = new ManualClock();
  const map = new ExpiringMap<string, number>(clock, 1_000);
  map.set('a', 1);
  map.set('b', 2);
  clock.advance(600);
  map.set('a', 3);
  clock.advance(400);
  expect(map.get('b')).toBeUndefined();
  expect(map.get('a')).toBe(3);
});

test('taken, it is gone', () => {
  const map = new ExpiringMap<string, number>(new ManualClock(), 1_000);
  map.set('a', 1);
  expect(map.take('a')).toBe(1);
  expect(map.take('a')).toBeUndefined();
});
