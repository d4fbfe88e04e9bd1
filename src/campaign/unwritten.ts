// What is known of attempts and not written down yet: in order, bounded, kept while the database is away. What is lost with the
// process, the carrier is asked for later.
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from '../store/away.ts';

interface Item {
  /** Of the attempt or the call. */
  readonly of: string;
  readonly write: () => Promise<unknown>;
}

/** A few for each call of the largest campaigns. */
const MOST = 10_000;

export class Unwritten {
  readonly #log: Log;
  readonly #items: Item[] = [];
  #writing: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(of: string, write: () => Promise<unknown>): void {
    this.#items.push({ of, write });
    if (this.#items.length <= MOST) return;
    const lost = this.#items.shift();
    this.#log.error(
      { attempt: lost?.of },
      'too much waits for the database: what was told of an attempt is not written down, and the carrier is asked for it later',
    );
  }

  /** Resolves once all is written; rejects while the database is away, and what is left stays. */
  async write(): Promise<void> {
    while (this.#items.length > 0)
      await (this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      }));
  }

  /** In the background. What fails is tried again with the next one, or when the dialler looks. */
  writeSoon(of: string, write: () => Promise<unknown>): void {
    this.add(of, write);
    this.write().catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    for (let item = this.#items[0]; item; item = this.#items[0]) {
      try {
        await item.write();
      } catch (thrown) {
        if (isDatabaseAway(thrown)) throw thrown;
        this.#log.error(
          { attempt: item.of, reason: messageOf(thrown) },
          'the database refuses what was told of an attempt: the carrier is asked for it later',
        );
      }
      // It may have been given up meanwhile.
      if (this.#items[0] === item) this.#items.shift();
    }
  }
}
