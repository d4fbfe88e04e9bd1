// The feed of the board: what changes, in order and numbered, so that a page that was away for a moment goes on where it was.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { boardAfter, EMPTY_BOARD, type Board, type Change } from './board.ts';
import type { LiveMessage } from './live-messages.ts';

export interface FeedWatcher {
  send(message: LiveMessage): void;
}

/** About a minute of a hundred calls. */
const MOST_KEPT = 2_000;

export class Feed {
  /** Numbers of another process, or of this one before it was started again, are no numbers of this feed. */
  readonly #id = randomUUID();
  readonly #node: string;
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #mostKept: number;
  readonly #watchers = new Set<FeedWatcher>();
  #board = EMPTY_BOARD;
  /** The last of it has the number `#seq`. */
  #kept: Change[] = [];
  #seq = 0;

  constructor(node: string, clock: Pick<Clock, 'epochMs'>, mostKept = MOST_KEPT) {
    this.#node = node;
    this.#clock = clock;
    this.#mostKept = mostKept;
  }

  get board(): Board {
    return this.#board;
  }

  push(change: Change): void {
    const board = boardAfter(this.#board, change);
    if (board === this.#board) return;
    this.#board = board;
    this.#seq += 1;
    this.#kept.push(change);
    // Moving the rest each time would cost more than keeping some for a while.
    if (this.#kept.length > 2 * this.#mostKept) this.#kept = this.#kept.slice(-this.#mostKept);
    const message: LiveMessage = { type: 'change', at: this.#at(this.#seq), change };
    for (const watcher of this.#watchers) watcher.send(message);
  }

  /** To those who look now. */
  tell(message: Extract<LiveMessage, { type: 'levels' }>): void {
    for (const watcher of this.#watchers) watcher.send(message);
  }

  /** What it has missed since then, or else all there is; and then every change. Gives back how to stop. */
  join(watcher: FeedWatcher, since?: string): () => void {
    const missed = this.#since(since);
    if (missed)
      for (const [index, change] of missed.entries())
        watcher.send({ type: 'change', at: this.#at(this.#seq - missed.length + index + 1), change });
    else watcher.send(this.#whole());
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #whole(): LiveMessage {
    const { calls, nodes } = this.#board;
    return {
      ...{ type: 'board', at: this.#at(this.#seq), node: this.#node },
      nowMs: this.#clock.epochMs(),
      ...{ calls: [...calls.values()], nodes: [...nodes.values()] },
    };
  }

  #at(seq: number): string {
    return `${this.#id}.${seq}`;
  }

  /** Undefined: nobody knows any more. */
  #since(at: string | undefined): readonly Change[] | undefined {
    const [id, count = ''] = at?.split('.') ?? [];
    const missed = this.#seq - Number(count);
    if (id !== this.#id || !/^\d+$/.test(count) || missed < 0 || missed > this.#kept.length) return undefined;
    return missed === 0 ? [] : this.#kept.slice(-missed);
  }
}
