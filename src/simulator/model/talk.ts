// One conversation: what the caller does becomes the script's next reply; speech over a reply cuts it. The rules of the
// Live API's turns are here (googleapis generative_service.proto). Knows nothing of sockets, frames or setup checking.
import type { WireContent } from '../../live/gemini/messages.ts';
import { Calls } from './calls.ts';
import { Cursor } from './cursor.ts';
import { Ear } from './ear.ts';
import type { HeardClientContent, HeardRealtimeInput, HeardToolAnswer } from './heard.ts';
import { refuse } from './judge.ts';
import { wordsFrom, type SoundChunk } from './line.ts';
import { beginningOf, type Place } from './position.ts';
import { quote, quoteAll } from './quote.ts';
import { Reply } from './reply.ts';
import type { ScriptedCall, Turn } from './script.ts';
import { Signals } from './signals.ts';
import type { TalkOptions, TalkSnapshot } from './talk-options.ts';
import { tellingPartsOf, textOf, toldBy } from './told.ts';
import { Usage } from './usage.ts';

export type { TalkOptions, TalkSnapshot };

type Trigger = 'speech' | 'text';

export class Talk {
  readonly #options: TalkOptions;
  readonly #cursor: Cursor;
  readonly #calls: Calls;
  readonly #usage: Usage;
  readonly #signals: Signals;
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
    this.#signals = new Signals(options, this.#usage);
    this.#usage.read(textOf([setup.systemInstruction ?? {}]));
    this.#recall(tellingPartsOf(setup.systemInstruction ?? {}));
    this.#history = setup.historyConfig?.initialHistoryInClientContent === true;
    this.#ear = new Ear(setup, rules, {
      onSpeechStarted: () => this.#speechStarted(),
      onSpeechEnded: (speechMs) => this.#speechEnded(speechMs),
    });
  }

  snapshot(): TalkSnapshot {
    return {
      position: this.#cursor.positionIn(this.#reply),
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
      this.#options.note({
        type: 'seeded',
        said: turns.map((turn) => ({ role: turn.role, text: textOf([turn]) })),
      });
      return this.#recall(turns);
    }
    if (turns.length > 0) this.#options.note({ type: 'prompted', text, by: 'clientContent' });
    this.#interrupt();
    if (turns.length > 0) this.#recall(turns);
    this.#parked ||= turns.length > 0;
    if (turnComplete && this.#parked && !this.#options.rules.needsNudge) this.#begin('text');
  }

  /** Gives up every call that waits; a reply that waits for one goes on without it. */
  cancelCalls(): void {
    const ids = this.#calls.cancelAll();
    this.#signals.callsCancelled(ids);
    for (const id of ids) this.#reply?.answered(id);
  }

  /** Throws Refused. */
  toolResponse(answers: readonly HeardToolAnswer[]): void {
    if (answers.length === 0) refuse();
    for (const answer of answers) {
      const id = answer.id ?? '';
      const name = this.#calls.nameOf(id) ?? '';
      const late = this.#calls.answer(answer) === 'late';
      this.#usage.read(JSON.stringify(answer.response));
      this.#options.note({ type: 'toolAnswered', answer, late });
      if (this.#calls.isPending(id)) continue;
      this.#reply?.answered(id);
      // An error ends the call; the words that rest on its result wait until a text brings one.
      const isResult = !late && !Object.hasOwn(answer.response ?? {}, 'error');
      if (isResult && this.#cursor.answered(name)) this.#ask('text');
    }
    this.#options.onMoved?.();
  }

  #recall(turns: readonly WireContent[]): void {
    const results = this.#cursor.read(toldBy(turns), this.#calls.answers);
    for (const [name, response] of results) this.#calls.told(name, response);
  }

  #realtimeText(text: string): void {
    // A blank is the nudge that 3.1 wants after a user turn; there is nothing in it to answer by itself.
    if (text.trim() === '' && !this.#parked) return;
    this.#usage.read(text);
    this.#options.note({ type: 'prompted', text, by: 'realtimeInput' });
    this.#recall([{ parts: [{ text }] }]);
    this.#ask('text');
  }

  #speechStarted(): void {
    this.#options.note({ type: 'speechStarted' });
    if (this.#options.setup.realtimeInputConfig?.activityHandling === 'NO_INTERRUPTION') return;
    if (!this.#interrupt() && this.#options.faults?.interruptsNothing() === true) this.#signals.interrupted();
  }

  #speechEnded(speechMs: number): void {
    this.#usage.heard(speechMs);
    this.#options.note({ type: 'speechEnded', speechMs });
    if (this.#options.faults?.ignores(speechMs) === true || this.#calls.swallowsUtterance()) return;
    this.#ask('speech');
  }

  #ask(trigger: Trigger): void {
    if (this.#reply === undefined) this.#begin(trigger);
    else this.#waiting.push(trigger);
  }

  #begin(trigger: Trigger): void {
    this.#parked = false;
    const place = this.#cursor.take(trigger);
    const isHeard = trigger === 'speech' && this.#options.setup.inputAudioTranscription !== undefined;
    if (place !== undefined && place.turn.steps.length > 0) this.#reply = this.#replyFrom(place, { isHeard });
    else if (isHeard) this.#signals.callerSaid(place?.turn.hears);
  }

  #replyFrom(place: Place, { isHeard = false, again = false }): Reply {
    const { turn } = place;
    const { clock, pace, send, note, setup } = this.#options;
    return new Reply(place, clock, again ? { ...pace, thinkMs: 0 } : pace, {
      onBegun: () => {
        if (isHeard) this.#signals.callerSaid(turn.hears);
        if (this.#options.faults?.saysNothing() === true) return this.#sayNothing(place);
        note({ type: 'replied', greeting: turn.greets !== undefined });
        this.#options.onMoved?.();
      },
      onSound: (chunk: SoundChunk) => {
        this.#usage.said(chunk.ms);
        send(chunk.frame);
      },
      textOf: (text, fromWord) => {
        const said = wordsFrom(fromWord, quote(text, this.#calls.answers));
        note({ type: 'said', text: said });
        return said;
      },
      onWords: (text) => {
        if (setup.outputAudioTranscription !== undefined)
          send({ serverContent: { outputTranscription: { text } } });
      },
      onCall: (calls) => this.#call(calls),
      onCalled: () => this.#options.onMoved?.(),
      onGenerated: () => {
        note({ type: 'generationComplete' });
        send({ serverContent: { generationComplete: true } });
        this.#options.onMoved?.();
      },
      onPlayed: () => this.#end(again ? undefined : turn),
    });
  }

  /** What was to be said is still owed. */
  #sayNothing(place: Place): void {
    this.#reply?.stop();
    this.#cursor.putBack(place);
    this.#end();
  }

  /** `over`: the turn that was said to its end, if it may be said again. */
  #end(over?: Turn): void {
    this.#reply = undefined;
    this.#signals.turnComplete();
    const said = over?.steps.filter((step) => step.do === 'say') ?? [];
    if (said.length > 0 && this.#options.faults?.saysTwice() === true) {
      this.#reply = this.#replyFrom(beginningOf({ hears: undefined, steps: said }), { again: true });
      return;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) this.#begin(next);
  }

  #call(scripted: readonly ScriptedCall[]): readonly { id: string; name: string }[] {
    const { log, note, send, clock } = this.#options;
    const filled = scripted.map(({ name, args }) => ({
      name,
      args: quoteAll(args, this.#calls.answers, clock.epochMs()) as ScriptedCall['args'],
    }));
    const { functionCalls, undeclared } = this.#calls.open(filled);
    for (const tool of undeclared)
      log.warn({ tool }, 'the script calls a tool that the setup does not declare; the call is left out');
    if (functionCalls.length === 0) return [];
    for (const call of functionCalls) note({ type: 'called', ...call });
    send({ toolCall: { functionCalls } });
    return functionCalls;
  }

  /** The caller, or a text turn, takes the floor; true where that cut a reply. */
  #interrupt(): boolean {
    this.#signals.callsCancelled(this.#calls.cancelBlocking());
    const reply = this.#reply;
    if (reply === undefined) return false;
    const { hasBegun, place } = reply;
    reply.stop();
    this.#reply = undefined;
    if (hasBegun) this.#signals.interrupted();
    else this.#cursor.putBack(place);
    return hasBegun;
  }
}
