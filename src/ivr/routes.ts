// The routes of all calls: each fact about one is decided by the pure tables beside this file, written down, and carried
// out. What a call without a route in memory needs is read from where routes are kept, so any process can answer.
import type { Profile } from '../agents/profile.ts';
import { callId, type CallId } from '../base/ids.ts';
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
import { KnownRoutes, type KnownRoutesOptions } from './known-routes.ts';
import { LostWaiters } from './lost-waiters.ts';
import { leftMessage, termsOf, type LeftMessage } from './left-message.ts';
import { firstOf, QueueDesk } from './queue-desk.ts';
import type { Route } from './route.ts';
import { RouteEffects, type RouteEffectsOptions } from './route-effects.ts';
import { RouteViews, type RouteViewsOptions } from './route-views.ts';
import { spoken } from './spoken.ts';
import { waits, willBeCalledBack, type WaitOptions } from './waiting.ts';

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
  /** The caller has hung up: the carrier says so when it is asked to take them back. */
  callerGone(id: CallId): void;
}

export interface RoutesOptions extends RouteEffectsOptions, KnownRoutesOptions, RouteViewsOptions {
  readonly agents: Agents;
  readonly profiles: () => readonly Profile[];
  /** Left out: nobody keeps them, and none is offered. */
  readonly callbacks?: CallbackKeeper | undefined;
  /** Whether a call goes on, by the carrier. Rejects when nobody can say. Left out: nobody ever can. */
  readonly isOn?: ((id: CallId) => Promise<boolean>) | undefined;
  /** The name of the sound that waiting callers hear. */
  readonly musicOf: (profile: string) => string;
  readonly notice: (notice: RouteNotice & { readonly callId: CallId; readonly atMs: number }) => void;
}

export class Routes {
  readonly #options: RoutesOptions;
  readonly #effects: RouteEffects;
  readonly #queues: QueueDesk;
  readonly #calledBack: CalledBack;
  readonly #lostWaiters: LostWaiters;
  readonly #known: KnownRoutes;
  readonly #views: RouteViews;

