// Write-behind: takes items at once and puts them into the database later, in order; into the spool while the database is
// away. Nobody waits for it. Knows neither what the items are nor which database it is.
import { messageOf } from '../../base/errors.ts';
import { bisect, type Verdict } from './bisect.ts';
import { Losses } from './losses.ts';
import { Reach } from './reach.ts';
import { Runner } from './runner.ts';
import { WaitingQueue } from './waiting-queue.ts';
import {
  LIMITS,
  TIMES,
  type Backlog,
  type WriteBehindLimits,
  type WriteBehindOptions,
} from './write-behind-options.ts';

export type { Backlog, WriteBehindLimits, WriteBehindOptions } from './write-behind-options.ts';

type Phase = { readonly is: 'open' | 'closed' } | { readonly is: 'closing'; readonly isOver: boolean };

export class WriteBehind<Item> {
  readonly #options: WriteBehindOptions<Item>;
  readonly #limits: WriteBehindLimits;
  readonly #queue: WaitingQueue<Item>;
  readonly #losses: Losses<Item>;
  readonly #reach: Reach;
  readonly #runner: Runner;
  #onIdle: () => void = () => undefined;
  #spoolAgainAtMs = -Infinity;
  #phase: Phase = { is: 'open' };
  #closing: Promise<void> | undefined;
  #pushed = 0;
  #left = 0;
  #written = 0;
  readonly #waiters = new Set<{ readonly upTo: number; readonly done: () => void }>();

