// The laws of a caller's world; each broken one is told once, in words. Looks on, and changes nothing.
import { callId, type CallId } from '../../../src/base/ids.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import type { Verb } from '../../../src/carrier/webhooks.ts';
import { BRIEFING_LASTS_AT_MOST_MS } from '../../../src/ivr/go-to.ts';
import { LOST_AFTER_MS } from '../../../src/ivr/lost-waiters.ts';
import { isThereAt } from '../../../src/ivr/plan-of.ts';
import type { Reached } from '../../doubles/fake-control.ts';
import { CALLER } from '../routes-rig.ts';
import type { Carrier } from './carrier.ts';
import { isOver, type Leg } from './leg.ts';
import { MUSIC_MS } from './pace.ts';
import type { Office } from './office.ts';
import type { WorldClock } from './world-clock.ts';

/** What is late in this model: a status at most, and a request at the carrier; the issue's own bound for the rest. */
const NEWS_MS = 10_000 + 3_000;
const RETRIES_MS = 22_500;
const ALONE_MS = 20_000 + NEWS_MS;
/** Of what was lost the carrier's next question tells; what failed is tried again. */
const UNSURE_MS = ALONE_MS + MUSIC_MS + RETRIES_MS;
/** Whoever is connected for less has talked with nobody. */
const TALK_MS = 5_000;

export class Laws {
  readonly broken: string[] = [];
  readonly #clock: WorldClock;
  readonly #office: Office;
  /** Something was lost, or failed, since then: who waits is told later, by the next question or the deadline. */
  #unsureMs = -Infinity;

  /** The last verb with which each was sent somewhere. */
  readonly #wentAt = new Map<CallId, number>();
  readonly #isOfTwoMinds: (id: CallId) => boolean;

  /** `isOfTwoMinds`: processes that could not read what the other wrote have decided of this call. */
  constructor(clock: WorldClock, office: Office, isOfTwoMinds: (id: CallId) => boolean) {
    this.#clock = clock;
    this.#office = office;
    this.#isOfTwoMinds = isOfTwoMinds;
  }

  break(law: string): void {
    this.broken.push(`${law} (${Math.round(this.#clock.nowMs() / 1_000)} s)`);
  }

  unsure(): void {
    this.#unsureMs = this.#clock.nowMs();
  }

