// A conversation with Gemini: facts off the wire become sound and events, and what the call wants becomes messages.
// It owns the order of things; the socket, the turns, the tool calls and the caller's sound each have their own file.
import { PCM16_16K, PCM16_24K } from '../../audio/format.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf, unreachable, type LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LiveSession, SessionEvent, SessionListener, ToolAnswer } from '../session.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import {
  decode,
  encodeAudio,
  encodePrompt,
  encodeText,
  encodeToolResponse,
  type LiveFact,
  type ServerMessage,
} from './messages.ts';
import type { Capabilities } from './models.ts';
import { ToolCalls } from './tool-calls.ts';
import { Turns } from './turns.ts';
import { Uplink } from './uplink.ts';

export interface ConversationParts {
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens a socket; nothing is heard of it before the call returned. */
  readonly dial: (to: ConnectionListener) => Connection;
}

/** `opening`: prompts wait for the model, in order. */
type Phase = { is: 'opening'; prompts: string[] } | { is: 'ready' } | { is: 'over' };

export class Conversation implements LiveSession {
  readonly hears = PCM16_16K;
  readonly speaks = PCM16_24K;

  readonly #capabilities: Capabilities;
  readonly #log: Log;
  readonly #connection: Connection;
  readonly #uplink: Uplink;
  readonly #turns: Turns;
  readonly #toolCalls = new ToolCalls();
  #listener: SessionListener = { onAudio: () => undefined, onEvent: () => undefined };
  #phase: Phase = { is: 'opening', prompts: [] };

  constructor({ capabilities, clock, log, dial: open }: ConversationParts) {
    this.#capabilities = capabilities;
    this.#log = log;
    this.#uplink = new Uplink(log);
    this.#turns = new Turns(clock, (event) => this.#emit(event));
    this.#connection = open({
      onMessage: (message) => this.#read(message),
      onEnded: (error) => this.#fail(error),
    });
  }

  listen(to: SessionListener): void {
    this.#listener = to;
  }

  send(pcm: Uint8Array): void {
    this.#uplink.send(pcm);
  }

  prompt(text: string): void {
    if (this.#phase.is === 'opening') this.#phase.prompts.push(text);
    if (this.#phase.is !== 'ready') return;
    this.#connection.send(encodePrompt(text));
    if (this.#capabilities.greeting === 'turn and nudge') this.#connection.send(encodeText(' '));
  }

  answerTool({ id, response }: ToolAnswer): void {
    const call = this.#phase.is === 'ready' ? this.#toolCalls.settle(id) : undefined;
    if (!call) {
      this.#log.debug({ toolCallId: id }, 'an answer that the model no longer waits for was dropped');
      return;
    }
    this.#connection.send(this.#writeAnswer(call.wireId, call.name, response));
  }

  close(): void {
    if (this.#phase.is === 'over') return;
    this.#finish();
    this.#connection.close();
  }

  #read(message: ServerMessage): void {
    for (const fact of decode(message)) this.#take(fact);
  }

  #take(fact: LiveFact): void {
    switch (fact.type) {
      case 'audio': {
        const turn = this.#turns.sound();
        // The listener may have closed the session on `turnStarted`.
        if (turn !== undefined && this.#phase.is !== 'over') this.#listener.onAudio(fact.pcm, turn);
        return;
      }
      case 'agentSaid':
        return this.#turns.words(fact.text);
      case 'callerSaid':
        return this.#emit({ type: 'callerSaid', text: fact.text });
      case 'interrupted':
        return this.#turns.interrupted();
      case 'generationComplete':
        return this.#turns.generated();
      case 'turnComplete':
        this.#turns.complete();
        if (fact.reason !== undefined)
          this.#log.warn({ reason: fact.reason }, 'the model broke off its turn');
        if (this.#capabilities.idleSignal === 'turnComplete') this.#emit({ type: 'idle' });
        return;
      case 'interaction':
        if (this.#capabilities.idleSignal !== 'interactionStatus' || fact.status !== 'IDLE') return;
        this.#turns.complete();
        return this.#emit({ type: 'idle' });
      case 'toolCalls': {
        this.#turns.movedOn();
        const calls = this.#toolCalls.take(fact.calls);
        if (calls.length > 0) this.#emit({ type: 'toolsCalled', calls });
        return;
      }
      case 'toolCallsCancelled': {
        const ids = this.#toolCalls.cancel(fact.ids);
        if (ids.length > 0) this.#emit({ type: 'toolsCancelled', ids });
        return;
      }
      case 'usage':
        return this.#emit({ type: 'used', usage: fact.usage });
      case 'ready':
        return this.#becomeReady(fact.sessionId);
      case 'resumption':
        this.#log.debug({ resumable: fact.handle !== undefined }, 'resumption handle');
        return;
      case 'goAway':
        this.#log.debug({ timeLeftMs: fact.timeLeftMs }, 'the Live API will end this connection');
        return;
      default:
        unreachable(fact);
    }
  }

  /** Prompts first, the listener's own on `ready` among them: a greeting must not wait behind seconds of sound. */
  #becomeReady(sessionId: string | undefined): void {
    if (this.#phase.is !== 'opening') return;
    const { prompts } = this.#phase;
    this.#phase = { is: 'ready' };
    this.#log.debug({ sessionId }, 'the model is ready');
    for (const text of prompts) this.prompt(text);
    this.#emit({ type: 'ready' });
    if (!this.#isOver()) this.#uplink.open((pcm) => this.#connection.send(encodeAudio(pcm)));
  }

  #fail(error: LivelineError): void {
    if (this.#phase.is === 'over') return;
    this.#finish();
    this.#listener.onEvent({ type: 'failed', error });
  }

  #finish(): void {
    this.#phase = { is: 'over' };
    this.#uplink.close();
  }

  #emit(event: SessionEvent): void {
    if (!this.#isOver()) this.#listener.onEvent(event);
  }

  #isOver(): boolean {
    return this.#phase.is === 'over';
  }

  /** Every call is answered, also when its result cannot be written: an unanswered one freezes the model. */
  #writeAnswer(wireId: string | undefined, name: string, response: object): string {
    try {
      return encodeToolResponse(wireId, name, response);
    } catch (error) {
      this.#log.error({ tool: name, cause: messageOf(error) }, 'a tool gave a result that is no JSON');
      return encodeToolResponse(wireId, name, { error: 'The result could not be read.' });
    }
  }
}
