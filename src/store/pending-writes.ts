// Writes that wait for the database: in order, bounded, kept while it is away, or while somebody else holds what they are to
// change: those are overtaken by the others. Knows not what they say.
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway, isHeldByOthers } from './away.ts';

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
  /** So many of the first ones, when all were tried last. */
  #held = 0;

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

  /** Resolves once all is written that nobody holds; rejects while the database is away, and what is left stays. */
  async write(): Promise<void> {
    do
      await (this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      }));
    while (this.#items.length > this.#held);
  }

  /** In the background. What fails is tried again with the next one, or when somebody asks for it. */
  writeSoon(of: string, write: () => Promise<unknown>): void {
    this.add(of, write);
    this.write().catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    const { subject, refused, log } = this.#options;
    this.#held = 0;
    for (let item = this.#items[0]; item; item = this.#items[this.#held]) {
      let isHeld = false;
      try {
        await item.write();
      } catch (thrown) {
        isHeld = isHeldByOthers(thrown);
        if (!isHeld && isDatabaseAway(thrown)) throw thrown;
        if (!isHeld) log.error({ [subject]: item.of, reason: messageOf(thrown) }, refused);
      }
      // It may have been given up meanwhile.
      if (this.#items[this.#held] !== item) continue;
      if (isHeld) this.#held += 1;
      else this.#items.splice(this.#held, 1);
    }
  }
}
