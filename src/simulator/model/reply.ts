// One reply of the model, played out on the clock: sound ahead of real time, words beside it, calls waited for, and the
// end announced when the sound would have been heard. Knows nothing of sockets or of why it was asked for.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { fragmentsOf, type SoundChunk, type SpokenLine } from './line.ts';
import type { ScriptedCall, Turn } from './script.ts';

export interface ReplyListener {
  /** Once, before anything else: the model has made up its mind. */
  onBegun(): void;
  onSound(chunk: SoundChunk): void;
  /** The script's text, to be filled in; called when the line begins. */
  textOf(text: string): string;
  onWords(fragment: string): void;
  /** Sends the calls; answers with the ids that went out. */
  onCall(calls: readonly ScriptedCall[]): readonly string[];
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
  | { readonly is: 'calling'; readonly ids: Set<string> };

export class Reply {
  readonly turn: Turn;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #to: ReplyListener;
  #phase: Phase = { is: 'thinking' };
  #stopTimer: StopTimer = () => undefined;
  #nextStep = 0;
  /** When the generator is free for more sound, and when all sound so far, if any, would have been heard. */
  #generatedMs = 0;
  #playedMs: number | undefined;

  constructor(turn: Turn, clock: Clock, pace: Pace, to: ReplyListener) {
    this.turn = turn;
    this.#clock = clock;
    this.#pace = pace;
    this.#to = to;
    this.#wait(pace.thinkMs, () => {
      this.#to.onBegun();
      this.#step();
    });
  }

  /** Until then, nobody knows of it. */
  get hasBegun(): boolean {
    return this.#phase.is !== 'thinking';
  }

  answered(id: string): void {
    if (this.#phase.is !== 'calling' || !this.#phase.ids.delete(id) || this.#phase.ids.size > 0) return;
    this.#phase = { is: 'pausing' };
    this.#wait(this.#pace.thinkMs, () => this.#step());
  }

  /** Nothing is reported from now on. */
  stop(): void {
    this.#phase = { is: 'over' };
    this.#stopTimer();
  }

  #wait(ms: number, then: () => void): void {
    this.#stopTimer = this.#clock.after(ms, then);
  }

  #step(): void {
    const step = this.turn.steps[this.#nextStep++];
    if (step === undefined) return this.#finish();
    switch (step.do) {
      case 'say':
        this.#phase = { is: 'speaking' };
        this.#generatedMs = Math.max(this.#generatedMs, this.#clock.nowMs());
        return this.#speak(
          step.line,
          fragmentsOf(this.#to.textOf(step.text), this.#playedMs === undefined),
          0,
          0,
        );
      case 'pause':
        this.#phase = { is: 'pausing' };
        return this.#wait(step.ms, () => this.#step());
      case 'call': {
        // The phase first: the answer may come within the call.
        const ids = new Set<string>();
        this.#phase = { is: 'calling', ids };
        for (const id of this.#to.onCall(step.calls)) ids.add(id);
        return step.wait && ids.size > 0 ? undefined : this.#step();
      }
    }
  }

  #speak(line: SpokenLine, words: readonly string[], chunk: number, word: number): void {
    let nextWord = word;
    for (const [at, sound] of line.chunks.entries()) {
      if (at < chunk) continue;
      const nowMs = this.#clock.nowMs();
      if (nowMs < this.#generatedMs)
        return this.#wait(this.#generatedMs - nowMs, () => this.#speak(line, words, at, nextWord));
      this.#to.onSound(sound);
      this.#generatedMs += sound.ms / this.#pace.factor;
      this.#playedMs = Math.max(this.#playedMs ?? 0, nowMs) + sound.ms;
      const saidUpTo = Math.ceil(((sound.startMs + sound.ms) / line.totalMs) * words.length);
      for (; nextWord < saidUpTo; nextWord++) this.#to.onWords(words[nextWord]!);
    }
    this.#step();
  }

  #finish(): void {
    this.#phase = { is: 'playing' };
    this.#to.onGenerated();
    this.#wait(Math.max(0, (this.#playedMs ?? 0) - this.#clock.nowMs()), () => {
      this.#phase = { is: 'over' };
      this.#to.onPlayed();
    });
  }
}
