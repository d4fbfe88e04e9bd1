// Effects that outlast the database: while it is away, this process's memory stands in. Knows no SQL.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from '../store/away.ts';
import { createMemoryEffects } from './effects-memory.ts';
import type { Effects, EffectKey, Settlement } from './effects.ts';

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
/** Some megabytes. What is beyond that is forgotten, the oldest first. */
const MOST_UNWRITTEN = 1_000;

/**
 * Nothing here rejects. What is done while `shared` is away is done once in this process, and told to `shared` when it is
 * back; another process that takes the call up before may do it again.
 */
export function createSteadyEffects({ shared, clock, log }: SteadyEffectsOptions): Effects {
  const memory = createMemoryEffects(clock, REMEMBER_MS);
  /** In the order in which they happened, as one may take another back. */
  const unwritten: { key: EffectKey; settlement: Settlement }[] = [];
  let writing: Promise<void> | undefined;
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

  async function write(): Promise<void> {
    try {
      for (let next = unwritten[0]; next; next = unwritten[0]) {
        if (!(await isWritten(next))) {
          writeLater();
          return;
        }
        // Too many may have come meanwhile, and have pushed it out.
        if (unwritten[0] === next) unwritten.shift();
      }
    } finally {
      // In the same tick as the last look at `unwritten`: what comes from now on needs a new round.
      writing = undefined;
    }
  }

  /** Or refused for good: whatever is asked again then is answered by memory. */
  async function isWritten({ key, settlement }: (typeof unwritten)[number]): Promise<boolean> {
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
      if (unwritten.length > 0) writing ??= write();
    });
  }

  return {
    async claim(key, limitMs) {
      const claimed = await memory.claim(key, limitMs);
      if (claimed.is !== 'mine' || !isWorthAsking()) return claimed;
      try {
        const claim = await ask(shared.claim(key, limitMs));
        if (claim.is !== 'mine') await memory.settle(key, { as: 'undone' });
        return claim;
      } catch (thrown) {
        wentAway(thrown);
        return claimed;
      }
    },

    settle(key, settlement) {
      void memory.settle(key, settlement);
      unwritten.push({ key, settlement });
      if (unwritten.length > MOST_UNWRITTEN) unwritten.shift();
      if (isWorthAsking()) return (writing ??= write());
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
