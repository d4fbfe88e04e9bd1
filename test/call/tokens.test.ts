import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { Tokens } from '../../src/call/tokens.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const one = callId('CA1');
const other = callId('CA2');

test('a token is good once', () => {
  const tokens = new Tokens(new ManualClock());
  const token = tokens.mint(one);
  expect(tokens.spend(token, one)).toBe(true);
  expect(tokens.spend(token, one)).toBe(false);
});

test('a token is good for its own call only, and showing it for another spends it', () => {
  const tokens = new Tokens(new ManualClock());
  const token = tokens.mint(one);
  expect(tokens.spend(token, other)).toBe(false);
  expect(tokens.spend(token, one)).toBe(false);
});

test('a token is good for a minute', () => {
  const clock = new ManualClock();
  const tokens = new Tokens(clock);
  const early = tokens.mint(one);
  clock.advance(59_999);
  const late = tokens.mint(one);
  clock.advance(1);
  expect(tokens.spend(early, one)).toBe(false);
  expect(tokens.spend(late, one)).toBe(true);
});

test('tokens are not alike and cannot be guessed', () => {
  const tokens = new Tokens(new ManualClock());
  const minted = new Set(Array.from({ length: 100 }, () => tokens.mint(one)));
  expect(minted.size).toBe(100);
  for (const token of minted) expect(token).toMatch(/^[\w-]{32}$/);
  expect(tokens.spend('', one)).toBe(false);
});
