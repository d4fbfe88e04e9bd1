// What all legs of a network share: the people it can reach, conferences, queues and recordings. Knows no TwiML and no HTTP.
import type { Clock } from '../../base/clock.ts';
import { Conference } from './conference.ts';
import { People, type Person, type Population } from './people.ts';
import { Queue } from './queue.ts';
import { Recordings } from './recordings.ts';
import { Room } from './room.ts';
import type { DialledLeg, Office, Outgoing } from './stage.ts';
import type { Ticker } from './ticker.ts';

export interface OfficeOptions {
  readonly clock: Clock;
  readonly ticker: Ticker;
  /** Who has the numbers that nobody was named for. */
  readonly population?: Population | undefined;
  /** Of the account at the REST server. */
  readonly baseUrl: () => string;
  /** Places a call to somebody, or to a number that nobody has. */
  call(outgoing: Outgoing, person: Person | undefined): DialledLeg;
}

export class CentralOffice implements Office {
  readonly recordings: Recordings;
  readonly people: People;
  readonly #options: OfficeOptions;
  readonly #conferences = new Map<string, Conference>();
  readonly #queues = new Map<string, Queue>();

  constructor(options: OfficeOptions) {
    this.#options = options;
    this.people = new People(options.population);
    this.recordings = new Recordings(options.clock, options.baseUrl);
  }

  person(number: string): Person | undefined {
    return this.people.called(number);
  }

  dial(outgoing: Outgoing): DialledLeg {
    return this.#options.call(outgoing, this.person(outgoing.to));
  }

  room(): Room {
    return new Room(this.#options.clock, this.#options.ticker);
  }

  /** The one of that name that has not ended, or a new one. */
  conference(name: string): Conference {
    const known = this.#conferences.get(name);
    if (known) return known;
    const conference = new Conference(name, this.#options.clock, this.room(), () =>
      this.#conferences.delete(name),
    );
    this.#conferences.set(name, conference);
    return conference;
  }

  queue(name: string): Queue {
    const queue = this.#queues.get(name) ?? new Queue(name, this.#options.clock);
    this.#queues.set(name, queue);
    return queue;
  }

  /** Who is in a conference that has started, with nobody else. */
  alone(): readonly { conference: string; callSid: string; forMs: number }[] {
    return [...this.#conferences.values()].flatMap((conference) => conference.alone ?? []);
  }
}
