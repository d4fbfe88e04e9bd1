// The routes of all calls: each fact about one is decided by the pure tables beside this file, written down, and carried
// out. What a call without a route in memory needs is read from where routes are kept, so any process can answer.
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type {
  CarrierCall,
  PersonQuestion,
  PersonStatus,
  Question,
  Verb,
  Waiting,
} from '../carrier/webhooks.ts';
import { afterStream } from './after-stream.ts';
import type { Answer, RouteNotice, View } from './answer.ts';
import { CalledBack, type CallbackKeeper } from './called-back.ts';
import type { Departure, FallbackCause } from './departure.ts';
import { fallBack } from './fallback.ts';
import {
  callerIsOver,
  lookAgain,
  personAsks,
  personNotPlaced,
  personPlaced,
  personStatus,
} from './person.ts';
import { leftMessage, type LeftMessage } from './left-message.ts';
import { isThereAt, planOf } from './plan-of.ts';
import type { Plan } from './plan.ts';
import { QueueDesk } from './queue-desk.ts';
import type { RouteStore } from './route-store.ts';
import type { Route } from './route.ts';
import { RouteEffects, type RouteEffectsOptions } from './route-effects.ts';
import { spoken } from './spoken.ts';
import { waits, willBeCalledBack } from './waiting.ts';

/** What the agents' side does for a route; every method may be called for a call that is not here. */
export interface Agents {
  isHere(id: CallId): boolean;
  /** The stream is over, and nobody had let go of it: the agent waits for another, or gives up and says so by `depart`. */
  streamLost(id: CallId): void;
  /** A secret for the stream that the carrier is told to open. */
  mint(id: CallId): string;
  /** The caller comes back, in a stream that is about to open. */
  returned(id: CallId, told: string): void;
  /** The caller talks with a person. */
  handedOver(id: CallId): void;
}

export interface RoutesOptions extends RouteEffectsOptions {
  readonly store: RouteStore;
  readonly agents: Agents;
  /** As it is in force now; undefined: there is none of that name. */
  readonly profileNamed: (name: string) => Profile | undefined;
  /** Who would answer this call. */
  readonly profileOf: (call: CarrierCall) => Profile | undefined;
  readonly mayDial: (to: string) => boolean;
  readonly profiles: () => readonly Profile[];
  /** Left out: nobody keeps them, and none is offered. */
  readonly callbacks?: CallbackKeeper | undefined;
  /** The name of the sound that waiting callers hear. */
  readonly musicOf: (profile: string) => string;
  readonly notice: (notice: RouteNotice & { readonly callId: CallId; readonly atMs: number }) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A question that comes twice comes within seconds; whoever asks later than this asks about another call. */
const KEPT_AFTER_MS = 60_000;
/** After four hours Twilio ends a call by itself (Twilio docs, Calls resource, TimeLimit). */
const KEPT_MS = 5 * 3_600_000;
/** The carrier waits 15 s for an answer (Twilio docs, Webhooks), and the caller in silence. */
const LOADS_WITHIN_MS = 1_000;

export class Routes {
  readonly #options: RoutesOptions;
  readonly #effects: RouteEffects;
  readonly #queues: QueueDesk;
  readonly #calledBack: CalledBack;
  readonly #routes: ExpiringMap<CallId, Route>;
  readonly #over: ExpiringMap<CallId, Route>;

