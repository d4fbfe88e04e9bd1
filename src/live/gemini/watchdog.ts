// The watchdog: notices when the model owes something and nothing comes, as it goes silent without an error
// (google-gemini/gemini-live-api-examples#54: one call in two has such a stall). It only watches time; what is done about
// it is the conversation's.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { WatchdogSetup } from '../session.ts';

/**
 * `answer`: to what the caller said. `word`: to what the call asked or told, the greeting among it. `rest`: more of a
 * turn, or its end. `meaning`: by the caller, who makes sound: words that the model understands.
 */
export type Owed = 'answer' | 'word' | 'rest' | 'meaning';

/** The first time it is reminded, the second time its connection is renewed. */
export type Alarm = 'remind' | 'renew';

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly limits: WatchdogSetup | undefined;
  readonly onAlarm: (owed: Owed, alarm: Alarm) => void;
}

/**
 * A model takes 1 to 2 s to its first sound (artificialanalysis.ai, speech to speech). 3.8 thinks a little longer over
 * what a function has answered.
 */
const LIMITS = { answerWithinMs: 4_000, wordWithinMs: 5_000, restWithinMs: 4_000, noiseAfterMs: 15_000 };
/** So long it may take: who speaks again sooner was not ignored. */
const THINKS_MS = 2_000;
/** Finer than any limit; one timer while something is owed, and none while nothing is. */
const LOOK_EVERY_MS = 250;
/** A look that comes so much later than it was due: this process stood still, and what came meanwhile is yet to be read. */
const STOOD_STILL_MS = 1_000;

interface Watch {
  /** Undefined while it is paused. */
  sinceMs: number | undefined;
  /** In vain, before the last pause. */
  waitedMs: number;
  reminded: boolean;
}

export class Watchdog {
  readonly #clock: Clock;
  readonly #onAlarm: WatchdogOptions['onAlarm'];
  readonly #limitMs: Readonly<Record<Owed, number>>;
  readonly #watches = new Map<Owed, Watch>();
  #stopLooking: StopTimer | undefined;
  #lookedMs = 0;

  constructor({ clock, limits = {}, onAlarm }: WatchdogOptions) {
    this.#clock = clock;
    this.#onAlarm = onAlarm;
    this.#limitMs = {
      answer: limits.answerWithinMs ?? LIMITS.answerWithinMs,
      word: limits.wordWithinMs ?? LIMITS.wordWithinMs,
      rest: limits.restWithinMs ?? LIMITS.restWithinMs,
      meaning: limits.noiseAfterMs ?? LIMITS.noiseAfterMs,
    };
  }

  /** From now on; what was owed already is owed since then. */
  owes(owed: Owed): void {
    if (this.#limitMs[owed] === 0) return;
    const watch = this.#watches.get(owed);
    if (watch) watch.sinceMs ??= this.#clock.nowMs();
    else this.#watches.set(owed, { sinceMs: this.#clock.nowMs(), waitedMs: 0, reminded: false });
    if (this.#stopLooking) return;
    this.#lookedMs = this.#clock.nowMs();
    this.#stopLooking = this.#clock.every(LOOK_EVERY_MS, () => this.#look());
  }

  /** Some of it came, which lasts until then: the time for the next begins there. */
  came(owed: Owed, untilMs: number): void {
    const watch = this.#watches.get(owed);
    if (watch?.sinceMs !== undefined) watch.sinceMs = untilMs;
  }

  /** Until it is owed again it is not waited for. How long it was counts then, unless nothing could have come by now. */
  paused(owed: Owed): void {
    const watch = this.#watches.get(owed);
    if (watch?.sinceMs === undefined) return;
    const waitedMs = this.#clock.nowMs() - watch.sinceMs;
    if (waitedMs >= THINKS_MS && waitedMs < Infinity) watch.waitedMs += waitedMs;
    watch.sinceMs = undefined;
    if (watch.waitedMs === 0 && !watch.reminded) this.settled(owed);
  }

  /** The model says that it has done what it had to do: whatever of this is still owed will not come by itself. */
  overdue(...owed: Owed[]): void {
    for (const each of owed) this.came(each, -Infinity);
  }

  /** Nothing of this is owed any more; without a word: nothing at all. */
  settled(...owed: Owed[]): void {
    if (owed.length === 0) this.#watches.clear();
    for (const each of owed) this.#watches.delete(each);
    if (this.#watches.size > 0) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    const lateMs = nowMs - this.#lookedMs - LOOK_EVERY_MS;
    this.#lookedMs = nowMs;
    if (lateMs >= STOOD_STILL_MS) this.#forgive(lateMs, nowMs);
    for (const [owed, watch] of [...this.#watches]) {
      // An alarm may settle whatever else is owed.
      if (watch.sinceMs === undefined || this.#watches.get(owed) !== watch) continue;
      const [limitMs, waitedMs] = [this.#limitMs[owed], nowMs - watch.sinceMs];
      if (watch.waitedMs + waitedMs < limitMs || waitedMs < Math.min(THINKS_MS, limitMs)) continue;
      // Half a sentence is not reminded of: there is nothing it could say to that but the sentence anew. And no other
      // connection makes words of a noise.
      const isLast = owed === 'rest' || (watch.reminded && owed !== 'meaning');
      const alarm: Alarm = isLast ? 'renew' : 'remind';
      if (alarm === 'remind') this.#watches.set(owed, { sinceMs: nowMs, waitedMs: 0, reminded: true });
      else this.settled(owed);
      this.#onAlarm(owed, alarm);
    }
  }

  /** Nothing could be noticed in that time. */
  #forgive(lateMs: number, nowMs: number): void {
    for (const watch of this.#watches.values())
      if (watch.sinceMs !== undefined && watch.sinceMs < nowMs)
        watch.sinceMs = Math.min(nowMs, watch.sinceMs + lateMs);
  }
}
