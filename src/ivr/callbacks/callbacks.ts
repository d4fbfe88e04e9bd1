// Callbacks: dials those who were promised it, at the time that they were promised. What is to be done is in the database,
// so that it outlasts the process; what nobody can be sure of is told to people, and never done twice.
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { CallControl } from '../../carrier/control.ts';
import type { PersonStatus } from '../../carrier/webhooks.ts';
import type { Database } from '../../store/database.ts';
import type { PhoneNumber } from '../../base/phone-number.ts';
import type { CallbackBook, PromisedCallback } from '../../tools/callbacks.ts';
import type { OptOutBook } from '../../tools/opt-outs.ts';
import { unlessAborted } from '../../tools/run/aborted.ts';
import { createCallbackStore, type CallbackStore, type KeptCallback } from './callback-store.ts';
import {
  fateByStatus,
  fateOfRefusal,
  LEASE_MS,
  LOST,
  OVERDUE,
  RING_S,
  TOO_OFTEN,
  type Fate,
} from './policy.ts';
import { untoldCallbacks } from './untold.ts';
import { tellOf } from './words.ts';

export interface CallbacksOptions {
  readonly control: Pick<CallControl, 'place'>;
  /** Why this number is not called, in words without it; asked when it is promised, and again when it is dialled. */
  readonly guard: (to: string, from: string) => string | undefined;
  /** Why nobody could talk with them, in words; asked when they are about to be dialled. */
  readonly nobodyThere: (callback: PromisedCallback) => string | undefined;
  /** Who asked not to be called any more, whatever was promised to them. Asked when they are about to be dialled. */
  readonly optOuts: Pick<OptOutBook, 'has'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Callbacks extends CallbackBook {
  /** Whether this number may be promised anything. */
  mayCall(to: PhoneNumber, from: PhoneNumber): boolean;
  /** Undefined: there is none of that id. Rejects when nobody can say. */
  of(id: string, signal: AbortSignal): Promise<KeptCallback | undefined>;
  /** What the carrier tells of somebody who is called back. Written in the background; never throws. */
  status(told: PersonStatus): void;
  /** They have answered and talk with somebody: the promise is kept. Written in the background; never throws. */
  connected(id: string): void;
  /** Dials those that are due now, as it does every few seconds by itself. Never rejects. */
  look(): Promise<void>;
  /** Dials nobody any more; what is under way has so long. Never rejects. */
  close(withinMs: number): Promise<void>;
}

/** People read it beside the number and the promise. */
const OPTED_OUT = 'they have asked since not to be called any more';

const LOOK_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 3_600_000;

/** `rehearsal`: promises to simulated callers are kept apart from those to real ones. */
export const openCallbacks = ({
  database,
  rehearsal,
  ...options
}: CallbacksOptions & {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly rehearsal: boolean;
}): Callbacks => callbacksIn(createCallbackStore(database, rehearsal), () => database.ready(), options);

/** `ready`: resolves once the database answers. */
export function callbacksIn(
  store: CallbackStore,
  ready: () => Promise<void>,
  { control, guard, nobodyThere, optOuts, clock, log }: CallbacksOptions,
): Callbacks {
  const untold = untoldCallbacks(log);
  const closed = new AbortController();
  let state: 'unasked' | 'there' | 'away' = 'unasked';
  let looking: Promise<void> | undefined;
  const stops = [
    clock.every(LOOK_EVERY_MS, () => void look()),
    clock.every(SWEEP_EVERY_MS, () => void store.sweep(clock.epochMs()).catch(() => undefined)),
  ];

  function look(): Promise<void> {
    if (closed.signal.aborted) return Promise.resolve();
    return (looking ??= lookOnce().finally(() => {
      looking = undefined;
    }));
  }

  async function lookOnce(): Promise<void> {
    try {
      if (state !== 'there') await ready();
      await untold.write();
      await giveUp();
      await dialAll();
      if (state === 'away') log.info('the database says again who is to be called back');
      state = 'there';
    } catch (thrown) {
      wentAway(thrown);
    }
  }

  function wentAway(thrown: unknown): void {
    if (state !== 'away')
      log.warn(
        { reason: messageOf(thrown) },
        'the database does not say who is to be called back: nobody is until it comes back',
      );
    state = 'away';
  }

  async function giveUp(): Promise<void> {
    for (const callback of await store.giveUpLost(clock.epochMs(), LOST))
      tellOf(log, callback, { is: 'in-doubt', cause: LOST });
    for (const callback of await store.giveUpOverdue(clock.epochMs(), OVERDUE))
      tellOf(log, callback, { is: 'failed', cause: OVERDUE });
    for (const callback of await store.giveUpTooOften(clock.epochMs(), TOO_OFTEN))
      tellOf(log, callback, { is: 'failed', cause: TOO_OFTEN });
  }

  async function dialAll(): Promise<void> {
    while (!closed.signal.aborted) {
      const callback = await store.claim(clock.epochMs());
      if (!callback) return;
      const { fate, legId } = await dial(callback);
      settleSoon(callback, callback.attempts, fate, legId);
      await untold.write();
      // The carrier is away: the others are not tried in vain.
      if (fate.is === 'due') return;
    }
  }

  /** The attempt is written down by now. */
  async function dial(callback: KeptCallback): Promise<{ fate: Fate; legId?: CallId }> {
    const { id, to, from, attempts } = callback;
    try {
      const words = guard(to, from) ?? nobodyThere(callback);
      refuse(words ?? ((await hasOptedOut(to)) ? OPTED_OUT : undefined));
      const errand = { is: 'callback', of: id, attempt: attempts } as const;
      const legId = await control.place({ to, from, ringS: RING_S, errand });
      return { fate: { is: 'dialling', leaseMs: LEASE_MS }, legId };
    } catch (thrown) {
      return { fate: fateOfRefusal(thrown) };
    }
  }

  /** Nobody has been called yet: while it cannot be known, it is as if the carrier were away. */
  const hasOptedOut = (to: PhoneNumber): Promise<boolean> =>
    optOuts.has(to, closed.signal).catch((thrown: unknown) => {
      throw new LivelineError('CARRIER_UNREACHABLE', `not asked: ${messageOf(thrown)}`, { cause: thrown });
    });

  /** Told to people only where it counts: another process may have heard of it before. */
  function settleSoon(callback: KeptCallback, attempt: number, fate: Fate, legId?: CallId): void {
    untold.add(callback.id, async () => {
      if (await store.settle(callback.id, attempt, fate, clock.epochMs(), legId)) tellOf(log, callback, fate);
    });
  }

  function writeSoon(): void {
    untold.write().catch(wentAway);
  }

  return {
    mayCall: (to, from) => guard(to, from) === undefined,

    async promise(callback, key, signal) {
      refuse(guard(callback.to, callback.from));
      try {
        return await unlessAborted(signal, store.insert(callback, key));
      } catch (thrown) {
        signal.throwIfAborted();
        throw new LivelineError(
          'DATABASE_UNAVAILABLE',
          `a callback could not be written down: ${messageOf(thrown)}`,
          { cause: thrown },
        );
      }
    },

    of: (id, signal) => unlessAborted(signal, store.get(id)),

    status({ id: legId, errand, status }) {
      untold.add(errand.of, async () => {
        const callback = await store.get(errand.of);
        const fate = callback && fateByStatus(status, callback);
        if (!fate || callback.attempts !== errand.attempt) return;
        if (await store.settle(callback.id, errand.attempt, fate, clock.epochMs(), legId))
          tellOf(log, callback, fate);
      });
      writeSoon();
    },

    connected(id) {
      untold.add(id, async () => {
        const callback = await store.get(id);
        if (callback && (await store.settle(id, callback.attempts, { is: 'done' }, clock.epochMs())))
          tellOf(log, callback, { is: 'done' });
      });
      writeSoon();
    },

    look,

    async close(withinMs) {
      closed.abort();
      for (const stop of stops) stop();
      const late = Promise.withResolvers<undefined>();
      const stopLate = clock.after(withinMs, () => late.resolve(undefined));
      const rest = (looking ?? Promise.resolve()).then(() => untold.write()).catch(() => undefined);
      await Promise.race([rest, late.promise]);
      stopLate();
    },
  };
}

function refuse(words: string | undefined): void {
  if (words !== undefined) throw new LivelineError('DIAL_REFUSED', words);
}
