// The journal: what is written down so that whoever answers the carrier's next question knows what the call wanted.
// Kept in this process; bounded by age.
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { CallId } from '../base/ids.ts';
import type { Intent } from './state.ts';

/** The carrier asks within seconds; a minute covers its retries (Twilio docs, Webhooks: 15 s in all). */
const KEPT_MS = 60_000;

export class Journal {
  readonly #intents: ExpiringMap<CallId, Intent>;

  constructor(clock: Clock) {
    this.#intents = new ExpiringMap(clock, KEPT_MS);
  }

  write(id: CallId, intent: Intent): void {
    this.#intents.set(id, intent);
  }

  /** The same answer however often the carrier asks. */
  intentOf(id: CallId): Intent | undefined {
    return this.#intents.get(id);
  }
}
