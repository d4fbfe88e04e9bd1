// A call: whatever happens to it becomes a fact in one inbox, and each fact a step. It sees no sound and does nothing
// itself: effects.ts does.
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import { turnId, type ToolCallId, type TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { SessionEvent, ToolCall } from '../live/session.ts';
import { Announcement } from './announcement.ts';
import { CallLine } from './call-line.ts';
import type { CallJournal, CallOptions, RestoredCall } from './call-options.ts';
import { Casts } from './cast.ts';
import { Earshot } from './earshot.ts';
import { Effects } from './effects.ts';
import { recordingFor } from './greeter.ts';
import type { Recording } from './greetings.ts';
import { Inbox } from './inbox.ts';
import { contactInWords, lookedUpNotice, type LookedUp } from './known-caller.ts';
import { entryOf } from './journal-entry.ts';
import { Journalling } from './journalling.ts';
import { Learned } from './learned.ts';
import { Media } from './media.ts';
import { ModelEvents } from './model-events.ts';
import { momentOf, type Moment } from './moment.ts';
import type { NoticeBody } from './notices.ts';
import { OperatorDesk } from './operator-desk.ts';
import { OperatorSeat } from './operator-seat.ts';
import { placedPart } from './placed-part.ts';
import type { TalkCall } from './placed-talk.ts';
import { Playout } from './playout.ts';
import type { CallFact, CallState, EndReason, Step, TimerName } from './state.ts';
import { SecretEntry } from './secret-entry.ts';
import { openRestored } from './rejoining.ts';
import {
  entriesBefore,
  leftOpen,
  NOTICED_AFTER_MS,
  SAID_WITHIN_MS,
  toldOfGap,
  toldOnReturn,
  transcriptOf,
  type ToldOnReturn,
} from './restored.ts';
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
  readonly #learned: Learned;
  /** What an operator may do. */
  readonly operator: OperatorDesk;
  readonly #effects: Effects;
  readonly #secrets: SecretEntry;
  readonly #turnTaking: TurnTaking;
  readonly #earshot: Earshot;
  readonly #inbox = new Inbox<CallFact>((fact) => this.#work(fact));
  readonly #take = (fact: CallFact): void => {
    if (this.#options.inDoubt?.()) this.#inbox.hold();
    this.#inbox.take(fact);
  };
  readonly #notice = (body: NoticeBody): void => {
    // It is no fact of the call that a secret is typed.
    if (body.type === 'secret-keys') this.#journalling?.changed();
    this.#options.notice(body, this.#atMs());
  };
  #state: CallState;
  readonly #line: CallLine;
  readonly #modelEvents: ModelEvents;
  readonly #watchdog = new WatchdogCount();
  readonly #recording: Recording | undefined;
  readonly #announcement: Announcement | undefined;
  #isRecorded = false;
  /** Of the recorded greeting, from the line's first opening on. */
  #greetingTurn: TurnId | undefined;
  readonly #journalling: Journalling | undefined;
  /** What is asked of tools, of which some may be done by now. */
  readonly #calls = new Map<ToolCallId, ToolCall>();
  /** Another process had the call: what the model is told of it once the line is open. */
  #toldOnReturn: (() => ToldOnReturn) | undefined;

  constructor(options: CallOptions) {
    const { lineFormat, restored } = options;
    const { entry } = restored ?? {};
    this.#options = options;
    this.#startedMs = options.startedMs ?? options.clock.nowMs();
    this.#casts = new Casts(options, entry && entriesBefore(entry));
    this.#learned = new Learned(entry?.notes);
    const { session } = this.#casts;
    this.tape = new Tape(lineFormat, options.log);
    this.transcript = new Transcript(
      (entry) => {
        options.placed?.said(entry);
        this.#announcement?.said(entry);
        this.#journalling?.changed();
        if (this.#casts.now.showsWords[entry.who]) this.#notice({ type: 'transcript', entry });
      },
      entry && transcriptOf(entry),
    );
    this.#playout = new Playout({
      ...{ format: lineFormat, clock: options.clock, pacer: options.pacer },
      onTurnHeard: (turn) => this.#onTurnHeard(turn),
    });
    this.#media = new Media(session, this.#playout, lineFormat, undefined, this.tape);
    this.#recording = entry ? undefined : recordingFor(options.recorded, lineFormat);
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
      onOpened: (goneMs) => this.#onLineOpened(goneMs),
      onDigit: (digit) => this.#take({ type: 'digit', digit, upTo: session.takeTurn() }),
      onStopped: () => this.#take({ type: 'callerHungUp' }),
      onHung: () => options.onLineHung?.(),
      onLost: (byUs) => this.#take({ type: 'lineLost', byUs }),
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
        this.#journalling?.end();
        options.onEnded(end);
      },
      onDropped: (toolsDone) => {
        this.tape.close();
        this.#journalling?.stop();
        options.onDropped(toolsDone);
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
    const opening = restored
      ? this.#restore(restored)
      : openCall(this.#casts.rules, options.recorded !== undefined);
    this.#state = opening.state;
    this.#journalling = options.journal && this.#journallingOf(options.journal);
    for (const effect of opening.effects) this.#effects.carryOut(effect);
    session.listen({
      onAudio: (pcm, turn) => this.#media.fromAgent(pcm, turn),
      onEvent: (event) => this.#onSession(event),
      recall: () => this.transcript.saidFrom(this.#casts.saidFrom),
    });
    this.#journalling?.begin();
  }

  get incoming(): CarrierCall {
    return this.#options.incoming;
  }

  get isEnded(): boolean {
    return this.#state.phase === 'ended';
  }

  /**
   * Takes the line on which the call goes on; an older one is let go. A call that has ended closes it at once. `token`: by
   * which it came, which opens no other anywhere.
   */
  attach(line: Line, token?: string): void {
    if (token !== undefined) this.#journalling?.tenure?.spent(token);
    const taped = this.tape.watch(line);
    this.#line.attach(this.#options.placed?.watch(taped) ?? taped);
  }

  /** The carrier asked what is next although we had not closed the line. */
  carrierAsks(): void {
    this.#take({ type: 'carrierAsks', openForMs: this.#line.openForMs });
    if (this.#state.phase !== 'ended' && this.#state.line !== 'open') this.#line.letGo();
  }

  /** The carrier is to open another line. Nothing where there is none. */
  reopen(): void {
    this.#line.reopen();
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

  /** The caller is ours, and on no line. */
  get awaitsLine(): boolean {
    return this.#state.phase !== 'ended' && (this.#state.line === 'awaited' || this.#state.line === 'lost');
  }

  shutDown(): void {
    this.#take({ type: 'shutDown' });
  }

  /** How it stands for whoever would hand it on. */
  get moment(): Moment {
    const { hearing, callerSpeaks } = this.#earshot;
    const typesSecret = this.#secrets.isOpen;
    return momentOf(this.#state, { agentIsHeard: hearing !== undefined, callerSpeaks, typesSecret });
  }

  /** Another process can go on with it. */
  get isJournalled(): boolean {
    return this.#journalling?.tenure?.isOurs === true;
  }

  /** Another process has the call: whatever has come meanwhile is that one's. */
  drop(): void {
    this.#inbox.empty();
    this.#work({ type: 'moved' });
  }

  /** The call is ours, after it was in doubt: what has come meanwhile is worked on. */
  goOn(): void {
    this.#inbox.goOn();
  }

  /** A node that is alive is to go on with it. False: it could not be written down, and the call goes on here. */
  async handTo(node: string, withinMs: number): Promise<boolean> {
    const journalling = this.#journalling;
    const tenure = journalling?.tenure;
    if (!tenure || this.isEnded) return false;
    journalling.keepNow();
    this.#inbox.hold();
    if (await tenure.handTo(node, withinMs)) {
      this.drop();
      return true;
    }
    this.#inbox.goOn();
    return false;
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
        this.#isRecorded = is === 'began';
        this.#journalling?.changed();
        if (!this.isEnded) this.#notice({ type: 'recording', is });
      });
    return new Announcement({ words: announcement, instruct, onHeard, log });
  }

  #restore({ entry, awayMs, phrase, lastsAtMostMs }: RestoredCall): Step {
    const { clock, greeting } = this.#options;
    const rules = { ...this.#casts.rules, lastsAtMostMs };
    this.#modelEvents.otherAgent();
    for (const left of leftOpen(entry))
      if (this.#casts.now.showsWords[left.who]) this.#notice({ type: 'transcript', entry: left });
    if (entry.elsewhere?.line !== 'away') {
      const sinceMs = clock.nowMs() - awayMs;
      this.#toldOnReturn = () => toldOnReturn(entry, clock.nowMs() - sinceMs, { phrase, greeting });
    }
    return openRestored(entry, this.#atMs(), rules);
  }

  #journallingOf({ begin, of }: CallJournal): Journalling {
    const { restored, clock } = this.#options;
    const { before = 0, memory } = restored?.entry ?? {};
    return new Journalling({
      ...{ begin, clock },
      memory: memory && { ...memory, known: memory.known - before - this.#casts.saidFrom },
      look: (newest) =>
        this.#state.phase === 'ended'
          ? undefined
          : entryOf({
              of: of(),
              state: this.#state,
              transcript: this.transcript,
              played: (turn) => this.#playout.account(turn),
              saidBefore: before,
              entriesBefore: this.#casts.saidFrom,
              memory: newest,
              notes: this.#learned.notes,
              calls: [...this.#calls.values()],
              agentIsHeard: this.#earshot.agentIsHeard,
              callerSpeaks: this.#earshot.callerSpeaks,
              typesSecret: this.#secrets.isOpen,
              machine: this.#options.placed?.machine,
              isRecorded: this.#isRecorded,
            }),
    });
  }

  #onLineOpened(goneMs: number): void {
    const isFirst = this.#options.recorded !== undefined && this.#greetingTurn === undefined;
    if (isFirst) this.#greetingTurn = this.#casts.session.takeTurn();
    const resumed = this.#toldOnReturn?.();
    this.#toldOnReturn = undefined;
    this.#take({
      type: 'lineOpened',
      greetingTurn: isFirst ? this.#greetingTurn : undefined,
      ...(resumed && { resumed }),
      ...(goneMs > NOTICED_AFTER_MS && { wasGone: toldOfGap(this.#options.cutOffPhrase?.()) }),
      ...((resumed || goneMs > SAID_WITHIN_MS) && { gap: true }),
    });
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
    if (event.type === 'remembered') this.#journalling?.remembers(event.memory);
    else if ((event.type === 'ready' || event.type === 'switched') && event.memory === 'told')
      this.#journalling?.remembers(undefined);
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
      this.#journalling?.remembers(undefined);
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
    for (const effect of effects) {
      if (effect.do === 'runTool') this.#calls.set(effect.call.id, effect.call);
      this.#effects.carryOut(effect);
    }
    if (!('tools' in state) || state.tools.size === 0) this.#calls.clear();
    this.#journalling?.changed();
  }

  #atMs(): number {
    return this.#options.clock.nowMs() - this.#startedMs;
  }
}
