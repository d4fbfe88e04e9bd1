// A call: whatever happens to it becomes a fact in one inbox, and each fact a step. It sees no sound and does nothing
// itself: effects.ts does.
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { SessionEvent } from '../live/session.ts';
import { Announcement } from './announcement.ts';
import { CallLine } from './call-line.ts';
import type { CallOptions } from './call-options.ts';
import { Casts } from './cast.ts';
import { Earshot } from './earshot.ts';
import { Effects } from './effects.ts';
import { recordingFor } from './greeter.ts';
import type { Recording } from './greetings.ts';
import { Inbox } from './inbox.ts';
import { contactInWords, lookedUpNotice, type LookedUp } from './known-caller.ts';
import { Learned } from './learned.ts';
import { Media } from './media.ts';
import { ModelEvents } from './model-events.ts';
import type { NoticeBody } from './notices.ts';
import { OperatorDesk } from './operator-desk.ts';
import { OperatorSeat } from './operator-seat.ts';
import { placedPart } from './placed-part.ts';
import type { TalkCall } from './placed-talk.ts';
import { Playout } from './playout.ts';
import type { CallFact, CallState, EndReason, TimerName } from './state.ts';
import { SecretEntry } from './secret-entry.ts';
import { openCall, step } from './step.ts';
import { Tape } from './tape.ts';
import { ToolResults } from './tool-results.ts';
import { Transcript } from './transcript.ts';
import { TurnTaking } from './turn-taking.ts';
import { actsAloneIn } from './typed.ts';
import { WatchdogCount } from './watchdog-count.ts';

/** For keys that are told later. */
const KEYS_LOOK_AGAIN_MS = 500;
const NO_TURN = turnId(0);

export class Call {
  readonly #options: CallOptions;
  readonly #casts: Casts;
  readonly #startedMs: number;
  readonly #playout: Playout;
  readonly #media: Media;
  readonly tape: Tape;
  readonly transcript: Transcript;
  /** Where we have placed it. */
  readonly asPlaced: TalkCall;
  readonly #learned = new Learned();
  /** What an operator may do. */
  readonly operator: OperatorDesk;
  readonly #effects: Effects;
  readonly #secrets: SecretEntry;
  readonly #turnTaking: TurnTaking;
  readonly #earshot: Earshot;
  readonly #inbox = new Inbox<CallFact>((fact) => this.#work(fact));
  readonly #take = (fact: CallFact): void => this.#inbox.take(fact);
  readonly #notice = (body: NoticeBody): void => this.#options.notice(body, this.#atMs());
  #state: CallState;
  readonly #line: CallLine;
  readonly #modelEvents: ModelEvents;
  readonly #watchdog = new WatchdogCount();
  readonly #recording: Recording | undefined;
  readonly #announcement: Announcement | undefined;
  /** Of the recorded greeting, from the line's first opening on. */
  #greetingTurn: TurnId | undefined;

