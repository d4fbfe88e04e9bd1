// Writes that wait for the database: in order, bounded, kept while it is away. Knows not what they say.
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from './away.ts';

export interface PendingWritesOptions {
  /** How many wait at most; the oldest is given up for one more. */
  readonly most: number;
  /** What is said of one that was given up, or refused; `subject` names in the log what it is of. */
  readonly subject: string;
  readonly givenUp: string;
  readonly refused: string;
  readonly log: Log;
}

interface Item {
  readonly of: string;
  readonly write: () => Promise<unknown>;
}

export class PendingWrites {
  readonly #options: PendingWritesOptions;
  readonly #items: Item[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: PendingWritesOptions) {
    this.#options = options;
  }

  /** `of`: the id of what it tells of. */
  add(of: string, write: () => Promise<unknown>): void {
    const { most, subject, givenUp, log } = this.#options;
    this.#items.push({ of, write });
    if (this.#items.length <= most) return;
    const lost = this.#items.shift();
    log.error({ [subject]: lost?.of }, givenUp);
  }

  /** Resolves once all is written; rejects while the database is away, and what is left stays. */
  async write(): Promise<void> {
    while (this.#items.length > 0)
      await (this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      }));
  }

  /** In the background. What fails is tried again with the next one, or when somebody asks for it. */
  writeSoon(of: string, write: () => Promise<unknown>): void {
    this.add(of, write);
    this.write().catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    const { subject, refused, log } = this.#options;
    for (let item = this.#items[0]; item; item = this.#items[0]) {
      try {
        await item.write();
      } catch (thrown) {
        if (isDatabaseAway(thrown)) throw thrown;
        log.error({ [subject]: item.of, reason: messageOf(thrown) }, refused);
      }
      // It may have been given up meanwhile.
      if (this.#items[0] === item) this.#items.shift();
    }
  }
}
