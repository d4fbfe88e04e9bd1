import { expect, test } from 'vitest';
import { Breaker } from '../../src/web/breaker.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const open = () => {
  const clock = new ManualClock();
  return { clock, breaker: new Breaker({ failures: 3, openMs: 1_000, clock }) };
};
const fail = (breaker: Breaker, times: number): void => {
  for (let i = 0; i < times; i++) breaker.note('ill');
};

test('it opens after so many failures in a row, and a success between begins anew', () => {
  const { breaker } = open();
  fail(breaker, 2);
  breaker.note('well');
  fail(breaker, 2);
  breaker.note('unknown');
  expect(breaker.admits()).toBe(true);
  fail(breaker, 1);
  expect(breaker.admits()).toBe(false);
});

test('then one may try, and only one; its failure leaves it open as long again', () => {
  const { breaker, clock } = open();
  fail(breaker, 3);
  clock.advance(999);
  expect(breaker.admits()).toBe(false);
  clock.advance(1);
  expect(breaker.admits()).toBe(true);
  expect(breaker.admits()).toBe(false);
  breaker.note('ill');
  clock.advance(999);
  expect(breaker.admits()).toBe(false);
  clock.advance(1);
  expect(breaker.admits()).toBe(true);
  breaker.note('well');
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
});

test('a try that was given up lets the next one try at once', () => {
  const { breaker, clock } = open();
  fail(breaker, 3);
  clock.advance(1_000);
  expect(breaker.admits()).toBe(true);
  breaker.note('unknown');
  expect(breaker.admits()).toBe(true);
});

test('those who were on their way when it opened do not keep it open longer', () => {
  const { breaker, clock } = open();
  fail(breaker, 3);
  clock.advance(900);
  fail(breaker, 1);
  clock.advance(100);
  expect(breaker.admits()).toBe(true);
});
