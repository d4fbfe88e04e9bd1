// Callers who were promised a call, and get it: asked whether they are there, then sent on as if they had just called.
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { CarrierCall, PersonQuestion, PersonStatus, Verb } from '../carrier/webhooks.ts';
import type { CallbackBook, PromisedCallback } from '../tools/callbacks.ts';
import { ours, theirs, type Answer, type View } from './answer.ts';
import { spokenName } from './go-to.ts';
import { ACCEPTS, KEY_WITHIN_S } from './person.ts';
import type { Route } from './route.ts';
import { spoken } from './spoken.ts';
import { goOrElse } from './unreached.ts';

/** Who keeps the promises. */
export interface CallbackKeeper extends CallbackBook {
  /** Whether this number may be promised anything. */
  mayCall(to: PhoneNumber, from: PhoneNumber): boolean;
  /** Undefined: there is none of that id, or it is no longer open. Rejects when nobody can say. */
  of(id: string, signal: AbortSignal): Promise<PromisedCallback | undefined>;
  /** They are there, and are being connected. */
  connected(id: string): void;
  status(status: PersonStatus): void;
}

export interface CalledBackOptions {
  readonly callbacks?: CallbackKeeper | undefined;
  readonly profileNamed: (name: string) => Profile | undefined;
  /** Who answers this number now. */
  readonly profileOf: (call: CarrierCall) => Profile | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a caller goes who has been called back. */
export interface Connect {
  readonly profile: Profile;
  readonly go: (route: Route, view: View) => Answer;
}

/** From a queue: when the next place in it would have been theirs is not known, so it is not long. */
export const FROM_QUEUE_AFTER_MS = 15 * 60_000;
const WRITTEN_WITHIN_MS = 2_000;
const READ_WITHIN_MS = 2_000;

export class CalledBack {
  readonly #options: CalledBackOptions;

  constructor(options: CalledBackOptions) {
    this.#options = options;
  }

  async asks({ call, errand, outcome }: PersonQuestion): Promise<Verb | Connect> {
    const { callbacks, profileNamed } = this.#options;
    if (outcome.of === 'over') return { do: 'hang-up' };
    const promised = await this.#promised(errand.of);
    const anyWords = spoken(this.#languageOf(call));
    if (promised === 'unknown') return { do: 'say-and-hang-up', ...anyWords.apology() };
    const profile = promised && profileNamed(promised.profile);
    if (!promised || !profile) return { do: 'say-and-hang-up', ...anyWords.callbackGone() };
    const words = spoken(profile.language);
    const { destination } = promised;
    const name = profile.destinations.find((one) => one.name === destination)?.spoken ?? destination;
    if (outcome.of === 'answered')
      return {
        do: 'ask-key',
        say: [words.callbackGreeting(profile.name, name)],
        withinS: KEY_WITHIN_S,
        of: { errand },
      };
    // Nobody, or a machine.
    if (outcome.digits !== ACCEPTS) return { do: 'say-and-hang-up', ...words.goodbye() };
    callbacks?.connected(errand.of);
    const matter = { reason: promised.reason, briefing: promised.reason };
    return {
      profile,
      go: (route, view) =>
        goOrElse({ ...route, matter }, destination, words.connecting(spokenName(destination, view)), view),
    };
  }

  /** Of whoever would answer if they called us. */
  #languageOf({ from, to, ...call }: CarrierCall): string {
    const theirs: CarrierCall = { ...call, from: to, to: from, direction: 'inbound' };
    return this.#options.profileOf(theirs)?.language ?? 'en-US';
  }

  /** `unknown`: nobody can say; they are called again, as one who did not answer. */
  async #promised(id: string): Promise<PromisedCallback | 'unknown' | undefined> {
    const { callbacks, log } = this.#options;
    try {
      return await callbacks?.of(id, AbortSignal.timeout(READ_WITHIN_MS));
    } catch (thrown) {
      log.error(
        { callback: id, reason: messageOf(thrown) },
        'who is called back could not be looked up when they answered; they heard an apology',
      );
      return 'unknown';
    }
  }

  /** True once it is written down. */
  async promise(route: Route): Promise<boolean> {
    const { callbacks, clock, log } = this.#options;
    const { where, callId, profile, matter } = route;
    const to = parsePhoneNumber(theirs(route));
    const from = parsePhoneNumber(ours(route));
    if (!callbacks || where.at !== 'queued' || to === undefined || from === undefined) return false;
    try {
      const done = await callbacks.promise(
        {
          ...{ callId, profile, to, from, destination: where.destination },
          dueEpochMs: clock.epochMs() + FROM_QUEUE_AFTER_MS,
          reason: matter?.reason ?? '',
        },
        `${callId} queue ${where.destination}`,
        AbortSignal.timeout(WRITTEN_WITHIN_MS),
      );
      if (done === 'too-often')
        log.warn(
          { callId },
          'a callback was not promised, as the number was called too often in a day; the caller waits on',
        );
      return done !== 'too-often';
    } catch (thrown) {
      log.error(
        { callId, reason: messageOf(thrown) },
        'a callback could not be promised; the caller waits on',
      );
      return false;
    }
  }
}
