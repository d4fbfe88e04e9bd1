// The laws of a caller's world; each broken one is told once, in words. Looks on, and changes nothing.
import { callId } from '../../../src/base/ids.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import type { Verb } from '../../../src/carrier/webhooks.ts';
import { isThereAt } from '../../../src/ivr/plan-of.ts';
import type { Reached } from '../../doubles/fake-control.ts';
import { CALLER } from '../routes-rig.ts';
import type { Carrier } from './carrier.ts';
import { isOver, type Leg } from './leg.ts';
import { MUSIC_MS } from './pace.ts';
import type { Office } from './profiles.ts';
import type { WorldClock } from './world-clock.ts';

/** What is late in this model: a status at most, and a request at the carrier; the issue's own bound for the rest. */
const NEWS_MS = 10_000 + 3_000;
const RETRIES_MS = 22_500;
const ALONE_MS = 20_000 + NEWS_MS;
/** Of what was lost the carrier's next question tells; what failed is tried again. */
const UNSURE_MS = ALONE_MS + MUSIC_MS + RETRIES_MS;
/** Besides the time that it rings. */
const BRIEFING_MS = 60_000;

export class Laws {
  readonly broken: string[] = [];
  readonly #clock: WorldClock;
  readonly #office: Office;
  /** Something was lost, or failed, since then: who waits is told later, by the next question or the deadline. */
  #unsureMs = -Infinity;

  constructor(clock: WorldClock, office: Office) {
    this.#clock = clock;
    this.#office = office;
  }

  break(law: string): void {
    this.broken.push(`${law} (${Math.round(this.#clock.nowMs() / 1_000)} s)`);
  }

  unsure(): void {
    this.#unsureMs = this.#clock.nowMs();
  }

  given(leg: Leg, verb: Verb): void {
    if (verb.do === 'dial' || verb.do === 'refer') this.dials(verb.to, verb.do);
    // On the ladder, and from the menu, they are told where they go.
    const isGoing = verb.do === 'dial' || verb.do === 'refer' || verb.do === 'hold' || verb.do === 'queue';
    if (isGoing && verb.say === undefined && verb.step !== leg.step) {
      if (!leg.isSent) this.break(`8: ${leg.id} gets ${verb.do}, and nobody wanted it`);
      leg.isSent = false;
    }
    const { errand } = leg;
    if (verb.do === 'join' && verb.conference !== `${errand?.of}-${errand?.attempt}`)
      this.break(`8: ${leg.id} joins ${verb.conference}, for which they were not called`);
    const isMute = verb.do === 'hang-up' || (verb.do === 'say-and-hang-up' && verb.text.trim() === '');
    if (leg.is === 'caller' && isMute && leg.credits.size === 0)
      this.break(`2: ${leg.id} is hung up without a word, from ${leg.place.at}`);
  }

  placed({ to, errand }: Placed): void {
    if (errand.is === 'callback' ? to !== CALLER : true) this.dials(to, `place for ${errand.is}`);
  }

  dials(to: string, by: string): void {
    const { profile, refused } = this.#office;
    const destination = profile.destinations.find((one) => one.to === to);
    if (!destination) return this.break(`3: ${by}: ${to} is no destination`);
    if (refused.has(to)) this.break(`3: ${by}: ${to} must not be dialled`);
    if (!isThereAt(destination, profile, this.#clock.epochMs())) this.break(`3: ${by}: ${to} is closed`);
  }

  /** By REST. */
  takesOut(carrier: Carrier, reached: Exclude<Reached, { do: 'place' }>): void {
    const { id } = reached;
    const leg = carrier.legs.get(id);
    if (!leg) return;
    if (carrier.meetings.isTalk(leg)) this.break(`7: a talk of ${leg.is} ${id} is broken`);
    if (reached.do === 'take-back' && leg.step !== reached.step)
      this.break(`7: ${id} is taken out of ${leg.place.at}, which came later`);
  }

  /** Whenever all is quiet. */
  look(carrier: Carrier): void {
    const now = this.#clock.nowMs();
    for (const leg of carrier.legs.values()) this.#ringsForNobody(carrier, leg);
    for (const [name, { legs, aloneMs }] of carrier.meetings.conferences) {
      const [leg, ...others] = legs;
      if (!leg || others.length > 0) continue;
      const company = [...carrier.legs.values()].filter((one) => isFor(one, leg, name));
      const isExpected = leg.is === 'caller' && company.some((one) => !isOver(one));
      const sinceMs = Math.max(aloneMs, ...company.map(({ changedMs }) => changedMs));
      const isUnsure = this.#unsureMs > aloneMs - UNSURE_MS || (leg.is === 'caller' && company.length === 0);
      const ringMs = Math.max(60_000, ...company.map(({ ringS }) => ringS * 1_000));
      const atMostMs = leg.is === 'caller' ? UNSURE_MS + ringMs + BRIEFING_MS : UNSURE_MS;
      if (now - aloneMs > atMostMs || (!isExpected && !isUnsure && now - sinceMs > ALONE_MS))
        this.break(`4: ${leg.is} ${leg.id} sits alone in ${name} for ${(now - aloneMs) / 1_000} s`);
    }
  }

  #ringsForNobody(carrier: Carrier, { errand, place, id, changedMs }: Leg): void {
    if (errand?.is !== 'transfer' || place.at !== 'ringing') return;
    const caller = carrier.legs.get(callId(errand.of));
    if (!caller || !isOver(caller)) return;
    const sinceMs = Math.max(caller.changedMs, changedMs);
    const isUnsure = this.#unsureMs > sinceMs - RETRIES_MS;
    if (!isUnsure && this.#clock.nowMs() - sinceMs > NEWS_MS) this.break(`4: ${id} rings for nobody`);
  }
}

const isFor = ({ errand }: Leg, leg: Leg, conference: string): boolean =>
  errand?.is === 'transfer' && errand.of === leg.id && conference === `${leg.id}-${errand.attempt}`;
