// The switchboard: which calls there are, who answers them, and what the carrier is told to do next.
import type { AudioFormat } from '../audio/format.ts';
import { chooseProfile } from '../agents/choose.ts';
import { isOpenAt } from '../agents/hours.ts';
import type { Profile } from '../agents/profile.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { Line, LineStart } from '../carrier/line.ts';
import type { TextSender } from '../carrier/texts.ts';
import type { CarrierCall, CallStatus, Question, StreamStatus, Verb } from '../carrier/webhooks.ts';
import type { Crm } from '../crm/crm.ts';
import { whileClosed } from '../ivr/closed.ts';
import type { FallbackCause } from '../ivr/departure.ts';
import { filled } from '../ivr/plan-of.ts';
import { Routes, type RoutesOptions } from '../ivr/routes.ts';
import type { Live } from '../live/session.ts';
import type { LentTools } from '../tools/catalogue.ts';
import type { Effects } from '../tools/effects/effects.ts';
import { createMemoryEffects } from '../tools/effects/memory.ts';
import type { ToolEntry } from '../tools/entries.ts';
import type { OptOutBook } from '../tools/opt-outs.ts';
import { allowTexts } from '../tools/built-in/text-allowance.ts';
import { Call } from './call.ts';
import { Casting } from './casting.ts';
import { Departures } from './departures.ts';
import { greetingKey, Greetings, type RecordedGreeting } from './greetings.ts';
import type { LookedUp } from './known-caller.ts';
import type { Notices, Refusal } from './notices.ts';
import { Pacer } from './pacer.ts';
import { about, NOT_IN_SERVICE, REFUSALS, sayAndHangUp } from './refusals.ts';
import type { Roster } from './roster.ts';
import type { Prompts } from './prompts.ts';
import { Tokens } from './tokens.ts';

/** Of the routes: what is not the switchboard's own. */
type OfRoutes = Pick<RoutesOptions, 'store' | 'popScreen' | 'callbacks' | 'isOn' | 'mayDial' | 'musicOf'>;

