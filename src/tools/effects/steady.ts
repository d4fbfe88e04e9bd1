// Effects that outlast the database: while it is away, this process's memory stands in. Knows no SQL.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { isDatabaseAway } from '../../store/away.ts';
import { createMemoryEffects } from './memory.ts';
import type { Effects } from './effects.ts';
import { Slots } from '../slots.ts';
import { Unwritten, type Settled } from './unwritten.ts';

export interface SteadyEffectsOptions {
  /** What all processes share. */
  readonly shared: Effects;
  readonly clock: Clock;
  readonly log: Log;
}

/** A caller waits meanwhile. */
const ANSWERS_WITHIN_MS = 1_000;
const ASK_AGAIN_AFTER_MS = 5_000;
/** What is older is in the database, unless that has been away for so long. */
const REMEMBER_MS = 3_600_000;
/** Of different calls; half of the connections that there are (see store/database.ts). */
const WRITTEN_AT_ONCE = 4;
const NEVER = new AbortController().signal;

/**
 * Nothing here rejects. What is done while `shared` is away is done once in this process, and told to `shared` when it is
 * back; another process that takes the call up before may do it again.
 */
export function createSteadyEffects({ shared, clock, log }: SteadyEffectsOptions): Effects {
  const memory = createMemoryEffects(clock, REMEMBER_MS);
  const unwritten = new Unwritten();
  const slots = new Slots(WRITTEN_AT_ONCE);
  const writing = new Map<CallId, Promise<void>>();
  let retry: StopTimer | undefined;
  let state: { is: 'there' } | { is: 'away'; askAgainAtMs: number } = { is: 'there' };

  const isWorthAsking = (): boolean => state.is === 'there' || clock.nowMs() >= state.askAgainAtMs;

  function wentAway(thrown: unknown): void {
    if (state.is === 'there')
      log.warn(
        { reason: messageOf(thrown) },
        'the database does not say what tools have done: each thing is done once in this process still, but another process ' +
          'that takes a call up may do it again; see that the database comes back',
      );
    state = { is: 'away', askAgainAtMs: clock.nowMs() + ASK_AGAIN_AFTER_MS };
  }

  function cameBack(): void {
    if (state.is === 'away') log.info('the database says again what tools have done');
    state = { is: 'there' };
  }

  async function ask<Answer>(asked: Promise<Answer>): Promise<Answer> {
    const answer = await within(clock, ANSWERS_WITHIN_MS, asked);
    cameBack();
    return answer;
  }

  /** One after the other, as one may take another back. */
  async function writeAllOf(callId: CallId): Promise<void> {
    const giveBack = await slots.take(NEVER);
    try {
      for (let next = unwritten.firstOf(callId); next; next = unwritten.firstOf(callId)) {
        if (!isWorthAsking() || !(await isWritten(next))) {
          writeLater();
          return;
        }
        unwritten.delete(next);
      }
    } finally {
      giveBack();
      // In the same tick as the last look at `unwritten`: what comes from now on needs a new round.
      writing.delete(callId);
    }
  }

  function write(callId: CallId): Promise<void> {
    const underWay = writing.get(callId) ?? writeAllOf(callId);
    writing.set(callId, underWay);
    return underWay;
  }

  /** Or refused for good: whatever is asked again then is answered by memory. */
  async function isWritten({ key, settlement }: Settled): Promise<boolean> {
    try {
      await ask(shared.settle(key, settlement));
    } catch (thrown) {
      if (isDatabaseAway(thrown)) {
        wentAway(thrown);
        return false;
      }
      const { callId, tool } = key;
      log.error(
        { callId, tool, reason: messageOf(thrown) },
        'the database refuses to keep what a tool has done; only this process knows it',
      );
    }
    return true;
  }

  function writeLater(): void {
    retry ??= clock.after(ASK_AGAIN_AFTER_MS, () => {
      retry = undefined;
      for (const callId of unwritten.calls()) void write(callId);
    });
  }

  /** A claim that overtakes what this call has done would be answered as if that had not been. */
  async function isAllWritten(callId: CallId): Promise<boolean> {
    if (unwritten.has(callId)) await within(clock, ANSWERS_WITHIN_MS, write(callId)).catch(() => undefined);
    return !unwritten.has(callId);
  }

  return {
    async claim(key, limitMs, about) {
      const claimed = await memory.claim(key, limitMs, about);
      if (claimed.is !== 'mine' || !isWorthAsking() || !(await isAllWritten(key.callId))) return claimed;
      try {
        const claim = await ask(shared.claim(key, limitMs, about));
        if (claim.is !== 'mine') await memory.settle(key, { as: 'undone' });
        return claim;
      } catch (thrown) {
        wentAway(thrown);
        return claimed;
      }
    },

    settle(key, settlement) {
      void memory.settle(key, settlement);
      const forgotten = unwritten.add({ key, settlement });
      if (forgotten) {
        const { callId, tool } = forgotten.key;
        log.error(
          { callId, tool, as: forgotten.settlement.as },
          'too much waits for the database, so what a tool has done is never written there; only this process knows it',
        );
      }
      if (isWorthAsking()) return write(key.callId);
      writeLater();
      return Promise.resolve();
    },
  };
}

function within<Answer>(clock: Clock, limitMs: number, asked: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const stopTimer = clock.after(limitMs, () =>
    late.reject(new LivelineError('DATABASE_UNAVAILABLE', `no answer within ${limitMs} ms`)),
  );
  return Promise.race([asked, late.promise]).finally(stopTimer);
}
