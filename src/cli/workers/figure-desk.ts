// Whoever scrapes one worker is told the figures of all: this desk, beside the crew, asks each of them.
import type { Clock } from '../../base/clock.ts';
import { mergedFigures } from './merged-figures.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** Who has not answered by then is left out; a scraper waits 10 s (prometheus.io, scrape_timeout). */
const ANSWERS_WITHIN_MS = 2_000;

type Tell = (message: ToWorker) => void;

interface Asking {
  readonly texts: string[];
  readonly open: Set<Tell>;
  readonly done: () => void;
}

export interface Seat {
  take(message: Exclude<FromWorker, { is: 'ready' }>): void;
  leave(): void;
}

export class FigureDesk {
  readonly #clock: Clock;
  readonly #workers = new Set<Tell>();
  readonly #askings = new Map<number, Asking>();
  #asks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  join(tell: Tell): Seat {
    this.#workers.add(tell);
    return {
      take: (message) => {
        if (message.is === 'ask') return this.#ask(tell, message.ask);
        this.#askings.get(message.ask)?.texts.push(message.text);
        this.#answered(message.ask, tell);
      },
      leave: () => {
        this.#workers.delete(tell);
        for (const ask of [...this.#askings.keys()]) this.#answered(ask, tell);
      },
    };
  }

  #ask(asker: Tell, ask: number): void {
    this.#asks += 1;
    const own = this.#asks;
    const texts: string[] = [];
    const done = (): void => {
      late();
      if (this.#askings.delete(own)) asker({ is: 'figures', ask, text: mergedFigures(texts) });
    };
    const late = this.#clock.after(ANSWERS_WITHIN_MS, done);
    this.#askings.set(own, { texts, open: new Set(this.#workers), done });
    for (const tell of this.#workers) tell({ is: 'asked', ask: own });
  }

  #answered(ask: number, by: Tell): void {
    const asking = this.#askings.get(ask);
    if (asking?.open.delete(by) && asking.open.size === 0) asking.done();
  }
}
