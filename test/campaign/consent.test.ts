// Whether a number may be called as far as consent goes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consentVerdict, type Consent, type ConsentFacts } from '../../src/campaign/consent.ts';

const NOW = Date.UTC(2026, 5, 1);
const WRITTEN = { kind: 'written', seller: undefined } as const;
const OPEN = { law: 'none', past: [] } as const;
const one = (of: Partial<Consent> = {}): Consent => ({
  id: '7',
  kind: 'written',
  givenAtMs: NOW - 1,
  expiresAtMs: undefined,
  seller: '',
  ...of,
});
const rule = (
  needed: Parameters<typeof consentVerdict>[0],
  consents: Consent[],
  isOptedOut: boolean | undefined = false,
  facts: Partial<ConsentFacts> = {},
) => {
  const verdict = consentVerdict(needed, { ...OPEN, consents, isOptedOut, ...facts }, NOW);
  if (verdict.may === 'ring') return verdict.data;
  return `${verdict.may} ${verdict.rule}${verdict.may === 'wait' ? ` ${verdict.untilMs}` : ''}`;
};

test.each([
  [[one()], 'consent 7 (written, 2026-05-31)'],
  [[one({ givenAtMs: NOW })], 'consent 7 (written, 2026-06-01)'],
  [[one({ givenAtMs: NOW + 1 })], `wait consent.future ${NOW + 1}`],
  [
    [one({ givenAtMs: NOW + 9 }), one({ givenAtMs: NOW + 3 }), one({ expiresAtMs: NOW })],
    `wait consent.future ${NOW + 3}`,
  ],
  [[one({ givenAtMs: Infinity })], 'never consent.future'],
  [[one({ givenAtMs: NaN })], 'never consent.future'],
  [[one({ expiresAtMs: NOW })], 'never consent.expired'],
  [[one({ expiresAtMs: NaN })], 'never consent.expired'],
  [[one({ expiresAtMs: NOW + 1 })], 'consent 7 (written, 2026-05-31)'],
  [[one({ kind: 'express' })], 'never consent.kind'],
  [[one({ kind: 'Written' })], 'never consent.kind'],
  [[], 'never consent.missing'],
  [[one({ expiresAtMs: NOW }), one({ id: '8', givenAtMs: 0 })], 'consent 8 (written, 1970-01-01)'],
])('written is needed: %j', (consents, expected) => {
  expect(rule(WRITTEN, consents)).toBe(expected);
});

test('written is express too', () => {
  const express = { kind: 'express', seller: undefined } as const;
  expect(rule(express, [one()])).toBe('consent 7 (written, 2026-05-31)');
  expect(rule(express, [one({ kind: 'express' })])).toBe('consent 7 (express, 2026-05-31)');
  expect(rule(express, [one({ kind: 'verbal' })])).toBe('never consent.kind');
});

test('for a seller: theirs alone, however it is written', () => {
  const needed = { kind: 'written', seller: 'Harbour  Dental' } as const;
  expect(rule(needed, [one({ seller: ' harbour dental ' })])).toContain('consent 7');
  expect(rule(needed, [one({ seller: 'Harbour Dental Ltd' })])).toBe('never consent.seller');
  expect(rule(needed, [one()])).toBe('never consent.seller');
});

test('for no seller in particular: only what was given to nobody in particular', () => {
  expect(rule(WRITTEN, [one({ seller: 'Other Company' })])).toBe('never consent.seller');
  expect(rule(WRITTEN, [one({ seller: ' ' })])).toContain('consent 7');
});

test('what the law asks for counts beside what the campaign asks for', () => {
  const express = { kind: 'express', seller: undefined } as const;
  const none = { kind: 'none-needed', reason: 'because we would like to do so today' } as const;
  const given = [one({ kind: 'express' })];
  expect(rule(express, given, false, { law: 'written' })).toBe('never consent.kind');
  expect(rule(express, given, false, { law: 'express' })).toContain('consent 7');
  expect(rule(express, [one()], false, { law: 'written' })).toContain('consent 7');
  expect(rule(none, [one()], false, { law: 'express' })).toBe('never consent.law');
  expect(rule(none, [one()], false, { law: 'written' })).toBe('never consent.law');
});

test.each(['wrong-number', 'fax'] as const)('after %s only a consent that is newer counts', (outcome) => {
  const past = [
    { atMs: NOW - 50, outcome: 'human' as const },
    { atMs: NOW - 10, outcome },
    { atMs: NOW - 5, outcome: 'busy' as const },
  ];
  expect(rule(WRITTEN, [one({ givenAtMs: NOW - 10 })], false, { past })).toBe('never consent.not-theirs');
  expect(rule(WRITTEN, [one({ givenAtMs: NOW - 9 })], false, { past })).toContain('consent 7');
  expect(rule({ kind: 'none-needed', reason: '' }, [], false, { past })).toBe('never consent.not-theirs');
  expect(rule(WRITTEN, [one()], false, { past: [{ atMs: NaN, outcome }] })).toBe('never consent.not-theirs');
});

test('none needed: nothing is asked, but who opted out is left alone', () => {
  const needed = { kind: 'none-needed', reason: 'they are staff of ours on call' } as const;
  expect(rule(needed, [])).toBe('consent none-needed');
  expect(rule(needed, [], true)).toBe('never consent.revoked');
});

const consents = fc.array(
  fc.record({
    id: fc.string(),
    kind: fc.constantFrom('written', 'express', 'other', ''),
    givenAtMs: fc.oneof(
      fc.constantFrom(NaN, Infinity, -Infinity, NOW, NOW + 1),
      fc.integer({ min: 0, max: 2 * NOW }),
    ),
    expiresAtMs: fc.oneof(
      fc.constant(undefined),
      fc.constantFrom(NaN, NOW),
      fc.integer({ min: 0, max: 2 * NOW }),
    ),
    seller: fc.constantFrom('', 'A', 'a', 'B'),
  }),
  { maxLength: 6 },
);
const needed = fc.oneof(
  fc.record({ kind: fc.constantFrom('express', 'written'), seller: fc.constantFrom(undefined, 'A') }),
  fc.constant({ kind: 'none-needed' as const, reason: 'a reason' }),
);

test('no consent makes up for an opt-out, nor for not knowing of one', () => {
  fc.assert(
    fc.property(needed, consents, fc.constantFrom(true, undefined), (what, given, isOptedOut) => {
      expect(consentVerdict(what, { ...OPEN, consents: given, isOptedOut }, NOW).may).toBe('never');
    }),
  );
});

test('rings just when one record holds by itself, in whatever order they come', () => {
  fc.assert(
    fc.property(needed, consents, (what, given) => {
      const holds = given.some(
        ({ kind, givenAtMs, expiresAtMs, seller }) =>
          (kind === 'written' || (kind === 'express' && what.kind === 'express')) &&
          givenAtMs <= NOW &&
          (expiresAtMs === undefined || expiresAtMs > NOW) &&
          (what.kind === 'none-needed' || seller.toUpperCase() === (what.seller ?? '')),
      );
      const rings = (list: Consent[]) =>
        consentVerdict(what, { ...OPEN, consents: list, isOptedOut: false }, NOW).may === 'ring';
      expect(rings(given)).toBe(holds || what.kind === 'none-needed');
      expect(rings(given.toReversed())).toBe(rings(given));
    }),
  );
});
