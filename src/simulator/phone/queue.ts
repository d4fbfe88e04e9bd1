// Queues: who waits for how long, and who is next (Twilio docs, TwiML <Enqueue> and <Queue>). Knows no TwiML and no HTTP.
import type { Clock } from '../../base/clock.ts';
import type { Party } from './room.ts';
import { newSid } from './sid.ts';
import { given } from './waiting.ts';

export interface Place {
  readonly party: Party;
  readonly sinceMs: number;
  /** They wait no more: they hung up, left, or were called elsewhere. */
  readonly gone: AbortSignal;
  /** Somebody takes them. */
  readonly taken: AbortController;
  /** Who took them and they are no longer connected. */
  readonly released: AbortController;
}

export class Queue {
  readonly sid = newSid('QU');
  readonly name: string;
  readonly #clock: Clock;
  readonly #waiting: Place[] = [];
  readonly #takers: ((value: undefined) => void)[] = [];
  #waitedMs = 0;
  #served = 0;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get averageS(): number {
    return this.#served === 0 ? 0 : Math.round(this.#waitedMs / this.#served / 1_000);
  }

  enter(party: Party, gone: AbortSignal): Place {
    const place = {
      ...{ party, gone, sinceMs: this.#clock.nowMs() },
      taken: new AbortController(),
      released: new AbortController(),
    };
    this.#waiting.push(place);
    this.#takers.shift()?.(undefined);
    return place;
  }

  /** From 1; 0: not in it any more. */
  position(place: Place): number {
    return this.#waiting.indexOf(place) + 1;
  }

  waitedS(place: Place): number {
    return Math.round((this.#clock.nowMs() - place.sinceMs) / 1_000);
  }

  leave(place: Place): void {
    const at = this.#waiting.indexOf(place);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Who is first, or the next to come. Undefined: the signal was given before. */
  async take(signal: AbortSignal): Promise<Place | undefined> {
    while (!signal.aborted) {
      const place = this.#waiting.shift();
      if (place?.gone.aborted) continue;
      if (place) {
        this.#served += 1;
        this.#waitedMs += this.#clock.nowMs() - place.sinceMs;
        place.taken.abort();
        return place;
      }
      const arrival = Promise.withResolvers<undefined>();
      this.#takers.push(arrival.resolve);
      await Promise.race([arrival.promise, given(signal)]);
      const at = this.#takers.indexOf(arrival.resolve);
      if (at >= 0) this.#takers.splice(at, 1);
    }
    return undefined;
  }
}
