// Callers who wait with music for somebody of whom nothing is known here: whoever called them is gone, and what was known of it
// with them. Says when nobody can come any more; fetches nobody.
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import type { Waiting } from '../carrier/webhooks.ts';
import { BRIEFING_LASTS_AT_MOST_MS } from './go-to.ts';
import type { Route } from './route.ts';

/** Nobody is rung for longer (the profile's `ring_s`). */
const RINGS_AT_MOST_MS = 60_000;
/** Of whoever asks for music in between: another process may know them, or whom they wait for comes in a moment. */
export const LOST_AFTER_MS = RINGS_AT_MOST_MS + BRIEFING_LASTS_AT_MOST_MS;
/** Music is asked for again when it is over, which is long before. */
const FORGOTTEN_AFTER_MS = 3_600_000;

export class LostWaiters {
  readonly #clock: Clock;
  /** When each first asked. */
  readonly #sinceMs: ExpiringMap<string, number>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = new ExpiringMap(clock, FORGOTTEN_AFTER_MS);
  }

  /** True: they have asked for so long that nobody comes. Who talks does not ask. */
  isLeft({ callId, step, queue }: Waiting, route: Route | undefined): boolean {
    if (queue !== undefined || isKnown(step, route)) return false;
    const waiter = `${callId} ${step}`;
    const sinceMs = this.#sinceMs.get(waiter);
    if (sinceMs === undefined) this.#sinceMs.set(waiter, this.#clock.nowMs());
    return sinceMs !== undefined && this.#clock.nowMs() - sinceMs >= LOST_AFTER_MS;
  }
}

/** Where they are is where they are known to be. */
const isKnown = (step: number, route: Route | undefined): boolean =>
  route?.step === step && (route.where.at === 'held' || route.where.at === 'queued');
