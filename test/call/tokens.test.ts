import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { newSecret, nonceOf, secretsOf, Tokens } from '../../src/call/tokens.ts';
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
  expect(new Set([...minted].map(nonceOf)).size).toBe(100);
  for (const token of minted) expect(token).toMatch(/^\w[\w-]{47}$/);
  expect(tokens.spend('', one)).toBe(false);
});

test('a token is good at every process that has the secret, and at no other', () => {
  const clock = new ManualClock();
  const secrets = secretsOf(newSecret());
  const token = new Tokens(clock, secrets).mint(one);
  expect(new Tokens(clock).spend(token, one)).toBe(false);
  const elsewhere = new Tokens(clock, secrets);
  expect(elsewhere.spend(token, one)).toBe(true);
  expect(elsewhere.spend(token, one)).toBe(false);
});

test('a token of a machine whose clock is ahead is good once, for as long as it seems good', () => {
  const startMs = Date.UTC(2026, 0, 1);
  const secrets = secretsOf(newSecret());
  const clock = new ManualClock(startMs);
  const tokens = new Tokens(clock, secrets);
  const token = new Tokens(new ManualClock(startMs + 500_000), secrets).mint(one);
  expect(tokens.spend(token, one)).toBe(true);
  for (let n = 0; n < 600; n += 1) {
    clock.advance(1_000);
    expect(tokens.spend(token, one)).toBe(false);
  }
  const tooFar = new Tokens(new ManualClock(startMs + 600_000 + 600_001), secrets).mint(one);
  expect(tokens.spend(tooFar, one)).toBe(false);
});

test('of a token that was changed in any place nothing is good', () => {
  const tokens = new Tokens(new ManualClock());
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  fc.assert(
    fc.property(fc.nat(47), fc.nat(63), (at, which) => {
      const token = tokens.mint(one);
      const character = characters.charAt(which);
      fc.pre(token[at] !== character);
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      expect(tokens.spend(changed, one)).toBe(false);
    }),
  );
});

test('what is no token is refused, whatever it is', () => {
  const tokens = new Tokens(new ManualClock());
  const token = tokens.mint(one);
  for (const odd of [token.slice(1), `${token}A`, ` ${token}`, token.replace(/.$/, '='), 'é'.repeat(48)])
    expect(tokens.spend(odd, one)).toBe(false);
  expect(nonceOf('A')).toBeUndefined();
  expect(tokens.spend(token, one)).toBe(true);
});

test('what was minted with the secret before is good while that is among those that count', () => {
  const clock = new ManualClock();
  const [before, now] = [newSecret(), newSecret()];
  let secrets = secretsOf(before);
  const tokens = new Tokens(clock, {
    get current() {
      return secrets.current;
    },
    get all() {
      return secrets.all;
    },
  });
  const [early, late] = [tokens.mint(one), tokens.mint(one)];
  secrets = { current: now, all: [now, before] };
  expect(tokens.spend(early, one)).toBe(true);
  expect(new Tokens(clock, secretsOf(now)).spend(tokens.mint(one), one)).toBe(true);
  secrets = secretsOf(now);
  expect(tokens.spend(late, one)).toBe(false);
});
