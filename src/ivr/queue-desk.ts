// The desk of a queue: when somebody is first in it, the person it is for is called, asked, and connected. One call at a time
// for each queue, over all processes; not while they talk.
import type { Profile } from '../agents/profile.ts';
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { CallStatus, Errand, PersonQuestion, PersonStatus, Verb } from '../carrier/webhooks.ts';
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
  /** Where somebody waits, by their own call: the queue keeps the name of a profile that was renamed since. */
  readonly placeOf?: (first: CallId) => { readonly profile: Profile; readonly name: string } | undefined;
  /** Whether a call goes on, by the carrier. Rejects when nobody can say. Left out: nobody ever can. */
  readonly isOn?: ((id: CallId) => Promise<boolean>) | undefined;
  /** Somebody takes the caller for whom they were called, if that one still waits. Told once, by one of all processes. */
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
/** While they talk the desk is held for so long at a time: if nobody tells that they are done, it is free soon all the same. */
const HELD_MS = 300_000;
const HELD_AGAIN_AFTER_MS = 240_000;
/** Somebody who takes the first of an empty queue hears so after 5 s, which a talk of 5 s may be as well. */
const NOBODY_CAME_MS = 10_000;
const CLAIMED_WITHIN_MS = 1_000;
const OVER: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

interface Place {
  readonly profile: Profile;
  readonly destination: Destination;
}

interface Talk {
  readonly sinceMs: number;
  readonly stopTimer: StopTimer;
}

export class QueueDesk {
  readonly #options: QueueDeskOptions;
  /** Of people who have taken somebody here, by their call. */
  readonly #talks: ExpiringMap<CallId, Talk>;

  constructor(options: QueueDeskOptions) {
    this.#options = options;
    this.#talks = new ExpiringMap(options.clock, TALK_LASTS_AT_MOST_MS);
  }

  /** Somebody is first in the queue that they wait in. */
  callFor(route: Route, { destinations }: Plan): void {
    const { where, profile } = route;
    const destination =
      where.at === 'queued' ? destinations.find(({ name }) => name === where.destination) : undefined;
    if (!destination || !this.#options.mayDial(destination.to)) return;
    void this.#call(queueName(profile, destination.name), destination, route);
  }

  /** Undefined: there is no such queue (any more). */
  asks({ errand, call, outcome }: PersonQuestion): Verb | undefined {
    const { queue, first } = forWhom(errand);
    const place = this.#placeOf(queue) ?? this.#placeOfWhoWaits(first);
    const words = place && spoken(place.profile.language);
    if (outcome.of === 'over') {
      const talk = this.#talks.get(call.id);
      const mayHaveTalked = talk && this.#options.clock.nowMs() - talk.sinceMs > NOBODY_CAME_MS;
      void this.#isFree(queue, call.id);
      return words && (mayHaveTalked ? { do: 'hang-up' } : { do: 'say-and-hang-up', ...words.callerGone() });
    }
    if (!place || !words) return undefined;
    if (outcome.of === 'answered')
      return {
        do: 'ask-key',
        say: [words.personQueue(place.destination.spoken), words.personKeys()],
        withinS: KEY_WITHIN_S,
        of: { errand },
      };
    if (outcome.digits !== ACCEPTS) return { do: 'say-and-hang-up', ...words.goodbye() };
    void this.#isTaken(queue, call.id, () => first && this.#options.onTaken(first, place.destination));
    return { do: 'take-from-queue', queue, errand };
  }

  status({ id, errand, status }: PersonStatus): void {
    if (OVER.has(status)) void this.#isFree(forWhom(errand).queue, id);
  }

  /** `tell`: once, over all processes, unless nobody can say whether it was done. */
  async #isTaken(queue: string, person: CallId, tell: () => void): Promise<void> {
    const { clock, log } = this.#options;
    // Asked again, perhaps when their talk is long over.
    if (this.#talks.get(person)) return;
    this.#talks.set(person, { sinceMs: clock.nowMs(), stopTimer: () => undefined });
    if (!(await this.#isNew(`taken by ${person}`))) return;
    log.info({ queue, personCallId: person }, 'the first of a queue is taken');
    tell();
    this.#holdWhileTheyTalk(queue, person);
  }

  /** What is told of the end of a talk may be lost: the carrier is asked whether they still do. */
  #holdWhileTheyTalk(queue: string, person: CallId): void {
    const { clock, store, isOn } = this.#options;
    const talk = this.#talks.get(person);
    if (!talk) return;
    store.hold(claimOf(queue), HELD_MS);
    const stopTimer = clock.after(HELD_AGAIN_AFTER_MS, () => {
      // A carrier that cannot be asked calls nobody either.
      void isOn?.(person)
        .catch(() => true)
        .then((still) => still && this.#holdWhileTheyTalk(queue, person));
    });
    this.#talks.set(person, { ...talk, stopTimer });
  }

  /** Told more than once, and late: only the first counts. Also a mailbox that picks up is not rung again at once. */
  async #isFree(queue: string, person: CallId): Promise<void> {
    const talk = this.#talks.take(person);
    talk?.stopTimer();
    if (!(await this.#isNew(`over with ${person}`))) return;
    const hasTalked = !(await this.#isNew(`taken by ${person}`)) || talk !== undefined;
    this.#options.store.hold(claimOf(queue), hasTalked ? AFTER_TALK_MS : PAUSE_MS);
  }

  /** True for the first who asks of all processes; and where nobody can say: better twice than never. */
  #isNew(name: string): Promise<boolean> {
    return this.#options.store
      .claim(name, TALK_LASTS_AT_MOST_MS, AbortSignal.timeout(CLAIMED_WITHIN_MS))
      .catch(() => true);
  }

  async #call(queue: string, { to, ringS, name }: Destination, route: Route): Promise<void> {
    const { store, control, log } = this.#options;
    const { callId } = route;
    try {
      const forMs = ringS * 1_000 + PAUSE_MS;
      if (!(await store.claim(claimOf(queue), forMs, AbortSignal.timeout(CLAIMED_WITHIN_MS)))) return;
      await control.place({ to, from: ours(route), ringS, errand: errandFor(queue, callId) });
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

  #placeOfWhoWaits(first: CallId | undefined): Place | undefined {
    const where = first && this.#options.placeOf?.(first);
    const destination = where?.profile.destinations.find(({ name }) => name === where.name);
    return where && destination && { profile: where.profile, destination };
  }
}

/** Who was first in the queue for which they were called. */
export const firstOf = (errand: Errand): CallId | undefined => forWhom(errand).first;

/** With who was first when they were called, so that whichever process is asked knows it. */
const errandFor = (queue: string, first: CallId): Errand => ({
  ...{ is: 'queue', of: `${queue} ${first}`, attempt: 1 },
});

function forWhom({ of }: Errand): { readonly queue: string; readonly first: CallId | undefined } {
  const [, queue, first] = /^(.*) (\S+)$/su.exec(of) ?? [];
  return queue === undefined || first === undefined
    ? { queue: of, first: undefined }
    : { queue, first: callId(first) };
}

const claimOf = (queue: string): string => `queue ${queue}`;
