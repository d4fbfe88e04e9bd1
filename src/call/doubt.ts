// Doubt: a process that stood still (stopped, swapped out, kept from running) may have lost its calls to others meanwhile. Until
// it has asked, it decides nothing in them. Knows no call but by its id.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Journals } from './journal.ts';

const BEAT_MS = 1_000;
/** Others take a node for dead after 5 s: before that its calls are its own. */
const STOOD_STILL_MS = 4_000;
/** A caller waits; and where nobody can be asked, nobody can have taken the call either. */
const ASKED_WITHIN_MS = 1_000;

export interface DoubtOptions {
  readonly journals: Pick<Journals, 'callsOf' | 'ownerOf'>;
  readonly node: string;
  /** Those that are here. */
  readonly calls: () => readonly CallId[];
  readonly lost: (id: CallId) => void;
  /** The rest is ours. */
  readonly onOver: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export class Doubt {
  readonly #options: DoubtOptions;
  readonly #stop: StopTimer;
  #beatMs: number;
  #is = false;

  constructor(options: DoubtOptions) {
    this.#options = options;
    this.#beatMs = options.clock.nowMs();
    this.#stop = options.clock.every(BEAT_MS, () => this.#beat());
  }

  /** Asked at every fact: whoever wakes up may find one before the beat. */
  get is(): boolean {
    this.#look();
    return this.#is;
  }

  close(): void {
    this.#stop();
  }

  #beat(): void {
    this.#look();
    this.#beatMs = this.#options.clock.nowMs();
  }

  #look(): void {
    if (!this.#is && this.#options.clock.nowMs() - this.#beatMs > STOOD_STILL_MS) this.#begin();
  }

  #begin(): void {
    const { clock, log, onOver } = this.#options;
    const stoodMs = Math.round(clock.nowMs() - this.#beatMs);
    this.#beatMs = clock.nowMs();
    this.#is = true;
    log.warn({ stoodMs }, 'this process stood still: whether its calls are still its own is asked first');
    const late = Promise.withResolvers<undefined>();
    const stopTimer = clock.after(ASKED_WITHIN_MS, () => late.resolve(undefined));
    void Promise.race([this.#ask(), late.promise])
      .catch((thrown: unknown) =>
        log.warn({ reason: messageOf(thrown) }, 'nobody can say whose our calls are: they go on here'),
      )
      .finally(() => {
        stopTimer();
        this.#is = false;
        onOver();
      });
  }

  async #ask(): Promise<void> {
    const { journals, node, calls, lost } = this.#options;
    const ours = new Set(await journals.callsOf(node));
    // One that is not among them may be too new to have been written down, or never will be.
    const others = await Promise.all(
      calls()
        .filter((id) => !ours.has(id))
        .map(async (id) => ({ id, owner: await journals.ownerOf(id, ASKED_WITHIN_MS) })),
    );
    for (const { id, owner } of others) if (owner !== undefined && owner !== node) lost(id);
  }
}
