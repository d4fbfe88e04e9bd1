// A carrier as Twilio is (Twilio docs, TwiML): gives each leg the verb that it is told to, and asks what is next. Left alone,
// nobody presses a key, nobody answers, and each verb comes to its end. Knows nothing of how its webhooks travel.
import { callId, type CallId } from '../../../src/base/ids.ts';
import { ACCEPTS } from '../../../src/ivr/person.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import type { CallStatus, Outcome, PersonQuestion, Question, Verb } from '../../../src/carrier/webhooks.ts';
import { CALLER, OURS } from '../routes-rig.ts';
import { isOver, isRinging, newLeg, overFor, type Leg, type NewLeg, type Place } from './leg.ts';
import { Meetings } from './meetings.ts';
import { leaves } from './leaving.ts';
import { MUSIC_MS, SAYS_MS, SILENCE_MS } from './pace.ts';
import type { Given, Webhooks } from './webhooks.ts';
import type { WorldClock } from './world-clock.ts';

export class Carrier {
  readonly meetings = new Meetings();
  readonly legs = new Map<CallId, Leg>();
  readonly #clock: WorldClock;
  readonly #webhooks: Webhooks;
  readonly #given: Given;
  readonly #dialsAfterMs: () => number;
  #children = 0;

  constructor(clock: WorldClock, webhooks: Webhooks, given: Given, dialsAfterMs: () => number) {
    this.#clock = clock;
    this.#webhooks = webhooks;
    this.#given = given;
    this.#dialsAfterMs = dialsAfterMs;
  }

  calls(id: CallId, from: string = CALLER): Leg {
    return this.#leg({ id, is: 'caller', call: { id, from, to: OURS, direction: 'inbound' } });
  }

  /** For whom this person was called. */
  callerOf({ errand }: Leg): Leg | undefined {
    return errand?.is === 'transfer' ? this.legs.get(callId(errand.of)) : undefined;
  }

