// What the model is to know in words, over any number of connections: what the call asks and tells it, what its functions
// have answered, and what of all this it knows again when another connection takes the conversation up. Knows no sound,
// and not when a connection comes or goes.
import type { Clock } from '../../base/clock.ts';
import type { ToolCallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { JsonObject, ModelMemory, Said, SessionSetup, ToolAnswer } from '../session.ts';
import type { Agent } from './agent.ts';
import { catchUp, NOTHING_KNOWN } from './catch-up.ts';
import type { Capabilities } from './models.ts';
import { Outbox, type Asked } from './outbox.ts';
import { asKnownResult, asResult, asTold, newest } from './recall.ts';
import type { Moment } from './renewal.ts';
import { resumed, started, type Route } from './seed.ts';
import type { Speaker } from './speaker.ts';
import { asPending, readable, type PendingCall } from './tool-calls.ts';
import type { WireSetup } from './wire-setup.ts';

export interface BriefingOptions {
  readonly wanted: SessionSetup;
  readonly capabilities: () => Capabilities;
  readonly agent: Agent;
  readonly speaker: Speaker;
  readonly clock: Clock;
  readonly log: Log;
  /** What was said so far, as the caller heard it. */
  readonly recall: () => readonly Said[];
  /** Whether there is a model to be told anything. */
  readonly isThere: () => boolean;
  /** Whether the caller speaks, or waits for an answer. */
  readonly isWaitedFor: () => boolean;
  /** Something was put to the model that it is to speak to. */
  readonly onAsked: () => void;
}

/** How a connection takes the conversation up. */
export interface TakingUp {
  /** By a handle; else the model is new, and was told all that was said. */
  readonly resumed: boolean;
  /** The conversation begins: there is nothing to catch up with. */
  readonly first: boolean;
  /** The one before broke in the middle of what the model said or thought. */
  readonly broken: boolean;
  readonly callerSpeaks: boolean;
}

export class Briefing {
  readonly #options: BriefingOptions;
  readonly #outbox = new Outbox();
  /** Grows with everything that a handle may or may not know. */
  #step = 0;
  #memory = NOTHING_KNOWN;
  #history: readonly Said[] = [];

  constructor(options: BriefingOptions) {
    this.#options = options;
    const { memory, pending = [] } = options.wanted.resume ?? {};
    options.agent.toolCalls.inherit(pending);
    if (memory)
      this.#memory = { ...NOTHING_KNOWN, saidCount: memory.known, pending: asPending(memory.waitsFor) };
  }

  /** Something was put to the model that it has not answered. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  prompt(text: string): void {
    this.#put({ text, fact: asTold(text), answeredBy: 'new turn' });
  }

  inform(text: string): void {
    this.#outbox.note(text);
    this.tell();
  }

  answerTool({ id, response, maybeSilent = false }: ToolAnswer): void {
    const { agent, speaker, log, onAsked } = this.#options;
    const call = agent.toolCalls.settle(id);
    if (!call) {
      log.debug({ toolCallId: id }, 'an answer that the model no longer waits for was dropped');
      return;
    }
    const result = readable(response, (cause) =>
      log.error({ tool: call.name, cause }, 'a tool gave a result that is no JSON'),
    );
    const answeredBy = speaker.answeredBy(call.name);
    const asked = { text: asResult(call.name, result), fact: asKnownResult(call.name, result), of: id };
    if (call.orphaned)
      return answeredBy === 'nothing'
        ? this.inform(asked.fact)
        : this.#put({ ...asked, answeredBy: 'new turn' });
    this.#step += 1;
    this.#outbox.ask({ ...asked, answeredBy, maybeSilent });
    if (answeredBy !== 'nothing' && !maybeSilent) onAsked();
    this.#answer(id, call, result);
  }

  /** Anything that is told cuts off what the model says or thinks, so it waits for a moment in which it does neither. */
  tell(): void {
    const { clock, speaker, isThere, isWaitedFor } = this.#options;
    if (!this.#outbox.hasNotes || !isThere() || isWaitedFor() || this.moment() === 'busy') return;
    const notes = this.#outbox.takeNotes(clock.nowMs());
    this.#step += 1;
    speaker.note(notes.join('\n'));
  }

  /** In one turn: each for itself would cut off the answer to the one before. */
  askAgain(): void {
    this.#options.speaker.ask(this.#open.map(({ text }) => text).join('\n'));
  }

  /** The model turned to something new. Whether that is to what the caller said: who was spoken to by the call has not. */
  turnedTo(): boolean {
    this.#step += 1;
    const toCaller = !this.#outbox.open.some(({ of }) => of === undefined);
    this.#outbox.turned();
    return toCaller;
  }

  /** More sound of a turn came. Whether that answers all that was asked. */
  wentOn(): boolean {
    return this.#outbox.wentOn();
  }

  turnEnded(): void {
    this.#outbox.turnEnded(this.#options.clock.nowMs());
  }

  /** How well the connection could be renewed now. */
  moment(): Moment {
    const { agent, isWaitedFor } = this.#options;
    if (agent.isBusy || this.isOpen) return 'busy';
    return this.#memory.step === this.#step && !isWaitedFor() ? 'settled' : 'quiet';
  }

  /** A handle came, which stands for all that the model knows now: what of it another process has to be told. */
  remember(): Pick<ModelMemory, 'known' | 'waitsFor'> {
    const { agent, clock, recall } = this.#options;
    const nowMs = clock.nowMs();
    this.#memory = {
      step: this.#step,
      saidCount: recall().length,
      toldCount: this.#outbox.toldCount(nowMs),
      pending: agent.toolCalls.waitedForBy(nowMs),
    };
    if (!agent.isInTurn) this.#outbox.known();
    const { saidCount: known, pending } = this.#memory;
    return { known, waitsFor: [...pending].map(([id, { name }]) => ({ id, name })) };
  }

  /** What a connection is to be opened with. */
  compose(way: Route, handle: string | undefined): WireSetup {
    const { wanted, recall } = this.#options;
    const start = handle === undefined ? started(way, wanted, newest(recall())) : resumed(way, handle);
    this.#history = start.history;
    return start.setup;
  }

  /** Says on a new connection what is to be said first: what the past needs, then what wants an answer. */
  takeUp({ resumed: isResumed, first, broken, callerSpeaks }: TakingUp): void {
    const { agent, speaker, capabilities, recall } = this.#options;
    speaker.history(this.#history);
    if (!isResumed) {
      this.#memory = NOTHING_KNOWN;
      agent.toolCalls.restart();
    }
    this.#outbox.forgotten(this.#memory.toldCount);
    if (first) {
      for (const { text } of this.#open) speaker.ask(text);
      return;
    }
    const tellings = catchUp({
      resumed: isResumed,
      memory: this.#memory,
      said: recall(),
      open: this.#open,
      answered: this.#outbox.answered,
      pending: agent.toolCalls.pending,
      broken,
      callerSpeaks,
      takesNotes: capabilities().clientContent === 'any time',
    });
    for (const telling of tellings)
      if (telling.do === 'answer') this.#answer(telling.id, telling.call, telling.response, true);
      else if (telling.do === 'go-on') this.#put({ text: telling.text, fact: '', answeredBy: 'new turn' });
      else speaker.tell(telling);
  }

  get #open(): readonly Asked[] {
    this.#outbox.letBe(this.#options.clock.nowMs());
    return this.#outbox.open;
  }

  #answer(id: ToolCallId, call: PendingCall, response: JsonObject, aside = false): void {
    const { agent, speaker, clock } = this.#options;
    agent.toolCalls.answered(id, call, clock.nowMs());
    speaker.answer(call, response, aside);
  }

  #put(asked: Asked): void {
    const { speaker, isThere, onAsked } = this.#options;
    this.#step += 1;
    this.#outbox.ask(asked);
    speaker.ask(asked.text);
    if (isThere()) onAsked();
  }
}
