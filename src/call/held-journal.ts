// One call's journal, as this node has it while it acts for the call: the latest entry, how far that is written, and until
// when it may be. Knows no table and no other call.
import type { Clock } from '../base/clock.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { CallId } from '../base/ids.ts';
import { journalText } from './journal-size.ts';
import { withSpent, type JournalWrite } from './journal-table.ts';
import type { JournalEntry, Tenure } from './journal.ts';

export interface HeldJournalOptions {
  readonly id: CallId;
  readonly fence: number;
  readonly entry: JournalEntry;
  /** It has no row yet. */
  readonly isNew: boolean;
  /** Tokens, as the row has them. */
  readonly spent: readonly string[];
  readonly onLost: () => void;
  /** There is something to write. */
  readonly changed: (when: 'soon' | 'now') => void;
  /** See `JournalTable.handOver`. */
  readonly handOver: (write: JournalWrite, to: string) => Promise<boolean>;
  /** Nothing more is to be written. */
  readonly left: () => void;
  readonly clock: Clock;
}

/** `handing`: to another node, and nobody knows yet whether that has it. `forgotten`: its row is gone. */
type State = 'held' | 'handing' | 'over' | 'handed' | 'lost' | 'forgotten';

const HAND_AGAIN_AFTER_MS = 100;

export class HeldJournal implements Tenure {
  readonly id: CallId;
  readonly fence: number;
  readonly #options: HeldJournalOptions;
  #state: State = 'held';
  #entry: JournalEntry;
  #spent: readonly string[];
  #isNew: boolean;
  /** What there is to write is the first, the second … of this tenure; so far it is written. */
  #seq = 0;
  #writtenSeq = 0;
  #isSent = false;
  /** Of which `seq` it is the JSON. */
  #text: { readonly seq: number; readonly of: string } | undefined;
  #waiting: { readonly seq: number; readonly resolve: () => void }[] = [];

  constructor(options: HeldJournalOptions) {
    this.#options = options;
    this.id = options.id;
    this.fence = options.fence;
    this.#entry = options.entry;
    this.#isNew = options.isNew;
    this.#spent = options.spent;
  }

  get isOurs(): boolean {
    return this.#state === 'held' || this.#state === 'handing';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** There is a row of it. */
  get isWritten(): boolean {
    return !this.#isNew;
  }

  /** Of what `write` gives. */
  get characters(): number {
    return this.#json()?.length ?? 0;
  }

  keep(entry: JournalEntry): void {
    if (!this.isOurs) return;
    this.#entry = entry;
    this.#change('soon');
  }

  spent(token: string): void {
    if (!this.isOurs) return;
    this.#spent = withSpent(this.#spent, token);
    this.#change('now');
  }

  end(): void {
    if (!this.isOurs) return;
    this.#state = 'over';
    if (this.#isNew && !this.#isSent) this.#leave('over');
    else this.#change('soon');
  }

  async flush(withinMs: number): Promise<void> {
    if (!(this.isOurs || this.isOver) || this.#writtenSeq === this.#seq) return;
    const written = Promise.withResolvers<undefined>();
    this.#waiting.push({ seq: this.#seq, resolve: () => written.resolve(undefined) });
    const stopTimer = this.#options.clock.after(withinMs, () => written.resolve(undefined));
    this.#options.changed('now');
    await written.promise;
    stopTimer();
  }

  async handTo(node: string, withinMs: number): Promise<boolean> {
    const { clock } = this.#options;
    if (!this.#is('held')) return false;
    const untilMs = clock.nowMs() + withinMs;
    // A row that nobody knows to be there cannot be handed on.
    if (this.#isNew) await this.flush(withinMs);
    if (!this.#is('held') || this.#isNew) return false;
    this.#state = 'handing';
    const late = Promise.withResolvers<'late'>();
    const stopTimer = clock.after(Math.max(0, untilMs - clock.nowMs()), () => late.resolve('late'));
    const handed = this.#hand(node, untilMs);
    const is = await Promise.race([handed, late.promise]);
    stopTimer();
    if (is !== 'late') return this.#handed(is);
    // Whoever was told that it goes on here hears that it does not.
    void handed.then((done) => {
      if (this.#handed(done)) this.#options.onLost();
    });
    return false;
  }

  /** What the table is to have. */
  write(): JournalWrite {
    this.#isSent = true;
    const { id, fence } = this;
    return {
      ...{ id, fence, seq: this.#seq, isNew: this.#isNew },
      ...{ entry: this.#json() ?? null, spent: this.#spent },
    };
  }

  /** True: there is nothing newer. */
  wrote(seq: number): boolean {
    this.#isNew = false;
    this.#writtenSeq = Math.max(this.#writtenSeq, seq);
    const isAll = this.#writtenSeq === this.#seq;
    this.#settle((waiting) => waiting.seq <= this.#writtenSeq);
    if (isAll && this.isOver) this.#options.left();
    return isAll;
  }

  /** Its row is another's. While it is being handed on, that says nothing: see what becomes of it. */
  lose(): void {
    if (this.#state === 'handing') return;
    const wasOurs = this.isOurs;
    this.#leave('lost');
    // Whatever the call does then, it is not done in the middle of what is written of others.
    if (wasOurs) queueMicrotask(this.#options.onLost);
  }

  /** Its row was deleted: nothing more is written of this call, which goes on. */
  forget(): void {
    if (this.#state !== 'handing') this.#leave('forgotten');
  }

  async #hand(node: string, untilMs: number): Promise<boolean> {
    const { clock, handOver } = this.#options;
    for (;;) {
      try {
        return await handOver(this.write(), node);
      } catch (thrown) {
        if (!isDatabaseAway(thrown) || clock.nowMs() >= untilMs) return false;
        const again = Promise.withResolvers<undefined>();
        clock.after(HAND_AGAIN_AFTER_MS, () => again.resolve(undefined));
        await again.promise;
      }
    }
  }

  /** Where it was not handed, the row says whose it is, when it is written next. */
  #handed(done: boolean): boolean {
    if (this.#state !== 'handing') return false;
    if (done) this.#leave('handed');
    else {
      this.#state = 'held';
      this.#change('now');
    }
    return done;
  }

  #is(state: State): boolean {
    return this.#state === state;
  }

  #change(when: 'soon' | 'now'): void {
    this.#seq += 1;
    this.#options.changed(when);
  }

  #leave(as: State): void {
    this.#state = as;
    this.#options.left();
    this.#settle(() => true);
  }

  #settle(which: (waiting: { seq: number }) => boolean): void {
    const settled = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((waiting) => !settled.includes(waiting));
    for (const { resolve } of settled) resolve();
  }

  #json(): string | undefined {
    if (this.isOver) return undefined;
    if (this.#text?.seq !== this.#seq) this.#text = { seq: this.#seq, of: journalText(this.#entry) };
    return this.#text.of;
  }
}