  /** By our own word. */
  places(id: CallId, { to, from, ringS, errand }: Placed): Leg {
    const call = { id, from, to, direction: 'outbound' } as const;
    const is = errand.is === 'callback' ? 'caller' : 'person';
    const leg = this.#leg({ id, is, call, errand, ringS, place: { at: 'waiting-to-ring' } });
    this.#later(leg, this.#dialsAfterMs(), () => {
      this.#put(leg, { at: 'ringing' });
      this.#rings(leg);
    });
    return leg;
  }

  picksUp(leg: Leg): void {
    const { place } = leg;
    this.#webhooks.status(leg, 'in-progress');
    if (place.at !== 'dialled') return void this.askPerson(leg, { of: 'answered' });
    this.#put(place.by, { at: 'dial', other: leg, sinceMs: this.#clock.nowMs() });
  }

  /** Before they have picked up. */
  doesNotCome(leg: Leg, status: CallStatus): void {
    const { place } = leg;
    this.#over(leg, status);
    const result = status === 'busy' || status === 'no-answer' ? status : 'failed';
    if (place.at === 'dialled') void this.ask(place.by, { of: 'dial', result, talkedS: 0 });
  }

  hangsUp(leg: Leg): void {
    const last = this.#out(leg);
    this.#over(leg, 'completed');
    if (leg.is === 'caller' && last) void this.#webhooks.ask(this.#question(leg, last, 'completed'));
    if (leg.is === 'person' && last) void this.#webhooks.askPerson(overFor(leg, leg.errand!));
  }

  /** As `hangsUp`, but the conference that they were in stays. */
  slipsOut(leg: Leg): void {
    const { place } = leg;
    if (place.at !== 'conference') return;
    const others = this.meetings.conferences.get(place.name)?.legs.filter((one) => one !== leg) ?? [];
    this.meetings.slipOut(place.name, leg, this.#clock.nowMs());
    for (const one of [leg, ...others]) one.credits.add('talk');
    this.#over(leg, 'completed');
    if (leg.is === 'person' && leg.errand) void this.#webhooks.askPerson(overFor(leg, leg.errand));
  }

  /** By REST. */
  hangUp(id: CallId): void {
    const leg = this.legs.get(id);
    if (!leg || isOver(leg)) return;
    if (leg.place.at === 'ringing' || leg.place.at === 'waiting-to-ring') this.#over(leg, 'canceled');
    else this.hangsUp(leg);
  }

  takeBack(id: CallId, step: number): void {
    const leg = this.legs.get(id);
    if (!leg || isOver(leg)) return;
    this.#out(leg);
    leg.step = step;
    void this.ask(leg, { of: 'stream' });
  }

  async ask(leg: Leg, outcome: Outcome): Promise<void> {
    const turn = this.#put(leg, { at: 'asking' });
    const verb = await this.#webhooks.ask(this.#question(leg, outcome, 'in-progress'));
    if (leg.turn === turn) this.follow(leg, verb);
  }

  async askPerson(leg: Leg, outcome: PersonQuestion['outcome']): Promise<void> {
    const turn = this.#put(leg, { at: 'asking' });
    const call = { ...leg.call, status: 'in-progress' } as const;
    const verb = await this.#webhooks.askPerson({ call, errand: leg.errand!, outcome });
    if (leg.turn === turn) this.follow(leg, verb);
  }

  /** Asks what whoever waits shall hear. */
  async wait(leg: Leg, digits = ''): Promise<void> {
    const { place, turn, step } = leg;
    if (place.at !== 'queue' && place.at !== 'conference') return;
    const queue = this.meetings.queueOf(leg, this.#clock.nowMs());
    const verb = await this.#webhooks.wait({ callId: leg.id, step: step ?? 0, queue, digits });
    if (leg.turn !== turn) return;
    if (verb.do === 'leave-queue' && queue) {
      this.#out(leg);
      return void this.ask(leg, { of: 'queue', result: 'left', waitedS: queue.waitedS });
    }
    // In a conference it means nothing.
    if (verb.do !== 'music' && verb.do !== 'leave-queue')
      throw new Error(`somebody who waits is given ${verb.do}`);
    if (digits === '') this.#later(leg, MUSIC_MS, () => void this.wait(leg));
  }

  follow(leg: Leg, verb: Verb): void {
    this.#given(leg, verb);
    if ('step' in verb) leg.step = verb.step;
    else if (verb.do === 'ask-key' && 'step' in verb.of) leg.step = verb.of.step;
    const now = this.#clock.nowMs();
    switch (verb.do) {
      case 'hang-up':
        return this.#over(leg, 'completed');
      case 'say-and-hang-up':
        this.#put(leg, { at: 'saying' });
        return this.#later(leg, SAYS_MS, () => this.#over(leg, 'completed'));
      case 'stream':
        this.#put(leg, { at: 'stream' });
        return this.#webhooks.streamOpens(leg, verb.token);
      case 'dial':
        return this.#dials(leg, verb);
      case 'refer':
        this.#put(leg, { at: 'refer' });
        return this.#later(leg, SILENCE_MS, () => void this.ask(leg, { of: 'refer', result: 'refused' }));
      case 'hold':
      case 'join':
        this.#put(leg, { at: 'conference', name: verb.conference });
        this.meetings.enter(verb.conference, leg, now);
        return void (verb.do === 'hold' && this.wait(leg));
      case 'queue':
        this.#put(leg, { at: 'queue', name: verb.queue, sinceMs: now });
        this.meetings.queueUp(verb.queue, leg);
        return void this.wait(leg);
      case 'take-from-queue':
        return this.#takes(leg, verb.queue);
      case 'record':
        this.#put(leg, { at: 'record' });
        return this.#later(leg, SAYS_MS + SILENCE_MS, () => this.records(leg, 0));
      case 'ask-key':
        this.#put(leg, { at: 'keys' });
        return this.#later(leg, SAYS_MS + verb.withinS * 1_000, () => this.presses(leg, ''));
      case 'music':
      case 'leave-queue':
        throw new Error(`${leg.is} is given ${verb.do} without waiting`);
    }
  }

  presses(leg: Leg, digits: string): void {
    if (digits !== '') leg.credits.add('key');
    if (digits === ACCEPTS) leg.credits.add('accepts');
    const outcome = { of: 'keys', digits } as const;
    void (leg.errand && leg.step === undefined ? this.askPerson(leg, outcome) : this.ask(leg, outcome));
  }

  /** `seconds` 0: silence. */
  records(leg: Leg, seconds: number): void {
    if (seconds > 0) leg.credits.add('message');
    void this.ask(leg, { of: 'recording', id: seconds > 0 ? 'RE1' : undefined, seconds });
  }

  #dials(leg: Leg, { to, errand, ringS }: Extract<Verb, { do: 'dial' }>): void {
    const id = `CA${String(++this.#children).padStart(32, 'd')}` as CallId;
    const call = { id, from: leg.call.from, to, direction: 'outbound' } as const;
    const other = this.#leg({ id, is: 'dialled', call, errand, ringS, place: { at: 'dialled', by: leg } });
    this.#put(leg, { at: 'dial', other, sinceMs: undefined });
    this.#rings(other);
  }

  #rings(leg: Leg): void {
    this.#webhooks.status(leg, 'queued');
    this.#webhooks.status(leg, 'ringing');
    this.#later(leg, leg.ringS * 1_000, () => {
      if (isRinging(leg)) this.doesNotCome(leg, 'no-answer');
    });
  }

  #takes(leg: Leg, queue: string): void {
    const [first] = this.meetings.queues.get(queue) ?? [];
    if (!first) {
      this.#put(leg, { at: 'taking' });
      return this.#later(leg, SILENCE_MS, () => void this.askPerson(leg, { of: 'over' }));
    }
    this.meetings.unqueue(queue, first);
    const sinceMs = this.#clock.nowMs();
    const waitedS = first.place.at === 'queue' ? Math.floor((sinceMs - first.place.sinceMs) / 1_000) : 0;
    this.#put(first, { at: 'bridge', other: leg, sinceMs, waitedS });
    this.#put(leg, { at: 'bridge', other: first, sinceMs, waitedS });
  }

  /** Out of what it is in. What it would be asked with. */
  #out(leg: Leg): Outcome | undefined {
    const { outcome, left, over } = leaves(leg, this.meetings, this.#clock.nowMs());
    if (over) this.#over(over, isRinging(over) ? 'canceled' : 'completed');
    for (const one of left)
      void (one.leg.is === 'person'
        ? this.askPerson(one.leg, { of: 'over' })
        : this.ask(one.leg, one.outcome));
    return outcome;
  }

  #question(leg: Leg, outcome: Outcome, status: CallStatus): Question {
    return { call: { ...leg.call, status }, step: leg.step, outcome };
  }

  #over(leg: Leg, status: CallStatus): void {
    if (isOver(leg)) return;
    this.#put(leg, { at: 'over' });
    if (leg.errand) this.#webhooks.status(leg, status);
    if (leg.is === 'caller') this.#webhooks.callerIsOver(leg);
  }

  #leg(more: NewLeg): Leg {
    const leg = newLeg(more, this.#clock.nowMs());
    this.legs.set(leg.id, leg);
    return leg;
  }

  #put(leg: Leg, place: Place): number {
    leg.place = place;
    leg.changedMs = this.#clock.nowMs();
    return ++leg.turn;
  }

  #later(leg: Leg, inMs: number, then: () => void): void {
    const { turn } = leg;
    this.#clock.after(inMs, () => {
      if (leg.turn === turn) then();
    });
  }
}