  constructor(options: RoutesOptions) {
    this.#options = options;
    this.#routes = new ExpiringMap(options.clock, KEPT_MS);
    this.#over = new ExpiringMap(options.clock, KEPT_AFTER_MS);
    this.#effects = new RouteEffects(options, {
      placed: (id, attempt, person) => this.#later(id, (route) => personPlaced(route, attempt, person)),
      notPlaced: (id, attempt) => this.#later(id, (route, view) => personNotPlaced(route, attempt, view)),
      over: (id) => this.over(id),
      wake: (id) => this.#later(id, lookAgain),
      isStillAt: async (id, step) => {
        await this.recall(id);
        return this.#known(id)?.step === step;
      },
    });
    this.#queues = new QueueDesk({
      ...options,
      onTaken: (first, destination) => {
        const route = this.#routes.get(first);
        if (route) this.#effects.pop(route, destination);
      },
    });
    this.#calledBack = new CalledBack(options);
  }

  /**
   * To be called before anything is asked about a call: what another process has decided of it meanwhile is read. Never
   * rejects.
   */
  async recall(id: CallId): Promise<void> {
    const { store, clock, log } = this.#options;
    const giveUp = new AbortController();
    const late = Promise.withResolvers<undefined>();
    const stop = clock.after(LOADS_WITHIN_MS, () => {
      giveUp.abort();
      late.resolve(undefined);
    });
    try {
      const loaded = await Promise.race([store.load(id, giveUp.signal), late.promise]);
      if (loaded && isLater(loaded, this.#known(id))) this.#keep(loaded);
    } catch (thrown) {
      log.warn({ callId: id, reason: messageOf(thrown) }, 'the route of a call could not be looked up');
    } finally {
      stop();
    }
  }

  /** A call is answered: its caller is with the agent, unless `or` sends them somewhere else at once. */
  begin(
    call: CarrierCall,
    profile: Profile,
    or: (route: Route, view: View) => Answer | undefined = () => undefined,
  ): Verb {
    const route = this.#new(call, profile.name);
    const answer = or(route, this.#view(route, profile));
    return this.#verb(this.#take(answer ?? { route: { ...route, step: 1 }, effects: [] }));
  }

  /** There is no agent for this call. */
  fallBack(call: CarrierCall, profile: Profile, because: FallbackCause): Verb {
    return this.begin(call, profile, (route, view) => fallBack(route, because, view));
  }

  /** The agent lets go of the line, and the carrier will ask. */
  depart(id: CallId, wants: Departure): void {
    this.#then(id, (route) => ({
      route: { ...route, departure: { wants, atMs: this.#options.clock.epochMs() } },
      effects: [],
    }));
  }

  /** Undefined: nobody ever answered this number. */
  ask({ call, step, outcome }: Question): Verb | undefined {
    const known = this.#known(call.id) ?? this.#unknown(call);
    if (known === undefined) return undefined;
    const isLate = step === undefined ? known.where.at !== 'agent' : step < known.step;
    if (isLate) return this.#verb(known);
    if (known.where.at === 'agent' && known.departure === undefined) return this.#verb(this.#lost(known));
    return this.#verb(this.#take(afterStream(known, outcome, this.#view(known))));
  }

  /** Nobody let go of the stream: another is opened while the agent is there. */
  #lost(known: Route): Route {
    const { agents } = this.#options;
    const wasHere = agents.isHere(known.callId);
    if (wasHere) agents.streamLost(known.callId);
    const route = this.#routes.get(known.callId) ?? known;
    const view = this.#view(route);
    if (view.agent === 'here') return this.#take(afterStream(route, { of: 'stream' }, view));
    return this.#take(fallBack(route, wasHere ? 'line-lost' : 'call-unknown', view));
  }

  async waits(waiting: Waiting): Promise<Verb | undefined> {
    const route = this.#known(waiting.callId);
    if (route === undefined) return undefined;
    const view = this.#view(route);
    const answer = waits(route, waiting, this.#options.musicOf(route.profile), view);
    const on = this.#take(answer);
    const promised = answer.wantsCallback && (await this.#calledBack.promise(on));
    if (promised) {
      this.#then(route.callId, (now) => ({ route: willBeCalledBack(now), effects: [] }));
      return { do: 'leave-queue' };
    }
    if (answer.wantsCallback && answer.verb.do === 'music')
      return { ...answer.verb, say: [spoken(view.plan.language).callbackFailed()] };
    if (answer.isFirst) this.#queues.callFor(on, view.plan);
    return answer.verb;
  }

  /** Undefined: nothing is known of the call that they are called for. */
  async personAsks(question: PersonQuestion): Promise<Verb | undefined> {
    const { errand, call } = question;
    if (errand.is === 'queue') return this.#queues.asks(question);
    if (errand.is === 'callback') {
      const again = this.again(call.id);
      if (again) return again;
      const answer = await this.#calledBack.asks(question);
      if (!answer || 'do' in answer) return answer;
      return this.begin(call, answer.profile, answer.go);
    }
    const route = this.#known(callId(errand.of));
    if (route === undefined) return undefined;
    const answer = personAsks(route, question, this.#view(route));
    this.#take(answer);
    return answer.verb;
  }

  personStatus(status: PersonStatus): void {
    const { errand } = status;
    if (errand.is === 'queue') this.#queues.status(status);
    else if (errand.is === 'callback') this.#options.callbacks?.status(status);
    else this.#then(callId(errand.of), (route, view) => personStatus(route, status, view));
  }

  /** The call is over, by the carrier's word. */
  over(id: CallId): void {
    this.#then(id, callerIsOver);
  }

  /** Whose message was left in this call; undefined: nothing is known of it. */
  messageIn(id: CallId): LeftMessage | undefined {
    const route = this.#known(id);
    return route && leftMessage(route, this.#options.profileNamed(route.profile));
  }

  /** What a call was given last; undefined: it has no route here. */
  again(id: CallId): Verb | undefined {
    const route = this.#known(id);
    return route && this.#verb(route);
  }

  #then(id: CallId, decide: (route: Route, view: View) => Answer): void {
    const route = this.#known(id);
    if (route) this.#take(decide(route, this.#view(route)));
  }

  /** Of what was begun a while ago: another process may have been told more since. */
  #later(id: CallId, decide: (route: Route, view: View) => Answer): void {
    void this.recall(id).then(() => this.#then(id, decide));
  }

  #take({ route: decided, effects }: Answer): Route {
    const { store, agents, notice, clock } = this.#options;
    const { callId } = decided;
    const known = this.#known(callId);
    const route = decided === known ? decided : { ...decided, revision: (known?.revision ?? 0) + 1 };
    if (route !== known) {
      this.#keep(route);
      // Whoever wants no record of a call wants none of its way either: then no other process can go on with it.
      if (this.#options.profileNamed(route.profile)?.keepRecordsDays !== 0) store.save(route);
    }
    for (const effect of effects) {
      if (effect.do === 'handOver') agents.handedOver(callId);
      else if (effect.do === 'returnToAgent') agents.returned(callId, effect.told);
      else if (effect.do === 'notice')
        notice({ ...effect.notice, callId, atMs: clock.epochMs() - route.startedMs });
      else this.#effects.carryOut(effect, route);
    }
    return route;
  }

  #known(id: CallId): Route | undefined {
    return this.#routes.get(id) ?? this.#over.get(id);
  }

  #keep(route: Route): void {
    const { callId, where } = route;
    if (where.at !== 'over') return this.#routes.set(callId, route);
    this.#routes.take(callId);
    return this.#over.set(callId, route);
  }

  #verb({ given, callId, step }: Route): Verb {
    return given.do === 'stream' ? { do: 'stream', step, token: this.#options.agents.mint(callId) } : given;
  }

  /** Of a call of which nothing is known here, and nothing is written down. */
  #unknown(call: CarrierCall): Route | undefined {
    const profile = this.#options.profileOf(call);
    if (profile === undefined) return undefined;
    this.#options.log.warn(
      { callId: call.id, profile: profile.name },
      'asked what is next for a call that nobody here knows; it gets the fallback of its number',
    );
    return this.#new(call, profile.name);
  }

  #new({ id, from, to, direction }: CarrierCall, profile: string): Route {
    return {
      ...{ callId: id, profile, from, to, direction },
      startedMs: this.#options.clock.epochMs(),
      ...{ step: 0, revision: 0 },
      given: { do: 'stream' },
      where: { at: 'agent' },
      ...{ departure: undefined, matter: undefined, place: undefined },
      ...{ rung: 0, menus: 0, errands: 0 },
    };
  }

  #view(route: Route, profile = this.#options.profileNamed(route.profile)): View {
    const { agents, clock, mayDial } = this.#options;
    const nowMs = clock.epochMs();
    const plan = profile ? planOf(profile, route, nowMs) : NO_PLAN;
    return {
      ...{ plan, nowMs, mayDial },
      agent: agents.isHere(route.callId) ? 'here' : 'gone',
      isOpen: (destination) => isThereAt(destination, plan, nowMs),
    };
  }
}

/** Two processes may have decided of one call at once: the caller has been given the verb of the later step. */
const isLater = (one: Route, other: Route | undefined): boolean =>
  other === undefined || one.step > other.step || (one.step === other.step && one.revision > other.revision);

/** Of a profile that is no longer there. */
const NO_PLAN: Plan = {
  profile: '',
  language: 'en-US',
  timeZone: 'UTC',
  destinations: [],
  ladder: [{ do: 'apology' }],
  voicemail: undefined,
};
