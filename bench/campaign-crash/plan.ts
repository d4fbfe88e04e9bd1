// Who answers when, and how: the same for a number and a seed. Both sides of the crash test go by it, and so does its judge.
import type { PhoneNumber } from '../../src/base/phone-number.ts';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import type { Next } from '../../src/campaign/outcome.ts';
import { shareOf } from '../../src/campaign/stable-share.ts';
import type { Person } from '../../src/simulator/phone/people.ts';

export const ACCOUNT = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'a-token-of-the-crash-test';
export const LINE = '+15550100100' as PhoneNumber;
export const numberOf = (n: number): PhoneNumber => `+1555${String(2_000_000 + n)}` as PhoneNumber;

/** All times are by the fast clock. */
export const RING_S = 25;
/** At least the first, below the second. */
const RINGS_MS = [2_000, 6_000] as const;
const TALKS_MS = [3_500, 8_000] as const;
/** Takes the carrier about 2 s to say; so long it waits for a key then. */
export const WORDS = 'This is a call of the crash test.';
export const KEY_WITHIN_S = 1;
const GREETING = 'You have reached a machine, please leave a message after the tone.';
export const MOST_ATTEMPTS = 3;
const AGAIN_AFTER_MS = 20_000;

export type End = 'human' | 'machine' | 'busy' | 'no-answer' | 'failed';

/** What comes of the n-th call (from 1) to a number. */
export function endOf(to: string, nth: number, seed: number): End {
  const share = shareOf(`${seed} ${to} ${nth}`);
  if (share < 0.4) return 'human';
  if (share < 0.5) return 'machine';
  if (share < 0.7) return 'busy';
  return share < 0.92 ? 'no-answer' : 'failed';
}

/** Whoever is at the n-th call to a number. They make no sound: talks have their own tests. */
export function personOf(to: string, nth: number, seed: number): Omit<Person, 'number'> {
  const between = (what: string, [from, below]: readonly [number, number]): number =>
    from + shareOf(`${seed} ${to} ${nth} ${what}`) * (below - from);
  const ringsMs = between('rings', RINGS_MS);
  const answers = {
    does: 'answers',
    ringsMs,
    silent: true,
    hangsUpAfterMs: between('talks', TALKS_MS),
  } as const;
  const end = endOf(to, nth, seed);
  switch (end) {
    case 'human':
      return { ...answers, picksUp: { is: 'human', says: 'Hello?' } };
    case 'machine':
      return { ...answers, picksUp: { is: 'machine', greeting: GREETING, beeps: true } };
    case 'failed':
      return { does: 'fails' };
    default:
      return { does: end, ringsMs };
  }
}

/** So often a number is to be called. */
export function callsFor(to: string, seed: number): number {
  for (let nth = 1; nth < MOST_ATTEMPTS; nth += 1) {
    const end = endOf(to, nth, seed);
    if (end !== 'busy' && end !== 'no-answer') return nth;
  }
  return MOST_ATTEMPTS;
}

export function nextAfter(outcome: AttemptOutcome, attempts: number, nowMs: number): Next {
  const rule = `outcome.${outcome}`;
  if ((outcome === 'busy' || outcome === 'no-answer') && attempts < MOST_ATTEMPTS)
    return { then: 'retry', atMs: nowMs + AGAIN_AFTER_MS, rule, why: outcome };
  return { then: outcome === 'human' ? 'done' : 'never', rule, why: outcome };
}
