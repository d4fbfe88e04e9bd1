// The agent's side of a conversation: what the model says, calls and tells of itself becomes sound and events, each under
// its turn. Knows nothing of connections, nor of what is said to the model.
import { unreachable } from '../../base/errors.ts';
import type { TurnId } from '../../base/ids.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { SessionEvent } from '../session.ts';
import type { LiveFact } from './messages.ts';
import type { Capabilities } from './models.ts';
import { ToolCalls } from './tool-calls.ts';
import { Turns } from './turns.ts';

/** Facts of the connection, which are not the agent's. */
export type AgentFact = Exclude<LiveFact, { type: 'ready' | 'resumption' | 'goAway' }>;

export interface AgentListener {
  onAudio(pcm: Uint8Array, turn: TurnId): void;
  onEvent(event: SessionEvent): void;
  /** It has turned to something new: what was said to it before has reached it. */
  onTurnedTo(): void;
  /** It goes on with what it was saying: so has the result of a function that it called in this turn. */
  onWentOn(): void;
  /** It says that a turn is complete of which nothing came. */
  onEmptyTurn(): void;
}

export interface AgentOptions {
  /** Of the model that speaks now: with the way in it may change. */
  readonly capabilities: () => Capabilities;
  readonly clock: Clock;
  readonly log: Log;
}

export class Agent {
  readonly toolCalls = new ToolCalls();
  readonly #options: AgentOptions;
  readonly #to: AgentListener;
  readonly #turns: Turns;
  /** It said that more is to come (extended thinking alone does). */
  #inProgress = false;

  constructor(options: AgentOptions, to: AgentListener) {
    this.#options = options;
    this.#to = to;
    this.#turns = new Turns(options.clock, (event) => {
      if (event.type === 'turnStarted') this.#turnedTo();
      to.onEvent(event);
    });
  }

  /** Whether more of a turn is to come. */
  get isInTurn(): boolean {
    return this.#turns.isInTurn || this.#inProgress;
  }

  /** Whether it speaks, thinks aloud of more, or waits for the answer to a call. */
  get isBusy(): boolean {
    return this.isInTurn || this.toolCalls.pending.size > 0;
  }

  takeTurn(): TurnId {
    return this.#turns.take();
  }

  /** The connection is gone. Whether it was in the middle of what it said or thought. */
  broken(): boolean {
    this.toolCalls.orphan();
    const inMiddle = this.#turns.broken() || this.#inProgress;
    this.#inProgress = false;
    return inMiddle;
  }

  take(fact: AgentFact): void {
    switch (fact.type) {
      case 'audio':
        return this.#sound(fact.pcm);
      case 'agentSaid':
        return this.#turns.words(fact.text);
      case 'callerSaid':
        return this.#to.onEvent({ type: 'callerSaid', text: fact.text });
      case 'interrupted':
        this.#inProgress = false;
        return this.#turns.interrupted();
      case 'generationComplete':
        return this.#turns.generated();
      case 'turnComplete':
        if (this.#turns.isQuiet && this.toolCalls.pending.size === 0) this.#to.onEmptyTurn();
        this.#turns.complete();
        this.toolCalls.acknowledged();
        if (fact.reason !== undefined)
          this.#options.log.warn({ reason: fact.reason }, 'the model broke off its turn');
        if (this.#idleSignal === 'turnComplete') this.#to.onEvent({ type: 'idle' });
        return;
      case 'interaction':
        return this.#interaction(fact.status);
      case 'toolCalls': {
        this.#turns.movedOn();
        const calls = this.toolCalls.take(fact.calls);
        if (calls.length === 0) return;
        this.#turnedTo();
        return this.#to.onEvent({ type: 'toolsCalled', calls });
      }
      case 'toolCallsCancelled': {
        const ids = this.toolCalls.cancel(fact.ids);
        if (ids.length > 0) this.#to.onEvent({ type: 'toolsCancelled', ids });
        return;
      }
      case 'usage':
        return this.#to.onEvent({ type: 'used', turn: this.#turns.latest, usage: fact.usage });
      default:
        unreachable(fact);
    }
  }

  #turnedTo(): void {
    this.toolCalls.acknowledged();
    this.#to.onTurnedTo();
  }

  #sound(pcm: Uint8Array): void {
    const turn = this.#turns.sound();
    if (turn === undefined) return;
    if (this.#turns.isSpeaking) this.#to.onWentOn();
    this.#to.onAudio(pcm, turn);
  }

  #interaction(status: string): void {
    if (this.#idleSignal !== 'interactionStatus') return;
    this.#inProgress = status === 'IN_PROGRESS';
    if (status !== 'IDLE') return;
    this.#turns.complete();
    this.#to.onEvent({ type: 'idle' });
  }

  get #idleSignal(): Capabilities['idleSignal'] {
    return this.#options.capabilities().idleSignal;
  }
}
