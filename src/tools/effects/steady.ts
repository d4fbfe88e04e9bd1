// Effects that outlast the database: while it is away, this process's memory stands in, in calls that no other process has had.
// Knows no SQL.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { ExpiringMap } from '../../base/expiring-map.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { isDatabaseAway } from '../../store/away.ts';
import { createMemoryEffects } from './memory.ts';
import type { Claim, EffectKey, Effects } from './effects.ts';
import { Slots } from '../slots.ts';
import { Unwritten, type Settled } from './unwritten.ts';

export interface SteadyEffectsOptions {
  /** What all processes share. */
  readonly shared: Effects;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A database that was there may be slow, and others go on with the call if this process dies: nothing is begun before it has
 * answered. Less than a tool with an effect may take (5 s).
 */
const SLOW_WITHIN_MS = 4_000;
/** One that was away; a caller waits meanwhile. */
const ANSWERS_WITHIN_MS = 1_000;
const ASK_AGAIN_AFTER_MS = 5_000;
/** What is older is in the database, unless that has been away for so long. */
const REMEMBER_MS = 3_600_000;
/** Calls that were taken up: as long as the longest call. */
const REMEMBER_TAKEN_UP_MS = 24 * 3_600_000;
/** Of different calls; half of the connections that there are (see store/database.ts). */
const WRITTEN_AT_ONCE = 4;
const NEVER = new AbortController().signal;

/**
 * What is begun while `shared` is away is done once in this process, and told to `shared` as soon as it is back; another
 * process that takes the call up before may do it again. A claim rejects, with TOOL_UNAVAILABLE, where `shared` is there and
 * does not answer, and where it is away and another process has had the call: what that one did, only `shared` knows.
 */
export function createSteadyEffects({ shared, clock, log }: SteadyEffectsOptions): Effects {
  const memory = createMemoryEffects(clock, REMEMBER_MS);
  const unwritten = new Unwritten();
  const slots = new Slots(WRITTEN_AT_ONCE);
  const writing = new Map<CallId, Promise<void>>();
  const takenUp = new ExpiringMap<CallId, true>(clock, REMEMBER_TAKEN_UP_MS);
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

  /** Rejects as `asked` does; with NoAnswer, where none comes: of a database that was there that does not say that it is away. */
  async function ask<Answer>(asked: Promise<Answer>): Promise<Answer> {
    const wasThere = state.is === 'there';
    try {
      const answer = await within(clock, wasThere ? SLOW_WITHIN_MS : ANSWERS_WITHIN_MS, asked);
      cameBack();
      return answer;
    } catch (thrown) {
      if (!(wasThere && thrown instanceof NoAnswer) && isDatabaseAway(thrown)) wentAway(thrown);
      throw thrown;
    }
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
      if (isDatabaseAway(thrown)) return false;
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

  function keep(settled: Settled): void {
    const forgotten = unwritten.add(settled);
    if (!forgotten) return;
    const { callId, tool } = forgotten.key;
    log.error(
      { callId, tool, as: forgotten.settlement.as },
      'too much waits for the database, so what a tool has done is never written there; only this process knows it',
    );
  }

  function tell(settled: Settled): Promise<void> {
    keep(settled);
    if (isWorthAsking()) return write(settled.key.callId);
    writeLater();
    return Promise.resolve();
  }

  /** Once more where a connection was cut, which says nothing of the database: the next one may be a good one. */
  async function claimShared(...claimed: ClaimArgs): Promise<Claim> {
    try {
      return await shared.claim(...claimed);
    } catch (thrown) {
      if (state.is === 'away' || !isDatabaseAway(thrown)) throw thrown;
      return shared.claim(...claimed);
    }
  }

  /** A claim that overtakes what this call has done would be answered as if that had not been. */
  async function claimInTurn(isWaitedFor: () => boolean, ...claimed: ClaimArgs): Promise<Claim> {
    const [{ callId }] = claimed;
    if (unwritten.has(callId)) await write(callId);
    if (unwritten.has(callId) || !isWaitedFor())
      throw new NoAnswer('what this call has done is not written yet');
    return claimShared(...claimed);
  }

  /** The database is away. Whoever takes the call up finds what is begun now in doubt, from when it is back until it is settled. */
  function claimHere(claimed: Claim, key: EffectKey, about: string | undefined): Claim {
    keep({ key, settlement: { as: 'in-doubt', about } });
    writeLater();
    return claimed;
  }

  /** Nobody waits for this claim any more: it is given back once it is there. */
  function letGo(key: EffectKey, claiming: Promise<Claim>): void {
    void claiming.then(
      (claim) => (claim.is === 'mine' ? tell({ key, settlement: { as: 'undone' } }) : undefined),
      (thrown: unknown) => {
        if (!(thrown instanceof NoAnswer) && isDatabaseAway(thrown)) wentAway(thrown);
      },
    );
  }

  return {
    async claim(key, limitMs, about) {
      const claimed = await memory.claim(key, limitMs, about);
      if (claimed.is !== 'mine') return claimed;
      const isForeign = takenUp.get(key.callId) === true;
      if (!isWorthAsking() && !isForeign) return claimHere(claimed, key, about);
      let isWaitedFor = true;
      const claiming = claimInTurn(() => isWaitedFor, key, limitMs, about);
      try {
        const claim = await ask(claiming);
        if (claim.is !== 'mine') await memory.settle(key, { as: 'undone' });
        return claim;
      } catch (thrown) {
        isWaitedFor = false;
        if (state.is === 'away' && !isForeign) return claimHere(claimed, key, about);
        await memory.settle(key, { as: 'undone' });
        letGo(key, claiming);
        throw new LivelineError(
          'TOOL_UNAVAILABLE',
          `the database does not say whether ${key.tool} was done before in this call, so it is not begun: ${messageOf(thrown)}`,
          { cause: thrown },
        );
      }
    },

    settle(key, settlement) {
      void memory.settle(key, settlement);
      return tell({ key, settlement });
    },

    takenUp: (callId) => takenUp.set(callId, true),
  };
}

type ClaimArgs = Parameters<Effects['claim']>;

class NoAnswer extends Error {}

function within<Answer>(clock: Clock, limitMs: number, asked: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const stopTimer = clock.after(limitMs, () => late.reject(new NoAnswer(`no answer within ${limitMs} ms`)));
  return Promise.race([asked, late.promise]).finally(stopTimer);
}
