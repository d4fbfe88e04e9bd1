// Who answers when, and how: the same for a number and a seed. Both sides of the crash test go by it, and so does its judge.
import type { PhoneNumber } from '../../src/base/phone-number.ts';
import type { Next } from '../../src/campaign/outcome.ts';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import { shareOf } from '../../src/campaign/stable-share.ts';

export const LINE = '+15550100100' as PhoneNumber;
export const numberOf = (n: number): PhoneNumber => `+1555${String(2_000_000 + n)}` as PhoneNumber;

/** By the fast clock. */
export const RING_MS = 4_000;
export const TALK_MS = 4_000;
export const MOST_ATTEMPTS = 3;
const AGAIN_AFTER_MS = 20_000;

/** What comes of the n-th call (from 0) to a number. */
export function endOf(
  to: string,
  call: number,
  seed: number,
): Exclude<CallStatus, 'queued' | 'ringing' | 'in-progress'> {
  const share = shareOf(`${seed} ${to} ${call}`);
  if (share < 0.5) return 'completed';
  if (share < 0.7) return 'busy';
  return share < 0.92 ? 'no-answer' : 'failed';
}

/** So often a number is to be called. */
export function callsFor(to: string, seed: number): number {
  for (let call = 0; call < MOST_ATTEMPTS; call += 1) {
    const end = endOf(to, call, seed);
    if (end === 'completed' || end === 'failed') return call + 1;
  }
  return MOST_ATTEMPTS;
}

export function nextAfter(outcome: AttemptOutcome, attempts: number, nowMs: number): Next {
  const rule = `outcome.${outcome}`;
  if ((outcome === 'busy' || outcome === 'no-answer') && attempts < MOST_ATTEMPTS)
    return { then: 'retry', atMs: nowMs + AGAIN_AFTER_MS, counts: true, rule, why: outcome };
  return { then: outcome === 'human' ? 'done' : 'never', rule, why: outcome };
}
