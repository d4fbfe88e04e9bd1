// Late keys: of any two entries in a row and any keys between them, none of the first gets into the second.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actsAtOnce, actsNow, isOver, isStillOf, lateForMs, withLateKey } from '../../src/call/late-keys.ts';

const full = isOver('pin', 0, { hasDigits: true, by: '4' });
const hashed = isOver('pin', 0, { hasDigits: true, by: '#' });

test('digits are of a number that ended by itself for 700 ms, and the first # however late; of any other a # for 2 s', () => {
  expect([0, 699, 700].map((nowMs) => isStillOf(full, '5', nowMs))).toEqual([true, true, false]);
  expect([0, 699, 700].map((nowMs) => isStillOf(hashed, '5', nowMs))).toEqual([false, false, false]);
  expect([0, 1_999, 2_000].map((nowMs) => isStillOf(hashed, '#', nowMs))).toEqual([true, true, false]);
  expect([0, 1_999, 60_000].map((nowMs) => isStillOf(full, '#', nowMs))).toEqual([true, true, true]);
  expect(isStillOf(withLateKey(full, '#', 60_000), '#', 62_000)).toBe(false);
  const later = withLateKey(full, '5', 600);
  expect(isStillOf(later, '6', 1_299)).toBe(true);
  expect(isStillOf(withLateKey(later, '#', 1_000), '6', 1_001)).toBe(false);
});

test('who leans on a shortcut is not kept waiting for longer than ten seconds, and never for less than none', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 1_999 }), { maxLength: 30 });
  fc.assert(
    fc.property(gaps, (between) => {
      let [over, nowMs] = [hashed, 0];
      for (const gapMs of between) {
        nowMs += gapMs;
        over = withLateKey(over, '0', nowMs, 'shortcut');
        const ms = lateForMs(over, nowMs);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBe(nowMs <= 8_000 ? 2_000 : Math.max(0, 10_000 - nowMs));
      }
      expect(over.keys).toBe(between.length);
    }),
  );
});

test('a number has all the time that it takes, whatever it begins with', () => {
  const key = fc.constantFrom(...Array.from('0123456789'));
  const typed = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 1_999 })), { minLength: 1, maxLength: 30 });
  const isEmpty = fc.boolean();
  fc.assert(
    fc.property(typed, isEmpty, (keys, empty) => {
      let [over, nowMs] = [isOver('card', 0, { hasDigits: !empty, by: undefined }), 0];
      // One that acts by itself is a number from the first other key on, and until then waited for from its first press.
      for (const [digit, gapMs] of [...keys, ['1', 0] as const]) {
        if (gapMs >= lateForMs(over, nowMs)) return;
        nowMs += gapMs;
        over = withLateKey(over, digit, nowMs, digit === '0' ? 'shortcut' : undefined);
      }
      expect(lateForMs(over, nowMs)).toBe(2_000);
      expect(actsNow(over)).toBeUndefined();
    }),
  );
});

test('a shortcut acts at once after # alone, and where nothing was typed once no other key has followed', () => {
  const gaveUp = isOver('card', 0, { hasDigits: false, by: '#' });
  const timedOut = isOver('card', 0, { hasDigits: false, by: undefined });
  const typed = isOver('card', 0, { hasDigits: true, by: '#' });
  expect(actsAtOnce(gaveUp, 'shortcut')).toBe(true);
  expect(actsAtOnce(withLateKey(gaveUp, '4', 100), 'shortcut')).toBe(false);
  for (const [over, acts] of [
    [gaveUp, 'option'],
    [gaveUp, undefined],
    [timedOut, 'shortcut'],
    [typed, 'shortcut'],
  ] as const)
    expect(actsAtOnce(over, acts)).toBe(false);
  const held = withLateKey(timedOut, '0', 100, 'shortcut');
  expect(actsNow(held)).toBe('0');
  const again = withLateKey(held, '0', 1_100, 'shortcut');
  expect([actsNow(again), lateForMs(again, 1_100)]).toEqual(['0', 1_000]);
  expect(actsNow(withLateKey(held, '4', 200, 'option'))).toBeUndefined();
  expect(actsNow(withLateKey(typed, '0', 100, 'shortcut'))).toBeUndefined();
  expect(actsNow(timedOut)).toBeUndefined();
});

test('the # of a number that anything else has ended is its own, however late; of none it is not', () => {
  const paused = isOver('digits', 0, { hasDigits: true, by: undefined });
  const empty = isOver('digits', 0, { hasDigits: false, by: undefined });
  expect([1_999, 2_000, 8_000].map((nowMs) => isStillOf(paused, '#', nowMs))).toEqual([true, true, true]);
  expect([1_999, 2_000].map((nowMs) => isStillOf(empty, '#', nowMs))).toEqual([true, false]);
  expect(isStillOf(paused, '5', 100)).toBe(false);
  expect(isStillOf(withLateKey(paused, '#', 8_000), '#', 10_000)).toBe(false);
});