  /** `caller`: for whom this person was called. */
  given(leg: Leg, verb: Verb, caller: Leg | undefined): void {
    if ((verb.do === 'dial' || verb.do === 'refer') && !this.#isOfTwoMinds(leg.id))
      this.dials(verb.to, verb.do);
    // On the ladder, and from the menu, they are told where they go.
    const isGoing = verb.do === 'dial' || verb.do === 'refer' || verb.do === 'hold' || verb.do === 'queue';
    // A request at the carrier that comes late has it ask again, and it is given the same again.
    const isAgain = isGoing && verb.step <= (this.#wentAt.get(leg.id) ?? 0);
    if (isGoing) this.#wentAt.set(leg.id, verb.step);
    if (isGoing && verb.say === undefined && !isAgain) {
      if (!leg.isSent && !this.#isOfTwoMinds(leg.id))
        this.break(`8: ${leg.id} gets ${verb.do}, and nobody wanted it`);
      leg.isSent = false;
    }
    const { errand } = leg;
    if (verb.do === 'join' && verb.conference !== `${errand?.of}-${errand?.attempt}`)
      this.break(`8: ${leg.id} joins ${verb.conference}, for which they were not called`);
    if (verb.do === 'join' && !leg.credits.has('accepts'))
      this.break(`8: ${leg.id} joins, and has not said that they will`);
    const isTooLate = caller && isOver(caller) && caller.changedMs < this.#clock.nowMs();
    if (verb.do === 'join' && isTooLate && !this.#isOfTwoMinds(leg.id))
      this.break(`8: ${leg.id} joins a caller who is gone`);
    const isMute = verb.do === 'hang-up' || (verb.do === 'say-and-hang-up' && verb.text.trim() === '');
    if (leg.is === 'caller' && isMute && leg.credits.size === 0)
      this.break(`2: ${leg.id} is hung up without a word, from ${leg.place.at}`);
  }

  placed({ to, errand }: Placed): void {
    if (errand.is === 'callback' ? to !== CALLER : true) this.dials(to, `place for ${errand.is}`);
  }

  dials(to: string, by: string): void {
    const whose = this.#office.whose(to);
    if (whose.length === 0) return this.break(`3: ${by}: ${to} is no destination`);
    if (this.#office.refused.has(to)) this.break(`3: ${by}: ${to} must not be dialled`);
    const atMs = this.#clock.epochMs();
    if (!whose.some(({ destination, profile }) => isThereAt(destination, profile, atMs)))
      this.break(`3: ${by}: ${to} is closed`);
  }

  /** By REST. */
  takesOut(carrier: Carrier, reached: Exclude<Reached, { do: 'place' }>): void {
    const { id } = reached;
    const leg = carrier.legs.get(id);
    if (!leg || isOver(leg) || this.#isOfTwoMinds(id)) return;
    if (carrier.meetings.isTalk(leg)) this.break(`7: a talk of ${leg.is} ${id} is broken`);
    if (reached.do === 'take-back' && leg.step !== reached.step)
      this.break(`7: ${id} is taken out of ${leg.place.at}, which came later`);
  }

  /** Whenever all is quiet. `isTold`: the process that has the agent of this call has heard all that was told of it. */
  look(carrier: Carrier, isTold: (leg: Leg) => boolean): void {
    const now = this.#clock.nowMs();
    for (const leg of carrier.legs.values()) {
      this.#ringsForNobody(carrier, leg);
      this.#isKept(carrier, leg, isTold);
    }
    for (const [name, { legs, aloneMs }] of carrier.meetings.conferences) {
      const [leg, ...others] = legs;
      if (!leg || others.length > 0) continue;
      const company = [...carrier.legs.values()].filter((one) => isFor(one, leg, name));
      const isExpected = leg.is === 'caller' && company.some((one) => !isOver(one));
      const sinceMs = Math.max(aloneMs, ...company.map(({ changedMs }) => changedMs));
      const isSure = this.#isSureSince(Math.min(aloneMs, ...company.map(({ bornMs }) => bornMs)) - UNSURE_MS);
      const ringMs = Math.max(isSure ? 0 : 60_000, ...company.map(({ ringS }) => ringS * 1_000));
      const waitsMs = ringMs + BRIEFING_LASTS_AT_MOST_MS + NEWS_MS;
      const atMostMs = leg.is === 'caller' && company.length > 0 ? waitsMs : 0;
      const isLong = isSure
        ? now - aloneMs > Math.max(ALONE_MS, atMostMs)
        : now - Math.max(aloneMs, this.#unsureMs) > LOST_AFTER_MS + UNSURE_MS + waitsMs;
      if (isLong || (!isExpected && isSure && now - sinceMs > ALONE_MS))
        this.break(`4: ${leg.is} ${leg.id} sits alone in ${name} for ${(now - aloneMs) / 1_000} s`);
    }
  }

  /** Rings, or is told of a caller, who is not there any more. */
  #ringsForNobody(carrier: Carrier, { errand, place, id, changedMs, bornMs }: Leg): void {
    if (errand?.is !== 'transfer' || (place.at !== 'ringing' && place.at !== 'keys')) return;
    const caller = carrier.legs.get(callId(errand.of));
    if (!caller || isWaitingFor(caller, errand.attempt) || !this.#isSureSince(bornMs - UNSURE_MS)) return;
    if (this.#clock.nowMs() - Math.max(caller.changedMs, changedMs) > NEWS_MS)
      this.break(`4: ${id} rings for nobody`);
  }

  #isKept(carrier: Carrier, leg: Leg, isTold: (leg: Leg) => boolean): void {
    const { place } = leg;
    if (leg.is !== 'caller' || (place.at !== 'dial' && place.at !== 'conference')) return;
    const sinceMs =
      place.at === 'dial' ? place.sinceMs : carrier.meetings.conferences.get(place.name)?.sinceMs;
    if (sinceMs === undefined || this.#clock.nowMs() - sinceMs <= TALK_MS + NEWS_MS) return;
    if (this.#isSureSince(leg.changedMs - UNSURE_MS) && isTold(leg))
      this.break(`9: the agent of ${leg.id} is kept, who talks to a person`);
  }

  #isSureSince(atMs: number): boolean {
    return this.#unsureMs <= atMs;
  }
}

const isWaitingFor = ({ place, id }: Leg, attempt: number): boolean =>
  place.at === 'asking' || (place.at === 'conference' && place.name === `${id}-${attempt}`);
const isFor = ({ errand }: Leg, leg: Leg, conference: string): boolean =>
  errand?.is === 'transfer' && errand.of === leg.id && conference === `${leg.id}-${errand.attempt}`;
