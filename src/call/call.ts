// A call: whatever happens to it becomes a fact in one inbox, and each fact a step. It sees no sound and does nothing
// itself: effects.ts does.
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import { unreachable } from '../base/errors.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import type { Line, LineEvent } from '../carrier/line.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { SessionEvent } from '../live/session.ts';
import type { ToolDone, ToolLate } from '../tools/run/runner.ts';
import type { CallOptions } from './call-options.ts';
import { Casts } from './cast.ts';
import { Ear } from './ear.ts';
import { Effects } from './effects.ts';
import { contactInWords, lookedUpNotice, type LookedUp } from './known-caller.ts';
import { lateFact, lateNotice } from './late-tool.ts';
import { Recording } from './greetings.ts';
import { Media } from './media.ts';
import { ModelEvents } from './model-events.ts';
import type { NoticeBody } from './notices.ts';
import { Played } from './played.ts';
import { Playout } from './playout.ts';
import type { CallFact, CallState, EndReason, Hearing, TimerName } from './state.ts';
import { SecretEntry } from './secret-entry.ts';
import { openCall, step } from './step.ts';
import { Transcript } from './transcript.ts';
import { WatchdogCount } from './watchdog-count.ts';
import { bytesOfMs } from '../audio/format.ts';

/** As long as the file of a greeting may be. */
const GREETING_LASTS_AT_MOST_MS = 20_000;
const NO_TURN = turnId(0);

export class Call {
  readonly #options: CallOptions;
  readonly #casts: Casts;
  readonly #startedMs: number;
  readonly #playout: Playout;
  readonly #media: Media;
  readonly transcript: Transcript;
  readonly #effects: Effects;
  readonly #secrets: SecretEntry;
  readonly #inbox: CallFact[] = [];
  #working = false;
  #isLocal = false;
  #state: CallState;
  #line: Line | undefined;
  #openedMs = 0;
  readonly #modelEvents: ModelEvents;
  readonly #watchdog = new WatchdogCount();
  readonly #recording: Recording | undefined;
  /** Of the recorded greeting, from the line's first opening on. */
  #greetingTurn: TurnId | undefined;

