// The switchboard: which calls are taken, who answers them, and what the carrier is told to do next.
import { chooseProfile } from '../agents/choose.ts';
import { isOpenAt } from '../agents/hours.ts';
import type { Profile } from '../agents/profile.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Line, LineStart } from '../carrier/line.ts';
import type { CarrierCall, CallStatus, Question, StreamStatus, Verb } from '../carrier/webhooks.ts';
import { whileClosed } from '../ivr/closed.ts';
import type { FallbackCause } from '../ivr/departure.ts';
import { filled } from '../ivr/plan-of.ts';
import { Routes, type RoutesOptions } from '../ivr/routes.ts';
import type { CarrierVerdict } from './answered-by.ts';
import { Calls, type CallParts } from './calls.ts';
import { Departures } from './departures.ts';
import { Doubt } from './doubt.ts';
import type { LookedUp } from './known-caller.ts';
import type { Refusal } from './notices.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { PlacedCall, PlacedCallFacts } from './placed-calls.ts';
import type { Moment } from './moment.ts';
import { PlacedDesk, type DialledCall } from './placed-desk.ts';
import { about, NOT_IN_SERVICE, REFUSALS, sayAndHangUp } from './refusals.ts';
import type { LineTape } from './tape.ts';
import { TakingUp, type Outliving } from './taking-up.ts';
import { nonceOf, Tokens } from './tokens.ts';

/** Of the routes: what is not the switchboard's own. */
type OfRoutes = Pick<RoutesOptions, 'store' | 'popScreen' | 'callbacks' | 'isOn' | 'mayDial' | 'musicOf'>;

export interface SwitchboardOptions extends CallParts {
  /** Whether this process has room for one more call, of whatever profile; left out: it always has. */
  readonly hasRoom?: () => boolean;
  readonly routes: OfRoutes;
  /** Left out: nobody is told what calls that we placed show of themselves. */
  readonly placedFacts?: PlacedCallFacts | undefined;
  /** Left out: no call outlives its process, and none of another is gone on with. */
  readonly outliving?: Outliving | undefined;
}

/** Why there is no agent, where the ladder is taken instead; a server that stops is not there to answer for it. */
const LADDERS = ['lines-busy', 'no-session'] as const satisfies FallbackCause[];
const OVER: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

