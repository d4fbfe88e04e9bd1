// The sound of every call of this node, measured as it passes: levels for who looks, and how long callers wait.
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Notice } from '../call/notices.ts';
import type { LineTape } from '../call/tape.ts';
import { CallSound } from './call-sound.ts';
import type { Levels } from './live-messages.ts';
import { LastHour } from './spread.ts';

export interface CallSoundsOptions {
  /** Of a call in progress. */
  readonly tape: (id: CallId) => LineTape | undefined;
  readonly onAnswered: (id: CallId, atMs: number, ms: number) => void;
  readonly clock: Pick<Clock, 'nowMs'>;
}

interface Heard {
  readonly startedMs: number;
  /** Another process had it before. */
  readonly isRejoined?: boolean;
  sound: CallSound | undefined;
}

export class CallSounds {
  readonly #options: CallSoundsOptions;
  readonly #calls = new Map<CallId, Heard>();
  readonly #firstWords: LastHour;
  readonly #answers: LastHour;

  constructor(options: CallSoundsOptions) {
    this.#options = options;
    this.#firstWords = new LastHour(options.clock);
    this.#answers = new LastHour(options.clock);
  }

  get spreads() {
    return { firstWords: this.#firstWords.spread, answers: this.#answers.spread };
  }

  notice({ type, callId, atMs }: Notice): void {
    const { clock } = this.#options;
    if (type === 'call-started') this.#calls.set(callId, { startedMs: clock.nowMs(), sound: undefined });
    // Its first word was another process's.
    else if (type === 'call-rejoined')
      this.#calls.set(callId, { startedMs: clock.nowMs() - atMs, sound: undefined, isRejoined: true });
    else if (type === 'line-opened') this.#listen(callId);
    else if (type === 'call-ended' || type === 'call-moved') this.#calls.delete(callId);
  }

  takeLevels(): Levels {
    return Object.fromEntries(
      this.#calls.entries().flatMap(([id, { sound }]) => (sound ? [[id, sound.takeLevels()]] : [])),
    );
  }

  /** Of the tape, which goes on over all the lines of a call. */
  #listen(id: CallId): void {
    const call = this.#calls.get(id);
    if (!call) return;
    if (call.sound) return call.sound.lineOpened();
    const sound = new CallSound();
    call.sound = sound;
    const { clock, tape, onAnswered } = this.#options;
    tape(id)?.subscribe({
      heard: (caller, agent) => {
        const sounded = sound.heard(caller, agent);
        if (!sounded) return;
        const atMs = clock.nowMs() - call.startedMs;
        if (sounded.isFirstWord && !call.isRejoined) this.#firstWords.add(atMs);
        if (sounded.answeredMs === undefined) return;
        this.#answers.add(sounded.answeredMs);
        onAnswered(id, atMs, sounded.answeredMs);
      },
      closed: () => undefined,
    });
  }
}
