// One conversation: what the caller does becomes the script's next reply; speech over a reply cuts it. The rules of the
// Live API's turns are here (googleapis generative_service.proto). Knows nothing of sockets, frames or setup checking.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ServerMessage, WireContent } from '../../live/gemini/messages.ts';
import { Calls, type CallsSnapshot } from './calls.ts';
import { Cursor, type Position } from './cursor.ts';
import { Ear } from './ear.ts';
import type { HeardClientContent, HeardRealtimeInput, HeardSetup, HeardToolAnswer } from './heard.ts';
import { refuse } from './judge.ts';
import { fragmentsOf, type SoundChunk } from './line.ts';
import type { ModelRules } from './models.ts';
import { quote } from './quote.ts';
import type { Happening } from './record.ts';
import { Reply, type Pace } from './reply.ts';
import type { Script, ScriptedCall, Turn } from './script.ts';
import { Usage } from './usage.ts';

/** What a resumption handle stands for: the conversation, never the reply that was being spoken. */
export interface TalkSnapshot {
  readonly position: Position;
  readonly calls: CallsSnapshot;
  readonly context: Usage['context'];
}

export interface TalkOptions {
  readonly setup: HeardSetup;
  readonly rules: ModelRules;
  readonly script: Script;
  readonly from: TalkSnapshot | undefined;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: ServerMessage | Uint8Array) => void;
  readonly note: (happening: Happening) => void;
  /** PCM16, 16 kHz. */
  readonly onCallerAudio: (pcm: Uint8Array) => void;
  /** Nothing is being said: the conversation may be taken up from here. */
  readonly onSettled: () => void;
}

type Trigger = 'speech' | 'text';

const textOf = (turns: readonly WireContent[]): string =>
  turns
    .flatMap((turn) => turn.parts ?? [])
    .flatMap((part) => part.text ?? [])
    .join('\n');

export class Talk {
  readonly #options: TalkOptions;
  readonly #cursor: Cursor;
  readonly #calls: Calls;
  readonly #usage: Usage;
  readonly #ear: Ear;
  #reply: Reply | undefined;
  /** What asked for a reply while another one ran and must not cut it. */
  readonly #waiting: Trigger[] = [];
  /** Text was taken in and waits for what makes the model answer it. */
  #parked = false;
  /** The client's first texts are history, not a question. */
  #history: boolean;

