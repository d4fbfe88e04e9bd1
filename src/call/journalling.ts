// Journalling: follows one call and has its journal say what it is by now, soon after it has changed. Nothing of the call
// waits for it, and no sound passes it.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { ModelMemory } from '../live/session.ts';
import type { JournalEntry, Tenure } from './journal.ts';

/** Facts come several at once. */
const SOON_MS = 50;
/** While the agent is heard: how far they got. */
const WHILE_HEARD_MS = 250;

export interface JournallingOptions {
  /** The right to act for the call, which begins with this entry. */
  readonly begin: (first: JournalEntry) => Tenure;
  /** What the call is now; undefined: it is over. */
  readonly look: (memory: ModelMemory | undefined) => JournalEntry | undefined;
  /** As the journal has it, of a call that is gone on with. */
  readonly memory?: ModelMemory | undefined;
  readonly clock: Clock;
}

export class Journalling {
  readonly #options: JournallingOptions;
  #tenure: Tenure | undefined;
  #memory: ModelMemory | undefined;
  #stopTimer: StopTimer | undefined;
  #isSoon = false;

  constructor(options: JournallingOptions) {
    this.#options = options;
    this.#memory = options.memory;
  }

  /** Once, when the call is whole. */
  begin(): void {
    const first = this.#options.look(this.#memory);
    if (first) this.#tenure = this.#options.begin(first);
  }

  /** The model takes the conversation up by this from now on. */
  remembers(memory: ModelMemory | undefined): void {
    this.#memory = memory;
    this.changed();
  }

  changed(): void {
    if (!this.#tenure || this.#isSoon) return;
    this.#isSoon = true;
    this.#keepIn(SOON_MS);
  }

  /** Now: for whoever goes on with the call in a moment. */
  keepNow(): void {
    this.stop();
    this.#keep();
  }

  /** The right to act for the call, to hand on. */
  get tenure(): Tenure | undefined {
    return this.#tenure;
  }

  /** The call is over for everybody. */
  end(): void {
    this.stop();
    this.#tenure?.end();
  }

  /** It is over here. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#isSoon = false;
  }

  #keepIn(ms: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#options.clock.after(ms, () => this.#keep());
  }

  #keep(): void {
    this.#stopTimer = undefined;
    this.#isSoon = false;
    const entry = this.#options.look(this.#memory);
    if (!entry) return;
    this.#tenure?.keep(entry);
    if (entry.speaking === 'agent') this.#keepIn(WHILE_HEARD_MS);
  }
}