  constructor(options: RoutesOptions) {
    this.#options = options;
    this.#known = new KnownRoutes(options);
    this.#views = new RouteViews(options);
    this.#effects = new RouteEffects(options, {
      placed: (id, attempt, person) => this.#later(id, (route) => personPlaced(route, attempt, person)),
      notPlaced: (id, attempt) => this.#later(id, (route, view) => personNotPlaced(route, attempt, view)),
      over: (id) => {
        options.agents.callerGone(id);
        this.over(id);
      },
      wake: (id) => this.#later(id, lookAgain),
      isStillAt: async (id, step) => {
        await this.recall(id);
        return this.#known.get(id)?.step === step;
      },
    });
    this.#queues = new QueueDesk({
      ...options,
      placeOf: (first) => {
        const route = this.#known.get(first);
        const profile = route && this.#views.profileFor(route);
        return profile && route.where.at === 'queued'
          ? { profile, name: route.where.destination }
          : undefined;
      },
      onTaken: (first, destination) =>
        this.#later(first, (route) => {
          const isTheirs = route.where.at === 'queued' && route.where.destination === destination.name;
          return { route, effects: isTheirs ? [{ do: 'popScreen', destination }] : [] };
        }),
    });
    this.#calledBack = new CalledBack(options);
    this.#lostWaiters = new LostWaiters(options.clock);
  }

  /** To be called before anything is asked about a call, as another process may have decided since. Never rejects. */
  recall(id: CallId): Promise<void> {
    return this.#known.recall(id);
  }

  /** A call is answered: its caller is with the agent, unless `or` sends them somewhere else at once. */
  begin(
    call: CarrierCall,
    profile: Profile,
    or: (route: Route, view: View) => Answer | undefined = () => undefined,
  ): Verb {
    const route = this.#views.begin(call, profile);
    const answer = or(route, this.#views.of(route, profile));
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

  /** Another agent has the caller: where they go from there, and what they get without it, is as that profile says. */
  handedTo(id: CallId, profile: string): void {
    this.#then(id, (route) => ({ route: { ...route, profile, rung: 0, menus: 0 }, effects: [] }));
  }

  /** Undefined: nobody ever answered this number. */
  ask({ call, step, outcome }: Question): Verb | undefined {
    const known = this.#known.get(call.id) ?? this.#views.unknown(call);
    if (known === undefined) return undefined;
    const isLate = step === undefined ? known.where.at !== 'agent' : step < known.step;
    if (isLate) return this.#verb(known);
    if (known.where.at === 'agent' && known.departure === undefined) return this.#verb(this.#lost(known));
    return this.#verb(this.#take(afterStream(known, outcome, this.#views.of(known))));
  }

  /** Nobody let go of the stream: another is opened while the agent is there. */
  #lost(known: Route): Route {
    const { agents } = this.#options;
    const wasHere = agents.isHere(known.callId);
    if (wasHere) agents.streamLost(known.callId);
    const route = this.#known.get(known.callId) ?? known;
    const view = this.#views.of(route);
    if (view.agent === 'here') return this.#take(afterStream(route, { of: 'stream' }, view));
    return this.#take(fallBack(route, wasHere ? 'line-lost' : 'call-unknown', view));
  }

  async waits(waiting: Waiting): Promise<Verb | undefined> {
    const route = this.#known.get(waiting.callId);
    if (this.#lostWaiters.isLeft(waiting, route)) this.#effects.fetch(waiting.callId, waiting.step);
    if (route === undefined) return undefined;
    const view = this.#views.of(route);
    const { callbacks, musicOf } = this.#options;
    const mayCall: WaitOptions['mayCall'] = (to, from) => callbacks?.mayCall(to, from) === true;
    const answer = waits(route, waiting, { sound: musicOf(view.plan.profile), mayCall }, view);
    const on = this.#take(answer);
    // By the name that is found again at its time.
    const promised =
      answer.wantsCallback && (await this.#calledBack.promise({ ...on, profile: view.plan.profile }));
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
    if (errand.is === 'queue') {
      const first = firstOf(errand);
      if (first && !this.#known.get(first)) await this.recall(first);
      return this.#queues.asks(question);
    }
    if (errand.is === 'callback') {
      const again = this.again(call.id);
      if (again) return again;
      const answer = await this.#calledBack.asks(question);
      if ('do' in answer) return answer;
      return this.begin(call, answer.profile, answer.go);
    }
    const route = this.#known.get(callId(errand.of));
    if (route === undefined) return undefined;
    const answer = personAsks(route, question, this.#views.of(route));
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
    const route = this.#known.get(id);
    if (route === undefined) return undefined;
    const profile = this.#views.profileFor(route);
    if (!route.message && !profile)
      this.#options.log.error(
        { callId: id, profile: route.profile },
        'a message was left in a call whose profile is in no file any more; it is kept, and delivered to nobody',
      );
    return leftMessage(route, profile);
  }

  /** Whether what is next for a caller hangs on an agent; true also of a call that nothing is known of. After `recall`. */
  needsAgent(id: CallId): boolean {
    const { where, departure } = this.#known.get(id) ?? {};
    if (where?.at !== 'agent') return where?.at !== 'over';
    return departure === undefined || departure.wants.to === 'keys';
  }

  /** Whether a caller is with somebody, or on the way, and may come back to an agent. After `recall`. */
  isAway(id: CallId): boolean {
    const { where, departure } = this.#known.get(id) ?? {};
    switch (where?.at) {
      case 'dialled':
      case 'referred':
      case 'held':
      case 'queued':
        return true;
      case 'agent':
        return departure?.wants.to === 'destination';
      default:
        return false;
    }
  }

  /** The stream that a caller is on is of no use: the carrier is to ask what is next. Whoever is elsewhere stays there. */
  point(id: CallId): void {
    this.#later(id, (route) => ({
      route,
      effects: route.where.at === 'agent' ? [{ do: 'takeBack' }] : [],
    }));
  }

  /** What a call was given last; undefined: it has no route here. */
  again(id: CallId): Verb | undefined {
    const route = this.#known.get(id);
    return route && this.#verb(route);
  }

  #then(id: CallId, decide: (route: Route, view: View) => Answer): void {
    const route = this.#known.get(id);
    if (route) this.#take(decide(route, this.#views.of(route)));
  }

  /** Of what was begun a while ago: another process may have been told more since. */
  #later(id: CallId, decide: (route: Route, view: View) => Answer): void {
    void this.recall(id).then(() => this.#then(id, decide));
  }

  #take({ route: decided, effects }: Answer): Route {
    const { store, agents, notice, clock } = this.#options;
    const { callId } = decided;
    const known = this.#known.get(callId);
    const profile = this.#views.profileFor(decided);
    // Who gets it is settled as it is asked for: the file may be another by the time that it is there.
    const message =
      decided.message ?? (decided.where.at === 'voicemail' && profile ? termsOf(profile) : undefined);
    const route = decided === known ? decided : { ...decided, message, revision: (known?.revision ?? 0) + 1 };
    if (route !== known) {
      this.#known.keep(route);
      // Whoever wants no record of a call wants none of its way either: then no other process can go on with it.
      if (profile?.keepRecordsDays !== 0) store.save(route);
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

  #verb({ given, callId, step }: Route): Verb {
    return given.do === 'stream' ? { ...given, step, token: this.#options.agents.mint(callId) } : given;
  }
}
