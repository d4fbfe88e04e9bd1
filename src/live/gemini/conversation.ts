// A conversation with Gemini, over any number of connections: joins the agent's side to the caller's, and takes both over
// from one connection to the next. It owns the order in which things are said; what each side is has its own file.
import { msOfBytes, PCM16_16K, PCM16_24K } from '../../audio/format.ts';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { ToolCallId, TurnId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type {
  JsonObject,
  LiveSession,
  Said,
  SessionEvent,
  SessionListener,
  SessionSetup,
  ToolAnswer,
} from '../session.ts';
import { Agent } from './agent.ts';
import { Attention } from './attention.ts';
import { catchUp, NOTHING_KNOWN } from './catch-up.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import { ACTIVITY_END, ACTIVITY_START, encodeAudio } from './encode.ts';
import { DEAF, guarded } from './guarded.ts';
import { Link } from './link.ts';
import { decode, type LiveFact, type ServerMessage } from './messages.ts';
import type { Capabilities } from './models.ts';
import { Outbox, type Asked } from './outbox.ts';
import { asKnownResult, asResult, asTold, newest, REMINDER } from './recall.ts';
import type { Moment } from './renewal.ts';
import { resumed, started, type Route } from './seed.ts';
import { Speaker } from './speaker.ts';
import { readable, type PendingCall } from './tool-calls.ts';
import { Uplink } from './uplink.ts';
import type { Owed } from './watchdog.ts';
import type { WireSetup } from './wire-setup.ts';

export interface ConversationParts {
  readonly wanted: SessionSetup;
  readonly ways: readonly Route[];
  /** Opens a connection; nothing is heard of it before the call returned. */
  readonly dial: (way: Route, setup: WireSetup, setupTimeoutMs: number, to: ConnectionListener) => Connection;
  readonly setupTimeoutMs: number;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

type Phase = { is: 'opening' } | { is: 'ready' } | { is: 'switching'; sinceMs: number } | { is: 'over' };

export class Conversation implements LiveSession {
  readonly hears = PCM16_16K;
  readonly speaks = PCM16_24K;

  readonly #wanted: SessionSetup;
  readonly #ways: readonly Route[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #link: Link;
  readonly #uplink: Uplink;
  readonly #attention: Attention;
  readonly #agent: Agent;
  readonly #outbox = new Outbox();
  readonly #speaker: Speaker;
  #listener: SessionListener = DEAF;
  #phase: Phase = { is: 'opening' };
  /** Grows with everything that a handle may or may not know. */
  #step = 0;
  #memory = NOTHING_KNOWN;
  #history: readonly Said[] = [];
  /** The connection broke in the middle of what the model said or thought. */
  #broken = false;

  constructor({ wanted, ways, dial, clock, random, log, setupTimeoutMs }: ConversationParts) {
    this.#wanted = wanted;
    this.#ways = ways;
    this.#clock = clock;
    this.#log = log;
    this.#attention = new Attention({
      clock,
      limits: wanted.watchdog,
      emit: (event) => this.#emit(event),
      remind: (owed) => this.#remind(owed),
      renew: () => this.#link.renew('the model owes an answer and says nothing'),
      giveUp: (owed) => this.#giveUp(owed),
    });
    this.#uplink = new Uplink(log, wanted.voiceActivity, (caller) => this.#attention.caller(caller));
    const capabilities = (): Capabilities => this.#ways[this.#link.way]!.capabilities;
    this.#agent = new Agent(
      { capabilities, clock, log },
      {
        // The listener may have closed the session on the event before.
        onAudio: (pcm, turn) => {
          if (this.#isOver()) return;
          this.#attention.sound(msOfBytes(PCM16_24K, pcm.length));
          this.#listener.onAudio(pcm, turn);
        },
        onEvent: (event) => this.#emit(event),
        onTurnedTo: () => this.#heard(),
        onWentOn: () => {
          if (this.#outbox.wentOn()) this.#attention.wentOn();
        },
        onEmptyTurn: () => this.#attention.emptyTurn(),
      },
    );
    this.#speaker = new Speaker({
      tools: wanted.tools,
      capabilities,
      send: (json) => this.#link.send(json),
    });
    this.#link = new Link(
      {
        dial: ({ way, handle, setupTimeoutMs: withinMs }, to) =>
          dial(this.#ways[way]!, this.#compose(this.#ways[way]!, handle), withinMs, to),
        ways: ways.map(({ access }) => access.name),
        clock,
        random,
        log,
        setupTimeoutMs,
      },
      {
        onReady: (isResumed, setupMs) => this.#becomeReady(isResumed, setupMs),
        onMessage: (message) => this.#read(message),
        onLost: (planned, why) => this.#lose(planned, why),
        onFailed: (error) => this.#fail(error),
        moment: () => this.#moment(),
      },
    );
  }

  get callerSpeaks(): boolean {
    return this.#uplink.isSpoken;
  }

  listen(to: SessionListener): void {
    this.#listener = guarded(to, this.#log);
  }

  send(pcm: Uint8Array): void {
    this.#uplink.send(pcm);
    // What waits for the caller's silence may be due.
    this.#tell();
  }

  holdSpeech(held: boolean): void {
    this.#uplink.hold(held);
  }

  prompt(text: string): void {
    if (!this.#isOver()) this.#put({ text, fact: asTold(text), answeredBy: 'new turn' });
  }

  inform(text: string): void {
    if (this.#isOver()) return;
    this.#outbox.note(text);
    this.#tell();
  }

  takeTurn(): TurnId {
    return this.#agent.takeTurn();
  }

  answerTool({ id, response, maybeSilent = false }: ToolAnswer): void {
    const call = this.#isOver() ? undefined : this.#agent.toolCalls.settle(id);
    if (!call) {
      this.#log.debug({ toolCallId: id }, 'an answer that the model no longer waits for was dropped');
      return;
    }
    const result = readable(response, (cause) =>
      this.#log.error({ tool: call.name, cause }, 'a tool gave a result that is no JSON'),
    );
    const answeredBy = this.#speaker.answeredBy(call.name);
    const asked = { text: asResult(call.name, result), fact: asKnownResult(call.name, result), of: id };
    if (call.orphaned)
      return answeredBy === 'nothing'
        ? this.inform(asked.fact)
        : this.#put({ ...asked, answeredBy: 'new turn' });
    this.#step += 1;
    this.#outbox.ask({ ...asked, answeredBy });
    if (answeredBy !== 'nothing' && !maybeSilent) this.#attention.asked();
    this.#answer(id, call, result);
  }

  close(): void {
    if (this.#isOver()) return;
    this.#finish();
    this.#link.close();
  }

  #read(message: ServerMessage): void {
    for (const fact of decode(message)) this.#take(fact);
  }

  #take(fact: LiveFact): void {
    switch (fact.type) {
      case 'ready':
        return;
      case 'resumption':
        return fact.handle === undefined ? undefined : this.#remember(fact.handle);
      case 'goAway':
        this.#log.info({ timeLeftMs: fact.timeLeftMs }, 'the Live API will end this connection');
        return this.#link.goAway(fact.timeLeftMs);
      default:
        return this.#agent.take(fact);
    }
  }

  /** What the caller said, and what was put to the model, has reached it. */
  #heard(): void {
    this.#step += 1;
    this.#attention.turnedTo();
    // Who was spoken to by the call has not answered the caller.
    if (!this.#outbox.open.some(({ of }) => of === undefined)) this.#uplink.covered();
    this.#outbox.turned();
  }

  #remember(handle: string): void {
    const nowMs = this.#clock.nowMs();
    this.#memory = {
      step: this.#step,
      saidCount: this.#listener.recall().length,
      toldCount: this.#outbox.toldCount(nowMs),
      pending: this.#agent.toolCalls.waitedForBy(nowMs),
    };
    if (!this.#agent.isInTurn) this.#outbox.known();
    this.#link.keep(handle);
  }

  #compose(way: Route, handle: string | undefined): WireSetup {
    const start =
      handle === undefined
        ? started(way, this.#wanted, newest(this.#listener.recall()))
        : resumed(way, handle);
    this.#history = start.history;
    return start.setup;
  }

  /** What the past needs goes first, then what wants an answer, then the caller's sound: a greeting must not wait behind it. */
  #becomeReady(isResumed: boolean, setupMs: number): void {
    const was = this.#phase;
    this.#phase = { is: 'ready' };
    this.#speaker.history(this.#history);
    if (!isResumed) {
      this.#memory = NOTHING_KNOWN;
      this.#agent.toolCalls.restart();
    }
    this.#outbox.forgotten(this.#memory.toldCount);
    if (was.is === 'switching') this.#catchUp(isResumed);
    else for (const { text } of this.#outbox.open) this.#speaker.ask(text);
    if (was.is === 'switching') {
      const gapMs = this.#clock.nowMs() - was.sinceMs;
      const memory = isResumed ? 'kept' : 'told';
      this.#log.info(
        { gapMs: Math.round(gapMs), setupMs: Math.round(setupMs), memory, through: this.#through },
        'the model is back',
      );
      this.#emit({ type: 'switched', memory, gapMs, setupMs });
    } else {
      this.#log.debug({ setupMs: Math.round(setupMs), through: this.#through }, 'the model is ready');
      this.#emit({ type: 'ready' });
    }
    if (this.#isOver()) return;
    this.#tell();
    this.#attention.back({
      asked: this.#outbox.open.length > 0,
      callerWaits: this.#uplink.isWaitedFor && !this.#uplink.isSpoken,
    });
    this.#uplink.open({
      audio: (pcm) => this.#link.send(encodeAudio(pcm)),
      started: () => this.#link.send(ACTIVITY_START),
      ended: () => this.#link.send(ACTIVITY_END),
    });
  }

  #catchUp(isResumed: boolean): void {
    const tellings = catchUp({
      resumed: isResumed,
      memory: this.#memory,
      said: this.#listener.recall(),
      open: this.#outbox.open,
      answered: this.#outbox.answered,
      pending: this.#agent.toolCalls.pending,
      broken: this.#broken,
      callerSpeaks: this.#uplink.isSpoken,
      takesNotes: this.#ways[this.#link.way]!.capabilities.clientContent === 'any time',
    });
    for (const telling of tellings)
      if (telling.do === 'answer') this.#answer(telling.id, telling.call, telling.response, true);
      else if (telling.do === 'go-on') this.#put({ text: telling.text, fact: '', answeredBy: 'new turn' });
      else this.#speaker.tell(telling);
  }

  #lose(planned: boolean, why: string): void {
    this.#uplink.shut();
    this.#attention.away();
    this.#phase = { is: 'switching', sinceMs: this.#clock.nowMs() };
    this.#broken = this.#agent.broken();
    this.#emit({ type: 'switching', planned, why, broken: this.#broken });
  }

  #moment(): Moment {
    if (this.#agent.isBusy || this.#outbox.open.length > 0) return 'busy';
    return this.#memory.step === this.#step && !this.#uplink.isWaitedFor ? 'settled' : 'quiet';
  }

  #answer(id: ToolCallId, call: PendingCall, response: JsonObject, aside = false): void {
    this.#agent.toolCalls.answered(id, call, this.#clock.nowMs());
    this.#speaker.answer(call, response, aside);
  }

  #put(asked: Asked): void {
    this.#step += 1;
    this.#outbox.ask(asked);
    this.#speaker.ask(asked.text);
    if (this.#phase.is === 'ready') this.#attention.asked();
  }

  /** Anything that is told cuts off what the model says or thinks, so it waits for a moment in which it does neither. */
  #tell(): void {
    if (!this.#outbox.hasNotes || this.#phase.is !== 'ready') return;
    if (this.#uplink.isWaitedFor || this.#moment() === 'busy') return;
    const notes = this.#outbox.takeNotes(this.#clock.nowMs());
    this.#step += 1;
    this.#speaker.note(notes.join('\n'));
  }

  #remind(owed: Owed): void {
    this.#log.warn({ owed }, 'the model says nothing although it should; reminding it');
    if (owed === 'answer') this.#speaker.ask(REMINDER);
    else for (const { text } of this.#outbox.open) this.#speaker.ask(text);
  }

  /** A caller who is not answered may not have spoken to us at all; a model that is silent to us is of no use. */
  #giveUp(owed: Owed): void {
    if (owed === 'answer') return this.#uplink.dismiss();
    this.#link.close();
    this.#fail(new LivelineError('LIVE_CLOSED', 'the model says nothing, on one connection after another'));
  }

  #fail(error: LivelineError): void {
    if (this.#isOver()) return;
    this.#finish();
    this.#listener.onEvent({ type: 'failed', error });
  }

  #finish(): void {
    this.#phase = { is: 'over' };
    this.#attention.away();
    this.#uplink.close();
  }

  #emit(event: SessionEvent): void {
    if (this.#isOver()) return;
    if (event.type === 'turnEnded') this.#attention.turnEnded();
    if (event.type === 'idle') this.#outbox.turnEnded();
    this.#listener.onEvent(event);
    if (event.type === 'idle') this.#tell();
  }

  get #through(): string {
    return this.#ways[this.#link.way]!.access.name;
  }

  #isOver(): boolean {
    return this.#phase.is === 'over';
  }
}
