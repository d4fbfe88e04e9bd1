// One reply of the model, played out on the clock: sound ahead of real time, words beside it, calls waited for, and the
// end announced when the sound would have been heard. Knows nothing of sockets or of why it was asked for.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { fragmentsOf, type SoundChunk, type SpokenLine } from './line.ts';
import type { Place } from './position.ts';
import type { ScriptedCall, Turn } from './script.ts';

export interface ReplyListener {
  /** Once, before anything else: the model has made up its mind. */
  onBegun(): void;
  onSound(chunk: SoundChunk): void;
  /** The words of the script's text from `fromWord` on, filled in; called when the line, or the rest of it, begins. */
  textOf(text: string, fromWord: number): string;
  onWords(fragment: string): void;
  /** Sends the calls; answers with those that went out. */
  onCall(calls: readonly ScriptedCall[]): readonly { readonly id: string; readonly name: string }[];
  /** They went out, and `place` knows of them. */
  onCalled(): void;
  /** Everything was sent; the model believes that the caller still listens. */
  onGenerated(): void;
  /** The caller would have heard everything by now. */
  onPlayed(): void;
}

export interface Pace {
  /** Sound is sent this many times faster than it plays (3-4 at Google: torkiv-labs/txtCaster#209). */
  readonly factor: number;
  /** From the end of what the caller says, or of a tool's answer, to the first sound. */
  readonly thinkMs: number;
}

type Phase =
  | { readonly is: 'thinking' | 'speaking' | 'pausing' | 'playing' | 'over' }
  /** The names of the functions by the ids of the calls. */
  | { readonly is: 'calling'; readonly awaited: Map<string, string> };

const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

export class Reply {
  readonly turn: Turn;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #to: ReplyListener;
  #phase: Phase = { is: 'thinking' };
  #stopTimer: StopTimer = () => undefined;
  #step: number;
  /** Of that step. */
  #saidWords: number;
  /** When the generator is free for more sound, and when all sound so far, if any, would have been heard. */
  #generatedMs = 0;
  #playedMs: number | undefined;

  constructor({ turn, step, word }: Place, clock: Clock, pace: Pace, to: ReplyListener) {
    this.turn = turn;
    this.#step = step;
    this.#saidWords = word;
    this.#clock = clock;
    this.#pace = pace;
    this.#to = to;
    this.#wait(pace.thinkMs, () => {
      this.#phase = { is: 'pausing' };
      this.#to.onBegun();
      this.#go();
    });
  }

  /** Until then, nobody knows of it. */
  get hasBegun(): boolean {
    return this.#phase.is !== 'thinking';
  }

  /** How far it got: what was sent counts as said. */
  get place(): Place {
    const awaits = this.#phase.is === 'calling' ? [...this.#phase.awaited.values()] : [];
    return { turn: this.turn, step: this.#step, word: this.#saidWords, awaits };
  }

  answered(id: string): void {
    if (this.#phase.is !== 'calling' || !this.#phase.awaited.delete(id) || this.#phase.awaited.size > 0)
      return;
    this.#phase = { is: 'pausing' };
    this.#wait(this.#pace.thinkMs, () => this.#go());
  }

  /** Nothing is reported from now on. */
  stop(): void {
    this.#phase = { is: 'over' };
    this.#stopTimer();
  }

  #wait(ms: number, then: () => void): void {
    this.#stopTimer = this.#clock.after(ms, then);
  }

  #next(): void {
    this.#step++;
    this.#saidWords = 0;
    this.#go();
  }

  /** Any listener may have stopped it. */
  #isStopped(): boolean {
    return this.#phase.is === 'over';
  }

  #go(): void {
    if (this.#isStopped()) return;
    const step = this.turn.steps[this.#step];
    if (step === undefined) return this.#finish();
    switch (step.do) {
      case 'say': {
        this.#phase = { is: 'speaking' };
        this.#generatedMs = Math.max(this.#generatedMs, this.#clock.nowMs());
        const text = this.#to.textOf(step.text, this.#saidWords);
        const total = this.#saidWords + wordsOf(text).length;
        if (this.#saidWords > 0 && this.#saidWords === total) return this.#next();
        const { chunks, totalMs } = step.line;
        const spokenMs = (this.#saidWords / Math.max(1, total)) * totalMs;
        const from = chunks.findIndex(({ startMs }) => startMs >= spokenMs);
        return this.#speak(
          step.line,
          fragmentsOf(text, this.#playedMs === undefined),
          from < 0 ? chunks.slice(-1) : chunks.slice(from),
        );
      }
      case 'pause':
        this.#phase = { is: 'pausing' };
        return this.#wait(step.ms, () => this.#next());
      case 'call': {
        // The phase first: the answer may come within the call.
        const awaited = new Map<string, string>();
        this.#phase = step.wait ? { is: 'calling', awaited } : { is: 'pausing' };
        for (const { id, name } of this.#to.onCall(step.calls)) awaited.set(id, name);
        this.#step++;
        this.#to.onCalled();
        return step.wait && awaited.size > 0 ? undefined : this.#go();
      }
    }
  }

  /** `chunks`: of the line, from the first that is still to be said. */
  #speak({ totalMs }: SpokenLine, words: readonly string[], chunks: readonly SoundChunk[]): void {
    const startMs = chunks[0]?.startMs ?? totalMs;
    let nextWord = 0;
    let nextChunk = 0;
    const speak = (): void => {
      for (let sound = chunks[nextChunk]; sound !== undefined; sound = chunks[++nextChunk]) {
        if (this.#isStopped()) return;
        const nowMs = this.#clock.nowMs();
        if (nowMs < this.#generatedMs) return this.#wait(this.#generatedMs - nowMs, speak);
        this.#to.onSound(sound);
        this.#generatedMs += sound.ms / this.#pace.factor;
        this.#playedMs = Math.max(this.#playedMs ?? 0, nowMs) + sound.ms;
        const share = (sound.startMs + sound.ms - startMs) / (totalMs - startMs);
        const upTo = Math.min(words.length, Math.ceil(share * words.length));
        for (; nextWord < upTo; nextWord++) {
          this.#to.onWords(words[nextWord]!);
          this.#saidWords += wordsOf(words[nextWord]!).length;
        }
      }
      this.#next();
    };
    speak();
  }

  #finish(): void {
    this.#phase = { is: 'playing' };
    this.#to.onGenerated();
    if (this.#isStopped()) return;
    this.#wait(Math.max(0, (this.#playedMs ?? 0) - this.#clock.nowMs()), () => {
      this.#phase = { is: 'over' };
      this.#to.onPlayed();
    });
  }
}
