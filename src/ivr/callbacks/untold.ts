// What is known of callbacks and not written down yet: in order, bounded, kept while the database is away. Knows not what it
// says.
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { isDatabaseAway } from '../../store/away.ts';

interface Item {
  /** Of the callback. */
  readonly id: string;
  readonly write: () => Promise<void>;
}

/** Some for each of more callbacks than a line can ring at once. */
const MOST = 1_000;

export class Untold {
  readonly #log: Log;
  readonly #items: Item[] = [];
  #writing: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(id: string, write: () => Promise<void>): void {
    this.#items.push({ id, write });
    if (this.#items.length <= MOST) return;
    const lost = this.#items.shift();
    this.#log.error(
      { callback: lost?.id },
      'too much waits for the database, so what became of a callback is not written down: it will be in doubt',
    );
  }

  /** Resolves once all is written; rejects when the database is away, and what is left stays. */
  async write(): Promise<void> {
    while (this.#items.length > 0)
      await (this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      }));
  }

  async #writeAll(): Promise<void> {
    for (let item = this.#items[0]; item; item = this.#items[0]) {
      try {
        await item.write();
      } catch (thrown) {
        if (isDatabaseAway(thrown)) throw thrown;
        this.#log.error(
          { callback: item.id, reason: messageOf(thrown) },
          'the database refuses what became of a callback: it will be in doubt',
        );
      }
      // It may have been given up meanwhile.
      if (this.#items[0] === item) this.#items.shift();
    }
  }
}
