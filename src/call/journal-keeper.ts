// The keeper of journals: the calls that this node acts for, what of each is written when, and what it means that a row is
// another's. Written behind, all that changed at once; while the database is away the latest of each waits. Knows no SQL.
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { isDatabaseAway } from '../store/away.ts';
import { HeldJournal, type HeldJournalOptions } from './held-journal.ts';
import type { JournalTable, Standing } from './journal-table.ts';
import type { Journals } from './journal.ts';

export interface JournalKeeperOptions {
  readonly table: JournalTable;
  /** This one, by its name in the records. */
  readonly node: string;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface JournalBacklog {
  /** Calls of which the table does not have the latest. */
  readonly calls: number;
  readonly isAway: boolean;
}

export interface JournalKeeper extends Journals {
  readonly backlog: JournalBacklog;
  /** Resolves once all is written, or after so long. Never rejects. */
  close(withinMs: number): Promise<void>;
}

/** What a call loses of its journal at most when its process is killed, beside the time that the database takes. */
const WRITE_EVERY_MS = 200;
/** A model and a caller say nothing new in less. */
const AGAIN_AFTER_MS = 500;
/** One statement takes no more: some megabytes, and a hundredth of what PostgreSQL takes. */
const CHARACTERS_A_WRITE = 4_000_000;
const CALLS_A_WRITE = 500;
/** Ends that wait for the database: more calls than a node has in an hour. */
const MOST_ENDS = 10_000;

export function createJournalKeeper(options: JournalKeeperOptions): JournalKeeper {
  return new Keeper(options);
}

class Keeper implements JournalKeeper {
  readonly #options: JournalKeeperOptions;
  /** By call: those that we act for, as far as we know. */
  readonly #held = new Map<CallId, HeldJournal>();
  /** The table does not have their latest. In the order in which they came. */
  readonly #unwritten = new Set<HeldJournal>();
  readonly #closed = new AbortController();
  #state: 'idle' | 'waiting' | 'writing' | 'away' = 'idle';
  #stopTimer: StopTimer = () => undefined;
  #wroteMs = Number.NEGATIVE_INFINITY;
  /** Somebody waits for what is to be written next. */
  #isAwaited = false;
  #onIdle: () => void = () => undefined;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
  }

