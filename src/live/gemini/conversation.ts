// A conversation with Gemini, over any number of connections: joins the agent's side, the caller's side and what the model
// is told to whichever connection there is. It owns the order of things; what each of them is has its own file.
import { msOfBytes, PCM16_16K, PCM16_24K } from '../../audio/format.ts';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { TurnId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { LiveSession, SessionEvent, SessionListener, SessionSetup, ToolAnswer } from '../session.ts';
import { Agent } from './agent.ts';
import { Attention } from './attention.ts';
import { Briefing } from './briefing.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import { ACTIVITY_END, ACTIVITY_START, encodeAudio } from './encode.ts';
import { DEAF, guarded } from './guarded.ts';
import { Link } from './link.ts';
import { decode, type LiveFact } from './messages.ts';
import type { Capabilities } from './models.ts';
import type { Route } from './seed.ts';
import { Speaker } from './speaker.ts';
import { takenUpFrom } from './taken-up.ts';
import { Uplink, type CallerTurn } from './uplink.ts';
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

  readonly #ways: readonly Route[];
  readonly #clock: Clock;
  readonly #log: Log;
  /** Another process began it. */
  readonly #isTakenUp: boolean;
  readonly #link: Link;
  readonly #uplink: Uplink;
  readonly #attention: Attention;
  readonly #agent: Agent;
  readonly #speaker: Speaker;
  readonly #briefing: Briefing;
  #listener: SessionListener = DEAF;
  #phase: Phase = { is: 'opening' };
  /** The connection broke in the middle of what the model said or thought. */
  #broken = false;

  constructor({ wanted, ways, dial, clock, random, log, setupTimeoutMs }: ConversationParts) {
    this.#ways = ways;
    this.#clock = clock;
    this.#log = log;
    this.#isTakenUp = wanted.resume !== undefined;
    this.#uplink = new Uplink(log, wanted.voiceActivity, (caller) => this.#callerIs(caller));
    this.#attention = new Attention({
      ...{ clock, log, limits: wanted.watchdog, uplink: this.#uplink },
      callerInterrupts: wanted.callerInterrupts,
      emit: (event) => this.#emit(event),
      ask: (text) => this.#speaker.ask(text),
      askAgain: () => this.#briefing.askAgain(),
      renew: () => this.#link.renew('the model owes an answer and says nothing'),
      giveUp: () => {
        this.#link.close();
        this.#fail(new LivelineError('LIVE_CLOSED', 'the model is silent on one connection after another'));
      },
    });
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
        // What the caller said, and what was put to the model, has reached it.
        onTurnedTo: () => {
          this.#attention.turnedTo();
          if (this.#briefing.turnedTo()) this.#uplink.covered();
        },
        onWentOn: () => {
          if (this.#briefing.wentOn()) this.#attention.wentOn();
        },
        onEmptyTurn: () => this.#attention.emptyTurn(),
      },
    );
    const send = (json: string): void => this.#link.send(json);
    this.#speaker = new Speaker({ tools: wanted.tools, capabilities, send });
    this.#briefing = new Briefing({
      ...{ wanted, capabilities, agent: this.#agent, speaker: this.#speaker, clock, log },
      recall: () => this.#listener.recall(),
      isThere: () => this.#phase.is === 'ready',
      isWaitedFor: () => this.#uplink.isWaitedFor,
      onAsked: () => this.#attention.asked(),
    });
    this.#link = new Link(
      {
        dial: ({ way, handle, setupTimeoutMs: withinMs }, to) =>
          dial(this.#ways[way]!, this.#briefing.compose(this.#ways[way]!, handle), withinMs, to),
        ...{ ways: ways.map(({ access }) => access.name), clock, random, log, setupTimeoutMs },
        from: wanted.resume && takenUpFrom(wanted.resume, ways, clock.epochMs()),
      },
      {
        onReady: (isResumed, setupMs) => this.#becomeReady(isResumed, setupMs),
        onMessage: (message) => {
          for (const fact of decode(message)) this.#take(fact);
        },
        onLost: (planned, why) => this.#lose(planned, why),
        onFailed: (error) => this.#fail(error),
        moment: () => this.#briefing.moment(),
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
    this.#briefing.tell();
  }

  holdSpeech(held: boolean): void {
    this.#uplink.hold(held);
  }

  letThrough(sinceMs: number): void {
    this.#uplink.letThrough(sinceMs);
  }

  prompt(text: string): void {
    if (!this.#isOver()) this.#briefing.prompt(text);
  }

  inform(text: string): void {
    if (!this.#isOver()) this.#briefing.inform(text);
  }

  takeTurn(): TurnId {
    return this.#agent.takeTurn();
  }

  answerTool(answer: ToolAnswer): void {
    if (!this.#isOver()) this.#briefing.answerTool(answer);
  }

  close(): void {
    if (this.#isOver()) return;
    this.#finish();
    this.#link.close();
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

  #remember(handle: string): void {
    const known = this.#briefing.remember();
    this.#link.keep(handle);
    const { model } = this.#ways[this.#link.way]!.setup;
    this.#emit({ type: 'remembered', memory: { handle, model, atMs: this.#clock.epochMs(), ...known } });
  }

  #callerIs(caller: CallerTurn): void {
    this.#attention.caller(caller);
    if (caller !== 'silent')
      this.#emit({ type: 'callerSpeech', is: caller === 'speaking' ? 'started' : 'ended' });
  }

  /** What the past needs goes first, then what wants an answer, then the caller's sound: a greeting must not wait behind it. */
  #becomeReady(isResumed: boolean, setupMs: number): void {
    const was = this.#phase;
    this.#phase = { is: 'ready' };
    this.#briefing.takeUp({
      resumed: isResumed,
      first: was.is === 'opening' && !this.#isTakenUp,
      broken: this.#broken,
      callerSpeaks: this.#uplink.isGiven,
    });
    const memory = isResumed ? 'kept' : 'told';
    if (was.is === 'switching') {
      const gapMs = this.#clock.nowMs() - was.sinceMs;
      this.#log.info(
        { gapMs: Math.round(gapMs), setupMs: Math.round(setupMs), memory, through: this.#through },
        'the model is back',
      );
      this.#emit({ type: 'switched', memory, gapMs, setupMs });
    } else {
      this.#log.debug({ setupMs: Math.round(setupMs), through: this.#through }, 'the model is ready');
      this.#emit(this.#isTakenUp ? { type: 'ready', memory } : { type: 'ready' });
    }
    if (this.#isOver()) return;
    this.#briefing.tell();
    this.#attention.back({ asked: this.#briefing.isOpen, caller: this.#uplink.caller });
    this.#uplink.open({
      audio: (pcm) => this.#link.send(encodeAudio(pcm)),
      started: () => this.#link.send(ACTIVITY_START),
      ended: () => this.#link.send(ACTIVITY_END),
    });
  }

  #lose(planned: boolean, why: string): void {
    this.#uplink.shut();
    this.#attention.away();
    this.#phase = { is: 'switching', sinceMs: this.#clock.nowMs() };
    this.#broken = this.#agent.broken();
    this.#emit({ type: 'switching', planned, why, broken: this.#broken });
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
    if (event.type === 'callerSaid') this.#attention.understood();
    if (event.type === 'idle') this.#briefing.turnEnded();
    this.#listener.onEvent(event);
    if (event.type === 'idle') this.#briefing.tell();
  }

  get #through(): string {
    return this.#ways[this.#link.way]!.access.name;
  }

  #isOver(): boolean {
    return this.#phase.is === 'over';
  }
}