  constructor(options: CallOptions) {
    const { clock, pacer, lineFormat } = options;
    this.#options = options;
    this.#casts = new Casts(options);
    const { session } = this.#casts;
    this.#startedMs = clock.nowMs();
    this.transcript = new Transcript((entry) => {
      if (this.#casts.now.showsWords[entry.who]) this.#notice({ type: 'transcript', entry });
    });
    this.#playout = new Playout({
      format: lineFormat,
      ...{ clock, pacer },
      onTurnHeard: (turn) => this.#onTurnHeard(turn),
    });
    this.#media = new Media(session, this.#playout, lineFormat);
    this.#listenLocally(options.turnTaking === 'local');
    if (!options.recorded) {
      this.#recording = new Recording(bytesOfMs(lineFormat, GREETING_LASTS_AT_MOST_MS));
      this.#media.record(this.#recording);
    }
    this.#secrets = new SecretEntry({
      ...{ clock, log: options.log, media: this.#media },
      agentIsHeard: () => this.#playout.hearing() !== undefined,
      notice: (body) => this.#notice(body),
    });
    this.#casts.listen({
      onDone: (done) => this.#onToolDone(done),
      onLate: (late) => this.#onToolLate(late),
      secrets: this.#secrets,
    });
    this.#effects = new Effects({
      ...options,
      casts: this.#casts,
      callId: options.incoming.id,
      media: this.#media,
      playout: this.#playout,
      transcript: this.transcript,
      recording: this.#recording,
      watchdog: this.#watchdog.totals,
      closeLine: () => this.#closeLine(),
      onHandOver: (fact) => this.#onHandOver(fact),
      notice: (body) => this.#notice(body),
      onTimeUp: (timer) => this.#onTimeUp(timer),
    });
    this.#modelEvents = new ModelEvents({
      ...options,
      session,
      repeatedWords: () => this.#casts.now.repeatedWords,
      ...{ transcript: this.transcript, playout: this.#playout, recording: this.#recording },
      watchdog: this.#watchdog,
      hearing: () => this.#hearing(),
      drop: (turn) => this.#media.drop(turn),
      cut: (upTo) => this.#media.cut(upTo),
      greetingTurn: () => this.#greetingTurn,
      speakOverGreeting: () => this.#speakOverGreeting(),
      notice: (body) => this.#notice(body),
      atMs: () => this.#atMs(),
    });
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
    if (this.#line && !this.isEnded) this.#letGo(this.#line);
    if (this.isEnded) return line.close();
    this.#line = line;
    this.#openedMs = this.#options.clock.nowMs();
    this.#notice({ type: 'line-opened' });
    this.#options.log.info({ streamId: line.streamId }, 'line opened');
    this.#media.attach(line);
    this.#secrets.lineIsBack();
    const isFirst = this.#options.recorded !== undefined && this.#greetingTurn === undefined;
    if (isFirst) this.#greetingTurn = this.#casts.session.takeTurn();
    this.#take({ type: 'lineOpened', greetingTurn: isFirst ? this.#greetingTurn : undefined });
    // Last: what the line has kept, its end perhaps, comes at once.
    line.listen({
      onAudio: (frame) => this.#media.fromCaller(frame),
      onEvent: (event) => this.#onLine(line, event),
    });
  }

  /** The carrier asked what is next although we had not closed the line. */
  carrierAsks(): void {
    const openForMs = this.#line ? this.#options.clock.nowMs() - this.#openedMs : 0;
    this.#take({ type: 'carrierAsks', openForMs });
    if (this.#line && this.#state.phase !== 'ended' && this.#state.line !== 'open') this.#letGo(this.#line);
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

  /** Something the caller did not say: a note of the operator's. `answer`: whether the agent shall speak to it. */
  tell(text: string, answer: boolean): void {
    this.#options.log.info({ answer, pii: { text } }, 'an operator tells the model something');
    this.#notice({ type: 'told', text, answer });
    if (answer) this.#recording?.drop();
    this.#take({ type: 'told', text, answer });
  }

  /** What the records say of who calls. `inTime`: the model was opened with it; otherwise it is told now. */
  lookedUp(lookedUp: LookedUp, inTime: boolean): void {
    this.#notice(lookedUpNotice(lookedUp, inTime));
    const { contact } = lookedUp;
    if (contact && !inTime) this.#take({ type: 'told', text: contactInWords(contact), answer: false });
  }

  #onLine(line: Line, event: LineEvent): void {
    if (line !== this.#line || this.isEnded) return;
    switch (event.type) {
      case 'marked':
        return this.#playout.marked(event.name);
      case 'digit':
        if (this.#secrets.takes(event.digit)) return;
        this.#notice({ type: 'digit', digit: event.digit });
        return this.#take({
          ...{ type: 'digit', digit: event.digit },
          upTo: this.#casts.session.takeTurn(),
        });
      case 'stopped':
        return this.#take({ type: 'callerHungUp' });
      case 'closed':
        this.#options.log.warn(
          { code: event.code, reason: event.reason },
          'line lost without a stop; waiting for the carrier to open another',
        );
        return this.#loseLine();
      default:
        return unreachable(event);
    }
  }

  #onTimeUp(timer: TimerName): void {
    if (timer === 'model') {
      const { unheardMs } = this.#playout;
      return this.#take({
        ...{ type: 'modelLate', is: 'away', unheardMs },
        turn: this.#casts.session.takeTurn(),
      });
    }
    const { silentMs } = this.#playout;
    const callerSpeaks = this.#callerSpeaks();
    this.#take({ type: 'timeUp', timer, callerSpeaks, silentMs, hearing: this.#hearing() });
  }

  /** As decided: whatever it says from now on concerns nobody. */
  #closeLine(): void {
    const line = this.#line;
    this.#line = undefined;
    line?.close();
  }

  #letGo(line: Line): void {
    this.#loseLine();
    line.close();
  }

  #loseLine(): void {
    this.#line = undefined;
    this.#secrets.lineIsLost();
    this.#notice({ type: 'line-lost' });
    this.#take({ type: 'lineLost' });
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
    this.#take({ type: 'callerSound', is, upTo, hearing: this.#hearing() });
  }

  #hearing(): Hearing | undefined {
    const turn = this.#playout.hearing();
    return turn === undefined ? undefined : { turn, heardMs: this.#playout.account(turn).heardMs };
  }

  /** The model does not know that a recording is playing, and so says nothing of an interruption; the caller's words do. */
  #speakOverGreeting(): void {
    const hearing = this.#hearing();
    if (hearing?.turn !== this.#greetingTurn || !hearing || !this.#casts.now.rules.callerInterrupts) return;
    this.#take({ type: 'interrupted', upTo: hearing.turn, hearing });
  }

  #onHandOver(fact: Extract<CallFact, { type: 'agentChanged' | 'agentStays' }>): void {
    if (fact.type === 'agentChanged') {
      const isLocal = this.#casts.now.turnTaking === 'local';
      if (isLocal !== this.#isLocal) this.#listenLocally(isLocal);
      this.#modelEvents.otherAgent();
    }
    this.#take(fact);
  }

  /** Who hears that the caller speaks is the profile's. */
  #listenLocally(isLocal: boolean): void {
    const { lineFormat } = this.#options;
    const played = isLocal ? new Played(lineFormat) : undefined;
    this.#isLocal = isLocal;
    this.#playout.tellPlayed(played);
    this.#media.hearWith(
      played &&
        new Ear({
          ...{ session: this.#casts.session, lineFormat, played },
          isAgentHeard: () => this.#playout.hearing() !== undefined,
          onSound: (is, afterMs) => this.#onSound(is, afterMs),
        }),
    );
  }

  #onToolDone({ then, ...answer }: ToolDone): void {
    const silent = this.#casts.now.silentTools.has(answer.name);
    this.#take({ type: 'toolDone', answer, silent, then });
  }

  #callerSpeaks(): boolean {
    return this.#casts.session.callerSpeaks || this.#media.callerSpeaks;
  }

  #onToolLate(late: ToolLate): void {
    const told = late.tell === 'tell' && !this.isEnded;
    this.#notice(lateNotice(late, told));
    if (told) this.#take(lateFact(late, this.#callerSpeaks()));
  }

  #onTurnHeard(turn: TurnId): void {
    this.transcript.turnHeard(turn, this.#playout.account(turn).acceptedMs);
    this.#take({ type: 'turnHeard', turn });
    const fact = this.#modelEvents.turnHeard(turn);
    if (fact) this.#take(fact);
  }

  /** The inbox: a fact that arises while another is being worked on waits its turn. */
  #take(fact: CallFact): void {
    this.#inbox.push(fact);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
        const { state, effects } = step(this.#state, next, this.#casts.rules);
        this.#state = state;
        this.#secrets.follow(state.phase);
        for (const effect of effects) this.#effects.carryOut(effect);
      }
    } finally {
      this.#working = false;
    }
  }

  #notice(body: NoticeBody): void {
    this.#options.notice(body, this.#atMs());
  }

  #atMs(): number {
    return this.#options.clock.nowMs() - this.#startedMs;
  }
}