  get backlog(): JournalBacklog {
    return { calls: this.#unwritten.size, isAway: this.#state === 'away' };
  }

  open: Journals['open'] = (entry, onLost) => {
    const held = this.#hold(entry.call.id, { fence: 1, entry, isNew: true, spent: [] }, onLost);
    held.keep(entry);
    // Of a call of which nothing is written nobody else knows, and its caller gets the ladder.
    this.#writeSoon(0);
    return held;
  };

  async ownerOf(id: CallId, withinMs: number): Promise<string | undefined> {
    const { table, node } = this.#options;
    const held = this.#held.get(id);
    if (held?.isOver === true) return undefined;
    // Of one that is not written down nobody else can know.
    if (held?.isWritten === false) return node;
    let row: Standing | undefined;
    try {
      row = (await this.#within(withinMs, table.standing([id]))).get(id);
    } catch (thrown) {
      if (held?.isOurs === true) return node;
      throw thrown;
    }
    return row && !row.isOver ? row.node : undefined;
  }

  async take(...[id, how, onLost]: Parameters<Journals['take']>): ReturnType<Journals['take']> {
    const { table, node } = this.#options;
    if (this.#held.get(id)?.isOver === true) return undefined;
    const row = await this.#within(how.withinMs, table.take(id, node, how));
    if (!row) return undefined;
    const { entry, fence, rejoins, spent, from, awayMs } = row;
    // It was taken here once more meanwhile.
    if ((this.#held.get(id)?.fence ?? 0) > fence) return undefined;
    return {
      tenure: this.#hold(id, { fence, entry, isNew: false, spent }, onLost),
      ...{ entry, rejoins, from, awayMs },
    };
  }

  callsOf(node: string): Promise<readonly CallId[]> {
    return this.#options.table.callsOf(node);
  }

  async close(withinMs: number): Promise<void> {
    if (this.#unwritten.size > 0) {
      const over = Promise.withResolvers<undefined>();
      this.#onIdle = () => over.resolve(undefined);
      const stopLate = this.#options.clock.after(withinMs, () => over.resolve(undefined));
      this.#writeSoon(0);
      await over.promise;
      stopLate();
    }
    this.#closed.abort();
    this.#stopTimer();
  }

  #hold(
    id: CallId,
    of: Pick<HeldJournalOptions, 'fence' | 'entry' | 'isNew' | 'spent'>,
    onLost: () => void,
  ): HeldJournal {
    const held: HeldJournal = new HeldJournal({
      ...{ id, ...of, onLost, clock: this.#options.clock },
      changed: (at) => {
        this.#unwritten.add(held);
        this.#giveUpOldestEnd();
        this.#writeSoon(at === 'now' ? 0 : WRITE_EVERY_MS);
      },
      handOver: (write, to) => this.#options.table.handOver(write, this.#options.node, to),
      left: () => {
        this.#unwritten.delete(held);
        if (this.#held.get(id) === held) this.#held.delete(id);
      },
    });
    const before = this.#held.get(id);
    this.#held.set(id, held);
    before?.lose();
    return held;
  }

  /** At most so long after the last time; an earlier one that is planned stays. */
  #writeSoon(everyMs: number): void {
    const { clock } = this.#options;
    if (everyMs === 0) this.#isAwaited = true;
    if (this.#state === 'writing' || this.#state === 'away') return;
    if (this.#state === 'waiting' && everyMs > 0) return;
    this.#stopTimer();
    this.#state = 'waiting';
    const inMs = Math.max(0, this.#wroteMs + everyMs - clock.nowMs());
    this.#stopTimer = clock.after(inMs, () => void this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    const { ready, log } = this.#options;
    const wasAway = this.#state === 'away';
    try {
      if (wasAway) await ready();
      this.#beginToWrite();
      for (const some of portions([...this.#unwritten])) await this.#write(some);
    } catch (thrown) {
      this.#rest(thrown, wasAway);
      return;
    }
    this.#state = 'idle';
    if (wasAway) log.debug('the database keeps the journals of calls again');
    if (this.#unwritten.size > 0)
      this.#writeSoon(this.#isAwaited || this.#closed.signal.aborted ? 0 : WRITE_EVERY_MS);
    else this.#onIdle();
  }

  #beginToWrite(): void {
    this.#state = 'writing';
    this.#isAwaited = false;
    this.#wroteMs = this.#options.clock.nowMs();
  }

  /** Rejects when the database is away. */
  async #write(some: readonly HeldJournal[]): Promise<void> {
    const { table, node, log } = this.#options;
    const writes = some.map((held) => held.write());
    let written: ReadonlySet<CallId>;
    try {
      written = await table.write(node, writes);
    } catch (thrown) {
      if (isDatabaseAway(thrown)) throw thrown;
      if (some.length > 1) {
        for (const held of some) await this.#write([held]);
        return;
      }
      log.error(
        { callId: writes[0]?.id, reason: messageOf(thrown) },
        'the database refuses the journal of a call: another process would go on with what it had before',
      );
      written = new Set(writes.map(({ id }) => id));
    }
    const others = some.filter(({ id }) => !written.has(id));
    const standing = others.length > 0 ? await table.standing(others.map(({ id }) => id)) : undefined;
    for (const [index, held] of some.entries()) {
      const { seq } = writes[index]!;
      if (written.has(held.id)) this.#wrote(held, seq);
      else this.#refused(held, seq, standing?.get(held.id));
    }
  }

  #wrote(held: HeldJournal, seq: number): void {
    if (held.wrote(seq)) this.#unwritten.delete(held);
  }

  /** Its row is another's, or over, or gone: whoever was forgotten is written of no more. Or it has something newer. */
  #refused(held: HeldJournal, seq: number, row: Standing | undefined): void {
    if (row === undefined) held.forget();
    else if (row.isOver || row.node !== this.#options.node || row.fence !== held.fence) held.lose();
    else this.#wrote(held, seq);
  }

  /** Whoever writes records and routes says that the database is away, and what that means; /metrics has how many wait. */
  #rest(thrown: unknown, wasAway: boolean): void {
    const { clock, log } = this.#options;
    if (!wasAway)
      log.debug(
        { calls: this.#unwritten.size, reason: messageOf(thrown) },
        'the database does not keep the journals of calls: it is tried again',
      );
    this.#state = 'away';
    if (this.#closed.signal.aborted) return;
    this.#stopTimer = clock.after(AGAIN_AFTER_MS, () => void this.#writeAll());
  }

  #giveUpOldestEnd(): void {
    if (this.#unwritten.size <= MOST_ENDS) return;
    for (const held of this.#unwritten)
      if (held.isOver) {
        this.#unwritten.delete(held);
        return;
      }
  }

  async #within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const stopTimer = this.#options.clock.after(ms, () =>
      late.reject(new LivelineError('DATABASE_UNAVAILABLE', `the database did not answer within ${ms} ms`)),
    );
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      stopTimer();
    }
  }
}

/** As much of each as one statement takes. */
function* portions(all: readonly HeldJournal[]): Generator<readonly HeldJournal[]> {
  let some: HeldJournal[] = [];
  let characters = 0;
  for (const held of all) {
    if (some.length === CALLS_A_WRITE || characters > CHARACTERS_A_WRITE) {
      yield some;
      some = [];
      characters = 0;
    }
    some.push(held);
    characters += held.characters;
  }
  if (some.length > 0) yield some;
}