  constructor(options: WriteBehindOptions<Item>) {
    const { clock, log, onLost, spool, ready, isAway } = (this.#options = options);
    this.#limits = { ...LIMITS, ...options.limits };
    this.#queue = new WaitingQueue(this.#limits.queueItems, this.#limits.queueBytes);
    this.#losses = new Losses({
      ...{ clock, log, onLost },
      whyNoRoom: () => spool.trouble ?? 'the queue in memory is full',
    });
    this.#runner = new Runner({
      clock,
      step: () => this.#step(),
      onIdle: () => this.#onIdle(),
      onFault: (thrown) =>
        log.error({ reason: messageOf(thrown) }, 'writing records failed unexpectedly; it is tried again'),
    });
    this.#reach = new Reach({
      ...{ ready, isAway, clock, log, folder: spool.folder },
      wakeAt: (dueMs) => this.#runner.wakeAt(dueMs),
    });
    this.#runner.wakeAt(clock.nowMs());
  }

  /** Never throws and never waits. */
  push(item: Item): void {
    if (!this.offer(item)) this.giveUp(item);
  }

  /** False: there is no room for it, which counts as no loss yet. */
  offer(item: Item): boolean {
    const nowMs = this.#options.clock.nowMs();
    if (this.#phase.is === 'closed' || !this.#queue.push(item, nowMs)) return false;
    this.#pushed += 1;
    this.#runner.wakeAt(nowMs + TIMES.flushAfterMs);
    return true;
  }

  /** Counts it as lost for want of room. */
  giveUp(item: Item): void {
    this.#losses.noRoom([item]);
  }

  get backlog(): Backlog {
    const { spool } = this.#options;
    return {
      queued: this.#queue.size,
      spooledItems: spool.items,
      spooledBytes: spool.bytes,
      written: this.#written,
      lost: this.#losses.count + spool.corrupt,
      isAway: this.#reach.isAway,
    };
  }

  /** Also what processes left in the spool that died since. Never rejects. */
  async adopt(): Promise<void> {
    await this.#options.spool.adopt();
    this.#runner.wakeAt(this.#options.clock.nowMs());
  }

  /** Resolves once all that was pushed so far is safe or given up; not while neither database nor spool takes it. */
  settle(): Promise<void> {
    if (this.#left >= this.#pushed) return Promise.resolve();
    this.#runner.wakeAt(this.#options.clock.nowMs());
    return new Promise((done) => this.#waiters.add({ upTo: this.#pushed, done }));
  }

  /** Resolves once all that was pushed is in the database, or at the deadline with the rest in the spool. Never rejects. */
  close(withinMs: number): Promise<void> {
    return (this.#closing ??= this.#close(withinMs));
  }

  async #close(withinMs: number): Promise<void> {
    const { clock, spool, log } = this.#options;
    const over = Promise.withResolvers<undefined>();
    this.#phase = { is: 'closing', isOver: withinMs <= 0 };
    const stop = clock.after(withinMs, () => {
      this.#phase = { is: 'closing', isOver: true };
      this.#runner.wakeAt(clock.nowMs());
    });
    this.#onIdle = () => {
      if (this.#queue.size === 0 && (spool.items === 0 || this.#isOver)) over.resolve(undefined);
    };
    this.#runner.wakeAt(clock.nowMs());
    await over.promise;
    stop();
    this.#phase = { is: 'closed' };
    this.#runner.stop();
    this.#losses.say();
    if (spool.items > 0)
      log.warn(
        { items: spool.items, folder: spool.folder },
        'writes wait in the spool; the next start writes them',
      );
    await spool.close();
  }

  get #isOver(): boolean {
    return this.#phase.is === 'closing' && this.#phase.isOver;
  }

  /** False: nothing more can be done now; whatever changes that wakes us. */
  async #step(): Promise<boolean> {
    if (this.#isOver) return this.#leave();
    const { spool } = this.#options;
    const { batchItems, batchBytes } = this.#limits;
    if (!this.#reach.isUp) {
      if (this.#queue.size > 0 && (await this.#spoolIfDue(TIMES.spoolAfterMs))) return true;
      this.#reach.ask();
      return false;
    }
    if (spool.items > 0) {
      if (this.#queue.isHalfFull && (await this.#spoolIfDue(0))) return true;
      await spool.retire(await this.#apply(await spool.next(batchItems, batchBytes)));
      return true;
    }
    if (this.#queue.size > 0) {
      this.#leaveQueue(await this.#apply(this.#queue.front(batchItems, batchBytes)));
      return true;
    }
    if (this.#reach.isProven) this.#losses.recovered();
    return false;
  }

  async #apply(items: readonly Item[]): Promise<number> {
    if (items.length === 0) return 0;
    const found = await bisect(items, (part) => this.#try(part));
    for (const { item, thrown } of found.refused) this.#losses.refused(item, thrown);
    return found.count;
  }

  async #try(part: readonly Item[]): Promise<Verdict> {
    const verdict = await this.#reach.try(
      () => this.#options.apply(part),
      (takenMs) => this.#isTooLong(takenMs),
    );
    if (verdict.is === 'done') {
      this.#written += part.length;
      this.#safe(part, 'database');
    }
    return verdict;
  }

  #isTooLong(takenMs: number): boolean {
    if (this.#isOver) return true;
    return takenMs >= (this.#queue.isHalfFull ? TIMES.applyWithinWhenFullMs : TIMES.applyWithinMs);
  }

  /** True when it helped. */
  async #spoolIfDue(afterMs: number): Promise<boolean> {
    const nowMs = this.#options.clock.nowMs();
    const ageDueMs = (this.#queue.sinceMs ?? nowMs) + afterMs;
    const isHurried = this.#reach.isAway && (this.#phase.is === 'closing' || this.#waiters.size > 0);
    const dueMs = isHurried || this.#queue.isHalfFull ? nowMs : ageDueMs;
    const atMs = Math.max(dueMs, this.#spoolAgainAtMs);
    if (atMs > nowMs) {
      this.#runner.wakeAt(atMs);
      return false;
    }
    return (await this.#spoolBatch()) > 0;
  }

  async #spoolBatch(): Promise<number> {
    const { spool, log, clock } = this.#options;
    const items = this.#queue.front(this.#limits.batchItems, this.#limits.batchBytes);
    const before = spool.trouble;
    const { taken, why } = await spool.append(items);
    if (why !== undefined && why !== 'unserialisable') {
      this.#spoolAgainAtMs = clock.nowMs() + TIMES.spoolAfterMs;
      this.#runner.wakeAt(this.#spoolAgainAtMs);
      if (before === undefined)
        log.error(
          { folder: spool.folder, reason: spool.trouble },
          'the spool takes no more writes: they wait in memory, and are given up once that is full. Bring the database back, or make room',
        );
    }
    this.#safe(items.slice(0, taken), 'spool');
    this.#leaveQueue(taken);
    if (taken > 0 || why !== 'unserialisable') return taken;
    this.#losses.refused(items[0]!, new TypeError('it cannot be written as JSON'));
    this.#leaveQueue(1);
    return 1;
  }

  /** At the end of the time to close: what is left goes to the disk, or is given up. */
  async #leave(): Promise<boolean> {
    if (this.#queue.size === 0 || (await this.#spoolBatch()) > 0) return this.#queue.size > 0;
    const items = this.#queue.front(this.#queue.size, Infinity);
    this.#losses.noRoom(items);
    this.#leaveQueue(items.length);
    return false;
  }

  #leaveQueue(count: number): void {
    this.#queue.drop(count);
    this.#left += count;
    for (const waiter of this.#waiters) {
      if (waiter.upTo > this.#left) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
  }

  #safe(items: readonly Item[], where: 'database' | 'spool'): void {
    try {
      if (items.length > 0) this.#options.onSafe?.(items, where);
    } catch (thrown) {
      this.#options.log.error({ err: thrown }, 'who is told of safe writes has thrown');
    }
  }
}