export class Switchboard {
  /** Where callers are who are not with an agent. */
  readonly routes: Routes;
  readonly #options: SwitchboardOptions;
  readonly #calls: Calls;
  readonly #placed: PlacedDesk;
  readonly #departures: Departures;
  readonly #tokens: Tokens;
  readonly #takingUp: TakingUp | undefined;
  readonly #doubt: Doubt | undefined;
  #stage: 'open' | 'draining' | 'shut' = 'open';
  #whenEmpty: (() => void) | undefined;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#tokens = new Tokens(options.clock, options.outliving?.secrets);
    this.#departures = new Departures(options.clock, () => this.#noticeEmpty());
    this.routes = new Routes({
      ...options.routes,
      agents: {
        isHere: (id) => this.#calls.get(id)?.isEnded === false,
        mint: (id) => this.#tokens.mint(id),
        streamLost: (id) => this.#calls.get(id)?.carrierAsks(),
        returned: (id, told) => this.#calls.get(id)?.returned(told),
        handedOver: (id) => this.#calls.get(id)?.handedOver('transferred'),
        callerGone: (id) => {
          this.#calls.get(id)?.callerHungUp();
          this.#departures.carrierKnows(id);
        },
      },
      profiles: () => options.roster().profiles,
      profileNamed: (name) => options.roster().profiles.find((profile) => profile.name === name),
      profileOf: (call) => this.profileOf(call),
      notice: (notice) => options.notices.publish(notice),
      control: options.control,
      clock: options.clock,
      log: options.log,
    });
    this.#calls = new Calls({
      ...options,
      callbacks: options.routes.callbacks,
      departing: {
        write: (id, departure) => {
          this.routes.depart(id, departure);
          this.#departures.letGo(id);
        },
      },
      onHandedTo: (id, profile) => this.routes.handedTo(id, profile),
      onEnded: (id, end, giveBack) => {
        this.#placed.over(id, end.reason === 'caller-hung-up' ? 'them' : 'us');
        this.#departures.ended(id, end, giveBack);
      },
      onLineHung: (id) => this.routes.point(id),
      onDropped: (id, toolsDone, giveBack) => {
        this.#placed.moved(id);
        this.#departures.ended(id, { intent: undefined, told: undefined, toolsDone }, giveBack);
      },
      inDoubt: () => this.#doubt?.is ?? false,
    });
    this.#placed = new PlacedDesk({
      ...{ roster: options.roster, facts: options.placedFacts },
      ...{ isShut: () => this.#stage === 'shut', onFewer: () => this.#noticeEmpty() },
      ...{ notices: options.notices, clock: options.clock, log: options.log },
      calls: this.#calls,
      begin: (call, profile) => this.routes.begin(call, profile),
      refused: (call, why, profile) => this.#publishRefusal(call, why, profile),
    });
    const { outliving, roster, notices, clock, log } = options;
    this.#takingUp =
      outliving &&
      new TakingUp({
        ...{ ...outliving, roster, notices, clock, log },
        ...{ calls: this.#calls, desk: this.#placed, isShut: () => this.#stage === 'shut' },
        depart: (id, departure) => this.routes.depart(id, departure),
        point: (id) => this.routes.point(id),
        isAway: async (id) => {
          await this.routes.recall(id);
          return this.routes.isAway(id);
        },
      });
    this.#doubt =
      outliving &&
      new Doubt({
        ...{ ...outliving, clock, log },
        calls: () => this.#calls.all.map(({ incoming }) => incoming.id),
        lost: (id) => this.#calls.lost(id),
        onOver: () => {
          for (const call of this.#calls.all) call.goOn();
        },
      });
  }

  get callCount(): number {
    return this.#calls.count;
  }

  /** So many are talked on by the profile of this name. */
  callsOf(profile: string): number {
    return this.#calls.countOf(profile);
  }

  get isDraining(): boolean {
    return this.#stage !== 'open';
  }

  has(id: CallId): boolean {
    return this.#calls.get(id) !== undefined;
  }

  /** The sound of a call that is in progress. */
  tape(id: CallId): LineTape | undefined {
    return this.#calls.get(id)?.tape;
  }

  /** Whether a session waits for them to answer. */
  expects(id: CallId): boolean {
    return this.#placed.expects(id);
  }

  /** Whether the profile that has answered this call wants the records asked. */
  looksUp(id: CallId): boolean {
    return this.#calls.looksUp(id);
  }

  /** See `PlacedDesk`. */
  expect(call: DialledCall, placed: PlacedCall): void {
    this.#placed.expect(call, placed);
  }

  /** Nobody is to talk with whom we called: the agent falls silent, and the call ends. */
  withdraw(id: CallId): void {
    this.#placed.withdrawn(id);
    this.#calls.get(id)?.asPlaced.withdraw();
  }

  answeredBy(id: CallId, verdict: CarrierVerdict): void {
    this.#placed.answeredBy(id, verdict);
  }

  /** Who would answer this call now. */
  profileOf({ to, direction, profile }: CarrierCall): Profile | undefined {
    return chooseProfile(this.#options.roster().profiles, { to, direction, profile });
  }

  /**
   * The phone rings, or, of a call that we placed (`placed`), they have just answered: opens the session, unless one waits.
   * Asked twice for one call, it answers with the same call.
   */
  answer(incoming: CarrierCall, lookedUp?: LookedUp, placed?: PlacedCall): Verb {
    const { log, clock } = this.#options;
    const again = this.routes.again(incoming.id) ?? this.#placed.answer(incoming, placed);
    if (again) return again;
    if (this.isDraining) return this.#refuse(incoming, 'server-stopping');
    const found = this.profileOf(incoming);
    const callLog = log.child({ callId: incoming.id });
    if (!found) {
      callLog.error(
        { pii: { to: incoming.to } },
        'no profile answers this number; add it to `numbers` of one in AGENTS_DIR',
      );
      return this.#refuse(incoming, 'not-in-service');
    }
    // Another process has answered it, and was gone before the carrier heard of it.
    if (this.has(incoming.id)) return this.routes.begin(incoming, found);
    const { closed, hours, timeZone } = found;
    const isClosed =
      incoming.direction === 'inbound' && closed && hours && !isOpenAt(hours, timeZone, clock.epochMs());
    if (isClosed && closed.then.do !== 'agent') {
      this.#publishRefusal(incoming, 'closed', found);
      const greeting = filled(closed.greeting, found, incoming, clock.epochMs());
      return this.routes.begin(incoming, found, (route, view) => whileClosed(route, closed, greeting, view));
    }
    const profile = isClosed ? { ...found, greeting: closed.greeting, greetingAudio: undefined } : found;
    if (!this.#calls.hasRoom(profile)) {
      callLog.warn(
        { profile: profile.name, callsAtOnce: profile.limits.callsAtOnce },
        'the profile is in as many calls as its limits allow; the caller is told that the lines are busy',
      );
      return this.#refuse(incoming, 'lines-busy', profile);
    }
    if (incoming.attempt === undefined && this.#options.hasRoom?.() === false) {
      callLog.warn(
        { profile: profile.name, calls: this.callCount },
        'this process has as many calls as it takes, is too slow for one more, or takes none while its database is away, and no other has room; the caller is told that the lines are busy',
      );
      return this.#refuse(incoming, 'lines-busy', profile);
    }
    try {
      this.#calls.open(incoming, profile, lookedUp, callLog);
    } catch (thrown) {
      callLog.error({ profile: profile.name, err: thrown }, `cannot open a session: ${messageOf(thrown)}`);
      return this.#refuse(incoming, 'no-session', profile);
    }
    return this.routes.begin(incoming, profile);
  }

  /**
   * Goes on with a call that another process had, or has: whoever asks first takes it up, and the others are answered with
   * that. `from`: only if this node has it. False: nobody knows of such a call, or it is over, or another's; or nobody can
   * say. Never rejects.
   */
  takeUp(id: CallId, from?: string): Promise<boolean> {
    return this.#takingUp?.takeUp(id, { from }) ?? Promise.resolve(this.has(id));
  }

  /** Whether the agent of a call that is here waits for a stream of its caller's. */
  awaitsLine(id: CallId): boolean {
    return this.#calls.get(id)?.awaitsLine ?? false;
  }

  /** How each call stands for whoever would hand it on. */
  moments(): { readonly id: CallId; readonly moment: Moment }[] {
    return this.#calls.all.map(({ incoming, moment }) => ({ id: incoming.id, moment }));
  }

  /**
   * Another node is to go on with it. False: that could not be written down in time, and it goes on here. A call that has left
   * is waited for until the carrier has had the time to ask where it went.
   */
  async handOn(id: CallId, node: string, withinMs: number): Promise<boolean> {
    const call = this.#calls.get(id);
    const isOnLine = call?.moment !== 'elsewhere';
    if (!(await call?.handTo(node, withinMs))) return false;
    if (isOnLine) this.#departures.letGo(id);
    return true;
  }

  /**
   * A stream opened. False: its token is spent, old, or another call's. Of a call that another process had, what the line
   * has to tell waits until it is taken up.
   */
  attach(start: LineStart, line: Line): boolean | Promise<boolean> {
    const { callId: id, token } = start;
    if (!this.#tokens.spend(token, id)) return false;
    if (this.has(id) || !this.#takingUp) return this.#attach(start, line);
    return this.#takingUp.takeUp(id, { token: nonceOf(token) }).then(() => this.#attach(start, line));
  }

  #attach({ callId: id, token }: LineStart, line: Line): boolean {
    const call = this.#calls.get(id);
    call?.attach(line, nonceOf(token));
    return call !== undefined;
  }

  /** The carrier asks what is next for a caller. */
  afterStream(question: Question): Verb {
    const { id, status } = question.call;
    if (OVER.has(status)) {
      this.#isOver(id);
      return { do: 'hang-up' };
    }
    const verb = this.routes.ask(question) ?? NOT_IN_SERVICE;
    if (verb.do !== 'stream') this.#departures.carrierKnows(id);
    return verb;
  }

  carrierStatus(incoming: CarrierCall): void {
    if (OVER.has(incoming.status)) this.#isOver(incoming.id);
  }

  streamStatus(status: StreamStatus): void {
    const facts = { callId: status.callId, streamId: status.streamId };
    if (status.event === 'error')
      this.#options.log.error(
        { ...facts, reason: status.error },
        'the carrier could not keep the stream; is PUBLIC_BASE_URL reachable over wss?',
      );
    else this.#options.log.debug(facts, `the carrier says: stream ${status.event}`);
  }

  /** The caller hung up while the records were asked who calls. */
  missed(incoming: CarrierCall): void {
    this.#publishRefusal(incoming, 'missed', this.profileOf(incoming));
  }

  lookedUpLate(id: CallId, lookedUp: LookedUp): void {
    this.#calls.lookedUp(id, lookedUp);
  }

  /** What an operator may do to a call; undefined: there is no such call. */
  operator(id: CallId): OperatorDesk | undefined {
    return this.#calls.get(id)?.operator;
  }

  /**
   * Takes no new calls from now on; those that we placed and that ring may still be answered. Resolves when the last one has
   * ended or rung out, and the carrier knows. It may be called again, once it has.
   */
  drain(): Promise<void> {
    if (this.#stage === 'open') this.#stage = 'draining';
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      this.#noticeEmpty();
    });
  }

  /** Ends every call now. */
  shutDown(): void {
    this.#stage = 'shut';
    this.#doubt?.close();
    this.#placed.dropAll();
    for (const call of this.#calls.all) call.shutDown();
  }

  /** The carrier is to open another stream for the caller of this call. */
  reopen(id: CallId): void {
    this.#calls.get(id)?.reopen();
  }

  /** Ends every call now as a process that is killed would: another node goes on with those that it can go on with. */
  abandon(): void {
    for (const call of this.#calls.all) if (call.isJournalled) call.drop();
    this.shutDown();
  }

  #isOver(id: CallId): void {
    this.#calls.get(id)?.callerHungUp();
    this.#placed.over(id);
    this.routes.over(id);
    this.#departures.carrierKnows(id);
  }

  #refuse(incoming: CarrierCall, why: Extract<Refusal, keyof typeof REFUSALS>, profile?: Profile): Verb {
    this.#publishRefusal(incoming, why, profile);
    const because = LADDERS.find((one) => one === why);
    return because && profile && hasLadder(profile)
      ? this.routes.fallBack(incoming, profile, because)
      : sayAndHangUp(REFUSALS[why]);
  }

  #publishRefusal(incoming: CarrierCall, why: Refusal, profile: Profile | undefined): void {
    const startedMs = this.#options.clock.epochMs();
    this.#options.notices.publish({
      ...{ type: 'call-refused', atMs: 0, startedMs, why },
      ...about(incoming, profile),
    });
  }

  #noticeEmpty(): void {
    if (this.#calls.count + this.#departures.count + this.#placed.ringing === 0) this.#whenEmpty?.();
  }
}

/** An apology alone is better said in our own words. */
const hasLadder = ({ fallback }: Profile): boolean => fallback.steps.some((rung) => rung.do !== 'apology');
