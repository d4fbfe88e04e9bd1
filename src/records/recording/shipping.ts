// The shipping of recordings: what is whole and written down is brought to where it is to stay, one after the other, by itself: a
// storage may be slow to take or to refuse, and calls end meanwhile.
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Tables } from '../../store/tables.ts';
import type { RecordingFolder } from './folder.ts';
import { deleteRecording, moveRecording } from './rows.ts';
import type { RecordingStorage } from './storage.ts';

export interface ShippingOptions {
  readonly db: Kysely<Tables>;
  readonly folder: RecordingFolder;
  readonly elsewhere: RecordingStorage;
  readonly onNotShipped: () => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/** The database is; whoever writes the records says so already. */
export const isAway = (thrown: unknown): boolean => thrown instanceof LivelineError && thrown.retryable;

export class Shipping {
  readonly #options: ShippingOptions;
  /** What was refused goes last: a file of which nothing can be made keeps no other. */
  readonly #waiting = new Set<string>();
  /** Since the storage last took one. */
  #refusals = 0;
  #restsUntilMs = 0;
  #busy: Promise<void> | undefined;

  constructor(options: ShippingOptions) {
    this.#options = options;
  }

  /** Settles when nothing is under way. */
  get busy(): Promise<void> | undefined {
    return this.#busy;
  }

  has(callId: string): boolean {
    return this.#waiting.has(callId);
  }

  /** Its sound is in the folder. */
  add(callId: string): void {
    this.#waiting.add(callId);
  }

  /** Unless it does already, or the storage has refused a moment ago. */
  go(): void {
    this.#busy ??= this.#work().finally(() => {
      this.#busy = undefined;
    });
  }

  async #work(): Promise<void> {
    const { signal, clock } = this.#options;
    const isOver = (): boolean => signal.aborted;
    for (;;) {
      const [callId] = this.#waiting;
      if (callId === undefined || isOver() || clock.nowMs() < this.#restsUntilMs) return;
      try {
        await this.#bring(callId);
        this.#refusals = 0;
        this.#waiting.delete(callId);
      } catch (thrown) {
        if (isAway(thrown) || isOver()) return;
        this.#refused(callId, thrown);
      }
    }
  }

  #refused(callId: string, thrown: unknown): void {
    const { elsewhere, onNotShipped, clock, log } = this.#options;
    this.#refusals += 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** (this.#refusals - 1));
    this.#restsUntilMs = clock.nowMs() + waitMs;
    this.#waiting.delete(callId);
    this.#waiting.add(callId);
    onNotShipped();
    log[this.#refusals === 1 ? 'error' : 'debug'](
      { callId, storage: elsewhere.name, reason: messageOf(thrown), waitMs },
      'a recording cannot be brought to its storage: it stays in DATA_DIR, with those that follow, and is tried again',
    );
  }

  async #bring(callId: string): Promise<void> {
    const { db, folder, elsewhere, signal, log } = this.#options;
    const isHere = (await folder.size(callId)) !== undefined;
    // It was forgotten.
    if (!isHere && (await elsewhere.size(callId, signal)) === undefined) return folder.forgetNote(callId);
    await elsewhere.put(callId, folder.soundPath(callId), signal);
    if (await moveRecording(db, callId, elsewhere.name))
      log.debug({ callId, storage: elsewhere.name }, 'a recording is in its storage');
    else {
      await elsewhere.remove(callId, signal);
      await deleteRecording(db, callId);
    }
    await folder.remove(callId);
  }
}