  constructor(options: CallOptions) {
    const { lineFormat } = options;
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
    this.#casts = new Casts(options);
    const { session } = this.#casts;
    this.tape = new Tape(lineFormat, options.log);
    this.transcript = new Transcript((entry) => {
      options.placed?.said(entry);
      this.#announcement?.said(entry);
      if (this.#casts.now.showsWords[entry.who]) this.#notice({ type: 'transcript', entry });
    });
    this.#playout = new Playout({
      ...{ format: lineFormat, clock: options.clock, pacer: options.pacer },
      onTurnHeard: (turn) => this.#onTurnHeard(turn),
    });
    this.#media = new Media(session, this.#playout, lineFormat, undefined, this.tape);
    this.#recording = recordingFor(options.recorded, lineFormat);
    if (this.#recording) this.#media.record(this.#recording);
    const parts = {
      ...{ casts: this.#casts, session, transcript: this.transcript, playout: this.#playout },
      ...{ media: this.#media, learned: this.#learned, recording: this.#recording },
      ...{ notice: this.#notice, take: this.#take, isEnded: () => this.isEnded },
    };
    this.asPlaced = placedPart({ ...options, ...parts });
    this.#earshot = new Earshot(parts);
    this.#turnTaking = new TurnTaking({
      ...{ ...parts, lineFormat },
      onSound: (is, afterMs) => this.#onSound(is, afterMs),
    });
    this.#turnTaking.be(options.turnTaking);
    this.#secrets = new SecretEntry({
      ...{ clock: options.clock, log: options.log, media: this.#media, notice: this.#notice },
      ...{ agentIsHeard: () => this.#earshot.agentIsHeard, onShut: () => results.giveHeld() },
      actsAlone: (key) => actsAloneIn(this.#state, key, this.#casts.rules),
      onKey: (key) => {
        // What was typed before the secret is no group with it.
        this.#take({ type: 'timeUp', timer: 'keys', callerSpeaks: false });
        this.#line.press(key);
      },
    });
    const results = new ToolResults({ ...parts, earshot: this.#earshot, secrets: this.#secrets });
    this.#casts.listen({ onDone: results.done, onLate: results.late, secrets: this.#secrets });
    this.#line = new CallLine({
      ...{ ...parts, clock: options.clock, log: options.log, secrets: this.#secrets },
      onOpened: () => this.#onLineOpened(),
      onDigit: (digit) => this.#take({ type: 'digit', digit, upTo: session.takeTurn() }),
      onStopped: () => this.#take({ type: 'callerHungUp' }),
      onLost: () => this.#take({ type: 'lineLost' }),
    });
    const seat = new OperatorSeat({ ...options, ...parts });
    this.operator = new OperatorDesk({
      ...{ ...options, ...parts, seat, secrets: this.#secrets },
      state: () => this.#state,
    });
    this.#effects = new Effects({
      ...{ ...options, ...parts, seat, callId: options.incoming.id, watchdog: this.#watchdog.totals },
      closeLine: () => this.#line.close(),
      onHandOver: (fact) => this.#onHandOver(fact),
      onTimeUp: (timer) => this.#onTimeUp(timer),
      onEnded: (end) => {
        this.tape.close();
        options.onEnded(end);
      },
    });
    this.#modelEvents = new ModelEvents({
      ...{ ...options, ...parts, watchdog: this.#watchdog },
      repeatedWords: () => this.#casts.now.repeatedWords,
      hearing: () => this.#earshot.hearing,
      drop: (turn) => this.#media.drop(turn),
      cut: (upTo) => this.#media.cut(upTo),
      greetingTurn: () => this.#greetingTurn,
      speakOverGreeting: () => this.#speakOverGreeting(),
      atMs: () => this.#atMs(),
    });
    this.#announcement = this.#record(options);
    const opening = openCall(this.#casts.rules, options.recorded !== undefined);
    this.#state = opening.state;
    for (const effect of opening.effects) this.#effects.carryOut(effect);
    session.listen({
      onAudio: (pcm, turn) => this.#media.fromAgent(pcm, turn),
      onEvent: (event) => this.#onSession(event),
      recall: () => this.transcript.saidFrom(this.#casts.saidFrom),
    });
  }

  get incoming(): CarrierCall {
    return this.#options.incoming;
  }

  get isEnded(): boolean {
    return this.#state.phase === 'ended';
  }

  /** Takes the line on which the call goes on; an older one is let go. A call that has ended closes it at once. */
  attach(line: Line): void {
    const taped = this.tape.watch(line);
    this.#line.attach(this.#options.placed?.watch(taped) ?? taped);
  }

  /** The carrier asked what is next although we had not closed the line. */
  carrierAsks(): void {
    this.#take({ type: 'carrierAsks', openForMs: this.#line.openForMs });
    if (this.#state.phase !== 'ended' && this.#state.line !== 'open') this.#line.letGo();
  }

  callerHungUp(): void {
    this.#take({ type: 'callerHungUp' });
  }

  /** The carrier was told to open a stream for a caller who was elsewhere. `told`: what the model is told once it opens. */
  returned(told: string): void {
    this.#take({ type: 'returned', told });
  }

  /** A caller who was elsewhere stays there. Nothing is asked of the carrier. */
  handedOver(as: EndReason = 'transferred'): void {
    this.#take({ type: 'handedOver', as });
  }

  shutDown(): void {
    this.#take({ type: 'shutDown' });
  }

  /** What the records say of who calls. `inTime`: the model was opened with it; otherwise it is told now. */
  lookedUp(lookedUp: LookedUp, inTime: boolean): void {
    this.#notice(lookedUpNotice(lookedUp, inTime));
    const { contact } = lookedUp;
    if (contact && !inTime) this.#take({ type: 'told', text: contactInWords(contact), answer: false });
  }

  #record({ recording, placed, log }: CallOptions): Announcement | undefined {
    if (!recording) return undefined;
    const { taker, announcement } = recording;
    this.tape.follow(taker);
    const instruct = placed
      ? undefined
      : (text: string): void => this.#take({ type: 'told', text, answer: true });
    const onHeard = (): void =>
      taker.start((is) => {
        if (!this.isEnded) this.#notice({ type: 'recording', is });
      });
    return new Announcement({ words: announcement, instruct, onHeard, log });
  }

  #onLineOpened(): void {
    const isFirst = this.#options.recorded !== undefined && this.#greetingTurn === undefined;
    if (isFirst) this.#greetingTurn = this.#casts.session.takeTurn();
    this.#take({ type: 'lineOpened', greetingTurn: isFirst ? this.#greetingTurn : undefined });
  }

  #onTimeUp(timer: TimerName): void {
    if (timer === 'model') {
      const { unheardMs } = this.#playout;
      return this.#take({
        ...{ type: 'modelLate', is: 'away', unheardMs },
        turn: this.#casts.session.takeTurn(),
      });
    }
    // What was typed before a secret is told once that is typed: the model would speak in the middle of it.
    if (timer === 'keys' && this.#secrets.isOpen)
      return this.#effects.carryOut({ do: 'arm', timer, ms: KEYS_LOOK_AGAIN_MS });
    const { silentMs } = this.#playout;
    const { callerSpeaks, hearing } = this.#earshot;
    this.#take({ type: 'timeUp', timer, callerSpeaks, silentMs, hearing });
  }

  #onSession(event: SessionEvent): void {
    const fact = this.#modelEvents.factOf(event);
    if (fact) this.#take(fact);
    if (event.type === 'callerSaid') this.#take({ type: 'callerSaid' });
  }

