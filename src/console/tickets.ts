// Tickets: what one process gives another to let an operator of its into a call here. Each is good once, for a moment, and for
// one thing: who has it needs no cookie and no token of people's, and what it says was decided when it was given.
import { ExpiringMap } from '../base/expiring-map.ts';
import type { Clock } from '../base/clock.ts';
import { newToken, type CallId } from '../base/ids.ts';

/** Listening in changes nothing; who takes over speaks with the caller. */
export type Way = 'listen' | 'take-over';

export interface Visit {
  readonly way: Way;
  readonly callId: CallId;
  /** Who comes, for the record. */
  readonly name: string;
}

/** The way there is a notification and a connection. */
const GOOD_FOR_MS = 10_000;

export class Tickets {
  readonly #given: ExpiringMap<string, Visit>;

  constructor(clock: Clock) {
    this.#given = new ExpiringMap(clock, GOOD_FOR_MS);
  }

  give(visit: Visit): string {
    const ticket = newToken();
    this.#given.set(ticket, visit);
    return ticket;
  }

  /** Undefined: it never was, was taken before, or is too old. */
  take(ticket: string): Visit | undefined {
    return this.#given.take(ticket);
  }
}
