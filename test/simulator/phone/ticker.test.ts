import { expect, test } from 'vitest';
import { createTicker } from '../../../src/simulator/phone/ticker.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

test('one timer for all, and none when nobody listens', () => {
  const clock = new ManualClock();
  const ticker = createTicker(clock);
  const seen: string[] = [];
  expect(clock.pending).toBe(0);
  const stopA = ticker.add((nowMs) => seen.push(`a${nowMs}`));
  const stopB = ticker.add((nowMs) => seen.push(`b${nowMs}`));
  expect(clock.pending).toBe(1);
  clock.advance(5);
  stopA();
  clock.advance(5);
  stopB();
  stopB();
  expect(clock.pending).toBe(0);
  clock.advance(50);
  expect(seen).toEqual(['a5', 'b5', 'b10']);
  ticker.add((nowMs) => seen.push(`c${nowMs}`));
  clock.advance(5);
  expect(seen.at(-1)).toBe('c65');
});

test('one who stops in the middle of a beat does not stop the others', () => {
  const clock = new ManualClock();
  const ticker = createTicker(clock);
  let beats = 0;
  const stop = ticker.add(() => stop());
  ticker.add(() => (beats += 1));
  clock.advance(10);
  expect(beats).toBe(2);
});
