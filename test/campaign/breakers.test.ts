// When a campaign must stop by itself.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import { breakerOf } from '../../src/campaign/breakers.ts';

const BREAKERS = {
  over: 50,
  atLeast: 20,
  answerRateBelow: 0.1,
  failureAbove: 0.3,
  blockedAbove: 0.1,
  abandonedAbove: 0.03,
};
const of = (...counts: [AttemptOutcome, number][]): AttemptOutcome[] =>
  counts.flatMap(([outcome, count]) => Array.from({ length: count }, () => outcome));
const NONE = { answered: 0, abandoned: 0 };
const rule = (recent: AttemptOutcome[], month = NONE, breakers = BREAKERS) =>
  breakerOf({ breakers, recent, month, withoutFirstWords: 0 })?.rule;

test.each<[AttemptOutcome[], string | undefined]>([
  [of(['human', 2], ['no-answer', 18]), undefined],
  [of(['human', 1], ['no-answer', 19]), 'breaker.answer-rate'],
  [of(['no-answer', 19]), undefined],
  // Of those nothing can be told.
  [of(['no-answer', 19], ['canceled', 30], ['not-placed', 30]), undefined],
  [of(['failed', 6], ['human', 14]), undefined],
  [of(['failed', 7], ['human', 13]), 'breaker.failures'],
  [of(['failed', 5], ['blocked', 2], ['human', 13]), 'breaker.failures'],
  [of(['blocked', 2], ['human', 18]), undefined],
  [of(['blocked', 3], ['human', 17]), 'breaker.blocked'],
  [of(['machine', 1], ['fax', 1], ['busy', 18]), undefined],
  [[], undefined],
])('%j', (recent, expected) => {
  expect(rule(recent)).toBe(expected);
});

test.each([
  [0, 0, undefined],
  [1, 1, undefined],
  [2, 2, 'breaker.abandoned'],
  [50, 2, 'breaker.abandoned'],
  [66, 2, 'breaker.abandoned'],
  [67, 2, undefined],
  [100, 3, undefined],
  [100, 4, 'breaker.abandoned'],
  [NaN, 0, 'breaker.unreadable'],
])('of %s people who answered, %s abandoned', (answered, abandoned, expected) => {
  expect(rule([], { answered, abandoned })).toBe(expected);
});

test('none may be abandoned where none is allowed', () => {
  expect(rule([], { answered: 100, abandoned: 1 }, { ...BREAKERS, abandonedAbove: 0 })).toBe(
    'breaker.abandoned',
  );
});

test('one more that is answered never trips it, and one more that is abandoned never mends it', () => {
  const outcomes = fc.array(
    fc.constantFrom<AttemptOutcome>('human', 'no-answer', 'failed', 'blocked', 'busy'),
    {
      minLength: BREAKERS.atLeast,
      maxLength: 50,
    },
  );
  fc.assert(
    fc.property(outcomes, fc.nat(300), fc.nat(12), (recent, answered, abandoned) => {
      if (rule(recent, { answered, abandoned }) === undefined)
        expect(rule([...recent, 'human'], { answered: answered + 1, abandoned })).toBeUndefined();
      else expect(rule(recent, { answered: answered + 1, abandoned: abandoned + 1 })).toBeDefined();
      if (abandoned > 1 && abandoned / answered > 0.03)
        expect(rule(recent, { answered, abandoned })).toBe('breaker.abandoned');
    }),
  );
});

test('says what was seen, and what to do', () => {
  const words = breakerOf({
    ...{ breakers: BREAKERS, recent: [], withoutFirstWords: 0 },
    month: { answered: 50, abandoned: 2 },
  })?.words;
  expect(words).toContain('2 of 50 people who answered within 30 days heard nobody in time');
  expect(words).toContain('no more than 3 % may');
});

test.each([
  [0, undefined],
  [1, undefined],
  [2, 'breaker.first-words'],
  [NaN, 'breaker.unreadable'],
])('first words were left out in %s calls', (withoutFirstWords, expected) => {
  const facts = { breakers: BREAKERS, recent: of(['human', 2]), month: NONE };
  expect(breakerOf({ ...facts, withoutFirstWords })?.rule).toBe(expected);
});