  #onSound(is: BargeInKind | 'unknown', afterMs: number): void {
    if (is !== 'unknown') this.#notice({ type: 'sound-over-agent', is, afterMs });
    if (!this.#casts.now.rules.callerInterrupts) return;
    const upTo = is === 'speech' ? this.#casts.session.takeTurn() : NO_TURN;
    this.#take({ type: 'callerSound', is, upTo, hearing: this.#earshot.hearing });
  }

  /** The model does not know that a recording is playing, and so says nothing of an interruption; the caller's words do. */
  #speakOverGreeting(): void {
    const hearing = this.#earshot.hearing;
    if (hearing?.turn !== this.#greetingTurn || !hearing || !this.#casts.now.rules.callerInterrupts) return;
    this.#take({ type: 'interrupted', upTo: hearing.turn, hearing });
  }

  #onHandOver(fact: Extract<CallFact, { type: 'agentChanged' | 'agentStays' }>): void {
    if (fact.type === 'agentChanged') {
      this.#turnTaking.be(this.#casts.now.turnTaking);
      this.#modelEvents.otherAgent();
    }
    this.#take(fact);
  }

  #onTurnHeard(turn: TurnId): void {
    this.transcript.turnHeard(turn, this.#playout.account(turn).acceptedMs);
    this.#take({ type: 'turnHeard', turn });
    const fact = this.#modelEvents.turnHeard(turn);
    if (fact) this.#take(fact);
  }

  #work(fact: CallFact): void {
    const { state, effects } = step(this.#state, fact, this.#casts.rules);
    this.#state = state;
    this.#secrets.follow(state.phase);
    for (const effect of effects) this.#effects.carryOut(effect);
  }

  #atMs(): number {
    return this.#options.clock.nowMs() - this.#startedMs;
  }
}
