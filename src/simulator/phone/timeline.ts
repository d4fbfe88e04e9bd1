// The timeline of one call: every event once, in order, kept and told on. Knows no meaning of any.
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { PhoneEvent, PhoneEventBody } from './events.ts';

type EventType = PhoneEvent['type'];
type EventOf<T extends EventType> = Extract<PhoneEvent, { type: T }>;

interface Waiter {
  sees(event: PhoneEvent): void;
  ends(): void;
}

export class Timeline {
  readonly events: PhoneEvent[] = [];
  readonly #originMs: number;
  readonly #tell: (event: PhoneEvent) => void;
  readonly #log: Log;
  readonly #waiters = new Set<Waiter>();
  #ended = false;

  constructor(originMs: number, tell: (event: PhoneEvent) => void, log: Log) {
    this.#originMs = originMs;
    this.#tell = tell;
    this.#log = log;
  }

  add(body: PhoneEventBody, clockMs: number): void {
    const event: PhoneEvent = { ...body, atMs: clockMs - this.#originMs };
    this.events.push(event);
    for (const waiter of [...this.#waiters]) waiter.sees(event);
    try {
      this.#tell(event);
    } catch (thrown) {
      this.#log.error(
        { event: event.type, reason: messageOf(thrown) },
        'a listener of a simulated call threw',
      );
    }
  }

  /** The first event of this type that `which` accepts, past or to come. Rejects when the call ends without one. */
  until<T extends EventType>(
    type: T,
    which: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    const fits = (event: PhoneEvent): event is EventOf<T> =>
      event.type === type && which(event as EventOf<T>);
    const past = this.events.find(fits);
    if (past) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const missed = (): void => {
        const seen = this.events.map((event) => event.type).join(', ');
        reject(new Error(`the call ended without the awaited '${type}'; it had: ${seen}`));
      };
      if (this.#ended) return missed();
      const waiter: Waiter = {
        sees: (event) => {
          if (!fits(event)) return;
          this.#waiters.delete(waiter);
          resolve(event);
        },
        ends: missed,
      };
      this.#waiters.add(waiter);
    });
  }

  /** No more events come. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.ends();
    this.#waiters.clear();
  }
}
