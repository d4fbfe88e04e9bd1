// The desk of a queue: when somebody is first in it, the person it is for is called, asked, and connected. One call at a time
// for each queue, over all processes; not while they talk.
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { CallStatus, PersonQuestion, PersonStatus, Verb } from '../carrier/webhooks.ts';
import { ours } from './answer.ts';
import { queueName } from './go-to.ts';
import { ACCEPTS, KEY_WITHIN_S } from './person.ts';
import type { Destination, Plan } from './plan.ts';
import type { RouteStore } from './route-store.ts';
import type { Route } from './route.ts';
import { spoken } from './spoken.ts';

export interface QueueDeskOptions {
  readonly store: RouteStore;
  readonly control: CallControl;
  readonly profiles: () => readonly Profile[];
  readonly mayDial: (to: string) => boolean;
  /** Somebody takes the caller who was first. */
  readonly onTaken: (first: CallId, destination: Destination) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who did not come to the phone is not rung again at once. */
const PAUSE_MS = 30_000;
/** After a talk: time for a note. */
const AFTER_TALK_MS = 5_000;
/** Longer than any talk: after four hours Twilio ends a call by itself (Twilio docs, Calls resource, TimeLimit). */
const TALK_LASTS_AT_MOST_MS = 4 * 3_600_000;
const CLAIMED_WITHIN_MS = 1_000;
const OVER: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

interface Place {
  readonly profile: Profile;
  readonly destination: Destination;
}

export class QueueDesk {
  readonly #options: QueueDeskOptions;
  /** By queue. */
  readonly #first = new Map<string, CallId>();
  /** The calls to people who have taken somebody. */
  readonly #takers: ExpiringMap<CallId, true>;

  constructor(options: QueueDeskOptions) {
    this.#options = options;
    this.#takers = new ExpiringMap(options.clock, TALK_LASTS_AT_MOST_MS);
  }

  /** Somebody is first in the queue that they wait in. */
  callFor(route: Route, { destinations }: Plan): void {
    const { where, profile, callId } = route;
    const destination =
      where.at === 'queued' ? destinations.find(({ name }) => name === where.destination) : undefined;
    if (!destination || !this.#options.mayDial(destination.to)) return;
    const queue = queueName(profile, destination.name);
    this.#first.set(queue, callId);
    void this.#call(queue, destination, route);
  }

  /** Undefined: there is no such queue (any more). */
  asks({ errand, call, outcome }: PersonQuestion): Verb | undefined {
    const place = this.#placeOf(errand.of);
    if (outcome.of === 'over') this.#isFree(errand.of, call.id);
    if (place === undefined || outcome.of === 'over') return place && { do: 'hang-up' };
    const { destination, profile } = place;
    const words = spoken(profile.language);
    if (outcome.of === 'answered')
      return {
        do: 'ask-key',
        say: [words.personQueue(destination.spoken), words.personKeys()],
        withinS: KEY_WITHIN_S,
        of: { errand },
      };
    if (outcome.digits !== ACCEPTS) return { do: 'say-and-hang-up', ...words.goodbye() };
    const take: Verb = { do: 'take-from-queue', queue: errand.of, errand };
    // Asked again, perhaps when their talk is long over.
    if (this.#takers.get(call.id)) return take;
    this.#takers.set(call.id, true);
    this.#options.store.hold(claimOf(errand.of), TALK_LASTS_AT_MOST_MS);
    const first = this.#first.get(errand.of);
    if (first !== undefined) this.#options.onTaken(callId(first), destination);
    this.#options.log.info({ queue: errand.of, personCallId: call.id }, 'the first of a queue is taken');
    return take;
  }

  status({ id, errand, status }: PersonStatus): void {
    if (OVER.has(status)) this.#isFree(errand.of, id);
  }

  /** Also a mailbox that picks up, and whoever declines, is not rung again at once. */
  #isFree(queue: string, person: CallId): void {
    const hasTalked = this.#takers.get(person) === true;
    this.#options.store.hold(claimOf(queue), hasTalked ? AFTER_TALK_MS : PAUSE_MS);
  }

  async #call(queue: string, { to, ringS, name }: Destination, route: Route): Promise<void> {
    const { store, control, log } = this.#options;
    const { callId } = route;
    try {
      const forMs = ringS * 1_000 + PAUSE_MS;
      if (!(await store.claim(claimOf(queue), forMs, AbortSignal.timeout(CLAIMED_WITHIN_MS)))) return;
      await control.place({ to, from: ours(route), ringS, errand: { is: 'queue', of: queue, attempt: 1 } });
    } catch (thrown) {
      log.error(
        { callId, destination: name, reason: messageOf(thrown) },
        'nobody could be called for the first of a queue; it is tried again while they wait',
      );
    }
  }

  #placeOf(queue: string): Place | undefined {
    for (const profile of this.#options.profiles())
      for (const destination of profile.destinations)
        if (queueName(profile.name, destination.name) === queue) return { profile, destination };
    return undefined;
  }
}

const claimOf = (queue: string): string => `queue ${queue}`;