  constructor(options: TalkOptions) {
    const { setup, rules, script, from } = options;
    this.#options = options;
    this.#cursor = new Cursor(script, from?.position);
    this.#calls = new Calls(setup, rules, from?.calls);
    this.#usage = new Usage(from?.context);
    this.#usage.read(textOf([setup.systemInstruction ?? {}]));
    this.#history = setup.historyConfig?.initialHistoryInClientContent === true;
    this.#ear = new Ear(setup, rules, {
      onSpeechStarted: () => this.#speechStarted(),
      onSpeechEnded: (speechMs) => this.#speechEnded(speechMs),
    });
  }

  snapshot(): TalkSnapshot {
    return {
      position: this.#cursor.position,
      calls: this.#calls.snapshot(),
      context: this.#usage.context,
    };
  }

  close(): void {
    this.#waiting.length = 0;
    this.#reply?.stop();
    this.#reply = undefined;
  }

  /** Throws Refused. */
  realtimeInput(input: HeardRealtimeInput): void {
    const { rules, onCallerAudio } = this.#options;
    if (input.mediaChunks !== undefined && rules.mediaChunks === 'refused')
      refuse('realtime_input.media_chunks is deprecated. Use audio, video, or text instead.');
    if (input.activityStart !== undefined) this.#ear.activity('start');
    for (const blob of [input.audio, ...(input.mediaChunks ?? [])])
      if (blob !== undefined) onCallerAudio(this.#ear.hear(blob));
    if (input.text !== undefined) this.#realtimeText(input.text);
    if (input.activityEnd !== undefined) this.#ear.activity('end');
    if (input.audioStreamEnd === true) this.#ear.streamEnded();
  }

  clientContent({ turns = [], turnComplete = false }: HeardClientContent): void {
    const text = textOf(turns);
    this.#usage.read(text);
    if (this.#history) {
      this.#history = !turnComplete;
      return;
    }
    if (turns.length > 0) this.#options.note({ type: 'prompted', text, by: 'clientContent' });
    this.#interrupt();
    this.#parked ||= turns.length > 0;
    if (turnComplete && this.#parked && !this.#options.rules.needsNudge) this.#begin('text');
  }

  /** Throws Refused. */
  toolResponse(answers: readonly HeardToolAnswer[]): void {
    if (answers.length === 0) refuse();
    for (const answer of answers) {
      const late = this.#calls.answer(answer) === 'late';
      this.#usage.read(JSON.stringify(answer.response));
      this.#options.note({ type: 'toolAnswered', answer, late });
      const id = answer.id ?? '';
      if (!this.#calls.isPending(id)) this.#reply?.answered(id);
    }
  }

  #realtimeText(text: string): void {
    // A blank is the nudge that 3.1 wants after a user turn; there is nothing in it to answer by itself.
    if (text.trim() === '' && !this.#parked) return;
    this.#usage.read(text);
    this.#options.note({ type: 'prompted', text, by: 'realtimeInput' });
    this.#ask('text');
  }

  #speechStarted(): void {
    this.#options.note({ type: 'speechStarted' });
    if (this.#options.setup.realtimeInputConfig?.activityHandling !== 'NO_INTERRUPTION') this.#interrupt();
  }

  #speechEnded(speechMs: number): void {
    this.#usage.heard(speechMs);
    this.#options.note({ type: 'speechEnded', speechMs });
    this.#ask('speech');
  }

  #ask(trigger: Trigger): void {
    if (this.#reply === undefined) this.#begin(trigger);
    else this.#waiting.push(trigger);
  }

  #begin(trigger: Trigger): void {
    this.#parked = false;
    const turn = this.#cursor.take(trigger);
    const isHeard = trigger === 'speech' && this.#options.setup.inputAudioTranscription !== undefined;
    if (turn === undefined || turn.steps.length === 0) {
      if (isHeard) this.#transcribeCaller(turn?.hears);
      return;
    }
    this.#reply = this.#replyWith(turn, isHeard);
  }

  #replyWith(turn: Turn, isHeard: boolean): Reply {
    const { clock, pace, send, note, setup } = this.#options;
    return new Reply(turn, clock, pace, {
      onBegun: () => {
        if (isHeard) this.#transcribeCaller(turn.hears);
        note({ type: 'replied' });
      },
      onSound: (chunk: SoundChunk) => {
        this.#usage.said(chunk.ms);
        send(chunk.frame);
      },
      textOf: (text) => {
        const said = quote(text, this.#calls.answers);
        note({ type: 'said', text: said });
        return said;
      },
      onWords: (text) => {
        if (setup.outputAudioTranscription !== undefined)
          send({ serverContent: { outputTranscription: { text } } });
      },
      onCall: (calls) => this.#call(calls),
      onGenerated: () => {
        note({ type: 'generationComplete' });
        send({ serverContent: { generationComplete: true } });
      },
      onPlayed: () => {
        this.#reply = undefined;
        this.#completeTurn();
        const next = this.#waiting.shift();
        if (next !== undefined) this.#begin(next);
      },
    });
  }

  #call(scripted: readonly ScriptedCall[]): readonly string[] {
    const { log, note, send } = this.#options;
    const declared = scripted.filter(({ name }) => this.#calls.isDeclared(name));
    for (const { name } of scripted.filter((call) => !declared.includes(call)))
      log.warn(
        { tool: name },
        'the script calls a tool that the setup does not declare; the call is left out',
      );
    if (declared.length === 0) return [];
    const functionCalls = this.#calls.open(declared);
    for (const call of functionCalls) note({ type: 'called', ...call });
    send({ toolCall: { functionCalls } });
    return functionCalls.map(({ id }) => id);
  }

  /** The caller, or a text turn, takes the floor. */
  #interrupt(): void {
    const { note, send } = this.#options;
    const ids = this.#calls.cancelBlocking();
    if (ids.length > 0) {
      note({ type: 'toolsCancelled', ids });
      send({ toolCallCancellation: { ids } });
    }
    const reply = this.#reply;
    if (reply === undefined) return;
    const { hasBegun, turn } = reply;
    reply.stop();
    this.#reply = undefined;
    if (!hasBegun) return this.#cursor.putBack(turn);
    note({ type: 'interrupted' });
    send({ serverContent: { interrupted: true } });
    this.#completeTurn();
  }

  #completeTurn(): void {
    const { note, send, rules, onSettled } = this.#options;
    note({ type: 'turnComplete' });
    send({
      serverContent: { turnComplete: true, ...(rules.saysIdle && { interactionStatus: 'IDLE' }) },
      usageMetadata: this.#usage.close(),
    });
    onSettled();
  }

  #transcribeCaller(hears: string | undefined): void {
    for (const text of fragmentsOf(hears ?? '', true))
      this.#options.send({ serverContent: { inputTranscription: { text } } });
  }
}
