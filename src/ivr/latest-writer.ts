// Writes behind: of each key the latest item, one at a time and in order; while the database is away they wait in memory.
// Knows not what they are.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from '../store/away.ts';

export interface LatestWriterOptions<Item> {
  readonly write: (item: Item) => Promise<void>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  /** The database has refused it for good, or there are too many. */
  readonly onLost: (item: Item, why: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** More calls than one process can have, at some kilobytes each. */
const MOST = 2_000;
/** Whoever waits in a queue asks again within seconds. */
const AGAIN_AFTER_MS = 500;

export class LatestWriter<Item> {
  readonly #options: LatestWriterOptions<Item>;
  readonly #items = new Map<string, Item>();
  readonly #closed = new AbortController();
  #state: 'idle' | 'writing' | 'away' = 'idle';
  #stopTimer: StopTimer = () => undefined;
  #onIdle: () => void = () => undefined;

  constructor(options: LatestWriterOptions<Item>) {
    this.#options = options;
  }

  /** Not written yet. */
  get size(): number {
    return this.#items.size;
  }

  get isAway(): boolean {
    return this.#state === 'away';
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  put(key: string, item: Item): void {
    this.#items.set(key, item);
    if (this.#items.size > MOST) this.#giveUpOldest();
    if (this.#state !== 'idle') return;
    this.#state = 'writing';
    // What comes in the same turn of the event loop goes as one.
    setImmediate(() => void this.#writeAll());
  }

  /** Resolves once all is written, or after so long. */
  async close(withinMs: number): Promise<void> {
    if (this.#items.size > 0) {
      const over = Promise.withResolvers<undefined>();
      this.#onIdle = () => over.resolve(undefined);
      const stopLate = this.#options.clock.after(withinMs, () => over.resolve(undefined));
      await over.promise;
      stopLate();
    }
    this.#closed.abort();
    this.#stopTimer();
  }

  async #writeAll(): Promise<void> {
    const { ready, log } = this.#options;
    const wasAway = this.#state === 'away';
    try {
      if (wasAway) await ready();
      for (let [next] = this.#items; next; [next] = this.#items) {
        const [key, item] = next;
        await this.#write(item);
        // A later one may have taken its place.
        if (this.#items.get(key) === item) this.#items.delete(key);
      }
    } catch (thrown) {
      this.#rest(thrown);
      return;
    }
    this.#state = 'idle';
    if (wasAway) log.info('the database keeps again where callers are');
    this.#onIdle();
  }

  /** Rejects when the database is away. */
  async #write(item: Item): Promise<void> {
    try {
      await this.#options.write(item);
    } catch (thrown) {
      if (isDatabaseAway(thrown)) throw thrown;
      this.#options.onLost(item, messageOf(thrown));
    }
  }

  #rest(thrown: unknown): void {
    const { clock, log } = this.#options;
    if (this.#state !== 'away')
      log.warn(
        { unsaved: this.#items.size, reason: messageOf(thrown) },
        'the database does not keep where callers are: no other process could go on with their calls; see that it comes back',
      );
    this.#state = 'away';
    if (this.#closed.signal.aborted) return;
    this.#stopTimer = clock.after(AGAIN_AFTER_MS, () => void this.#writeAll());
  }

  #giveUpOldest(): void {
    const [oldest] = this.#items;
    if (!oldest) return;
    this.#items.delete(oldest[0]);
    this.#options.onLost(oldest[1], 'too many wait for the database');
  }
}
