// The journal: what is written down so that whoever answers the carrier's next question knows what the call wanted.
// Kept in this process; bounded by age.
import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Intent } from './state.ts';

/** The carrier asks within seconds; a minute covers its retries (twilio.md §2.3: 15 s in all). */
const KEPT_MS = 60_000;

export class Journal {
  readonly #clock: Clock;
  readonly #intents = new Map<CallId, { intent: Intent; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(id: CallId, intent: Intent): void {
    this.#forgetOld();
    this.#intents.delete(id);
    this.#intents.set(id, { intent, atMs: this.#clock.nowMs() });
  }

  /** The same answer however often the carrier asks. */
  intentOf(id: CallId): Intent | undefined {
    this.#forgetOld();
    return this.#intents.get(id)?.intent;
  }

  #forgetOld(): void {
    for (const [id, { atMs }] of this.#intents) {
      if (this.#clock.nowMs() - atMs < KEPT_MS) return;
      this.#intents.delete(id);
    }
  }
}