export interface SwitchboardOptions {
  /** As it is now: a call keeps what it began with. */
  readonly roster: () => Roster;
  readonly live: Live;
  /** The tools that a profile lists, for a call. */
  readonly lendTools: (list: readonly ToolEntry[]) => LentTools;
  readonly crm: Crm;
  /** Left out: what was done is remembered for each call alone. */
  readonly effects?: Effects | undefined;
  /** Left out: no list is kept of numbers that are not to be called. */
  readonly optOuts?: OptOutBook | undefined;
  readonly control: CallControl;
  readonly texts: TextSender;
  readonly routes: OfRoutes;
  readonly lineFormat: AudioFormat;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why there is no agent, where the ladder is taken instead; a server that stops is not there to answer for it. */
const LADDERS = ['lines-busy', 'no-session'] as const satisfies FallbackCause[];
const OVER: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);
export class Switchboard {
  /** Where callers are who are not with an agent. */
  readonly routes: Routes;
  readonly #options: SwitchboardOptions;
  readonly #calls = new Map<CallId, Call>();
  readonly #castings = new Map<CallId, Casting>();
  /** Of each call: the name of the profile that answers it now. */
  readonly #answeredBy = new Map<CallId, string>();
  readonly #departures: Departures;
  readonly #tokens: Tokens;
  readonly #pacer: Pacer;
  readonly #greetings = new Greetings();
  #draining = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#tokens = new Tokens(options.clock);
    this.#pacer = new Pacer(options.clock);
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
  }

  get callCount(): number {
    return this.#calls.size;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  has(id: CallId): boolean {
    return this.#calls.has(id);
  }

  /** Who would answer this call now. */
  profileOf({ to, direction }: CarrierCall): Profile | undefined {
    return chooseProfile(this.#options.roster().profiles, { to, direction });
  }

  /** The phone rings: opens the session while it does. Asked twice for one call, it answers with the same call. */
  answer(incoming: CarrierCall, lookedUp?: LookedUp): Verb {
    const { log, clock } = this.#options;
    const again = this.routes.again(incoming.id);
    if (again) return again;
    if (this.#draining) return this.#refuse(incoming, 'server-stopping');
    const found = this.profileOf(incoming);
    const callLog = log.child({ callId: incoming.id });
    if (!found) {
      callLog.error(
        { pii: { to: incoming.to } },
        'no profile answers this number; add it to `numbers` of one in AGENTS_DIR',
      );
      return this.#refuse(incoming, 'not-in-service');
    }
    const { closed, hours, timeZone } = found;
    const isClosed =
      incoming.direction === 'inbound' && closed && hours && !isOpenAt(hours, timeZone, clock.epochMs());
    if (isClosed && closed.then.do !== 'agent') {
      this.#publishRefusal(incoming, 'closed', found);
      const greeting = filled(closed.greeting, found, incoming, clock.epochMs());
      return this.routes.begin(incoming, found, (route, view) => whileClosed(route, closed, greeting, view));
    }
    const profile = isClosed ? { ...found, greeting: closed.greeting, greetingAudio: undefined } : found;
    if (!this.#hasRoom(profile)) {
      callLog.warn(
        { profile: profile.name, callsAtOnce: profile.limits.callsAtOnce },
        'the profile is in as many calls as its limits allow; the caller is told that the lines are busy',
      );
      return this.#refuse(incoming, 'lines-busy', profile);
    }
    try {
      this.#open(incoming, profile, lookedUp, callLog);
    } catch (thrown) {
      callLog.error({ profile: profile.name, err: thrown }, `cannot open a session: ${messageOf(thrown)}`);
      return this.#refuse(incoming, 'no-session', profile);
    }
    return this.routes.begin(incoming, profile);
  }

  /** A stream opened. False: its token is spent, old, or another call's. */
  attach(start: LineStart, line: Line): boolean {
    const call = this.#calls.get(start.callId);
    if (!this.#tokens.spend(start.token, start.callId) || !call) return false;
    call.attach(line);
    return true;
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
    this.#castings.get(id)?.lookedUp(lookedUp);
    this.#calls.get(id)?.lookedUp(lookedUp, false);
  }

  /** Tells the model of a call something that the caller did not say. False: there is no such call. */
  tell(id: CallId, text: string, answer: boolean): boolean {
    const call = this.#calls.get(id);
    call?.tell(text, answer);
    return call !== undefined;
  }

  /** Takes no new calls from now on; resolves when the last one has ended and the carrier knows. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      this.#noticeEmpty();
    });
  }

  /** Ends every call now. */
  shutDown(): void {
    this.#draining = true;
    for (const call of [...this.#calls.values()]) call.shutDown();
  }

  #isOver(id: CallId): void {
    this.#calls.get(id)?.callerHungUp();
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

  #open(incoming: CarrierCall, profile: Profile, lookedUp: LookedUp | undefined, log: Log): void {
    const { roster, live, lendTools, crm, texts, optOuts, routes, clock, notices, control, lineFormat } =
      this.#options;
    const startedMs = clock.epochMs();
    const { id, from, to, direction } = incoming;
    const casting = new Casting(profile, {
      ...{ incoming, roster, live, lendTools, clock, log, serverLog: this.#options.log },
      tools: {
        ...{ crm, optOuts, texts: allowTexts(texts), callbacks: routes.callbacks },
        effects: this.#options.effects ?? createMemoryEffects(clock),
      },
      hasRoom: (other) => this.#hasRoom(other),
      onHandedTo: ({ name }) => {
        this.#answeredBy.set(id, name);
        this.routes.handedTo(id, name);
      },
    });
    if (lookedUp) casting.lookedUp(lookedUp);
    const { cast, opening } = casting.first();
    const { greeting, greetingWords } = opening;
    const { prompts } = roster();
    notices.publish({ ...{ type: 'call-started', atMs: 0, startedMs }, ...about(incoming, profile) });
    log.info({ profile: profile.name, direction, pii: { from, to } }, 'call answered');
    const key = greetingKey(profile, greetingWords);
    const call = new Call({
      ...cast,
      handOver: (name, reason, said) => casting.next(name, reason, said),
      incoming,
      lineFormat,
      greeting,
      greetingWords,
      recorded: this.#recorded(profile, prompts, key),
      keepGreeting: (sound) => this.#greetings.keep(key, sound),
      clock,
      pacer: this.#pacer,
      log,
      journal: {
        write: (of, departure) => {
          this.routes.depart(of, departure);
          this.#departures.letGo(of);
        },
      },
      control,
      notice: (body, atMs) => notices.publish({ ...body, callId: id, atMs }),
      onEnded: (end) => {
        this.#calls.delete(id);
        this.#castings.delete(id);
        this.#answeredBy.delete(id);
        this.#departures.ended(id, end, () => casting.giveBack());
      },
    });
    this.#calls.set(id, call);
    this.#castings.set(id, casting);
    this.#answeredBy.set(id, profile.name);
    if (lookedUp) call.lookedUp(lookedUp, true);
  }

  #hasRoom({ name, limits: { callsAtOnce = Infinity } }: Profile): boolean {
    const calls = this.#answeredBy.values().filter((profile) => profile === name);
    return calls.toArray().length < callsAtOnce;
  }

  #recorded({ greetingAudio }: Profile, prompts: Prompts, key: string): RecordedGreeting | undefined {
    const file = prompts.greeting(greetingAudio);
    if (file) return { sound: file, from: 'file' };
    const sound = this.#greetings.get(key);
    return sound && { sound, from: 'cache' };
  }

  #noticeEmpty(): void {
    if (this.#calls.size + this.#departures.count === 0) this.#whenEmpty?.();
  }
}

/** An apology alone is better said in our own words. */
const hasLadder = ({ fallback }: Profile): boolean => fallback.steps.some((rung) => rung.do !== 'apology');
