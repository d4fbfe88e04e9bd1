// Calls that have ended and are not over for somebody yet: the carrier does not know, or a tool has begun something. A
// stopping server waits for them.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { EffectsOptions } from './effects.ts';

type Ended = Omit<Parameters<EffectsOptions['onEnded']>[0], 'reason'>;

/** It asks as soon as its stream is closed; longer than this it has lost the call. */
const CARRIER_ASKS_WITHIN_MS = 3_000;

export class Departures {
  readonly #clock: Clock;
  readonly #onFewer: () => void;
  /** The carrier does not know yet. With how to stop each one's timer. */
  readonly #unknown = new Map<CallId, StopTimer>();
  readonly #unfinished = new Set<Promise<void>>();

  constructor(clock: Clock, onFewer: () => void) {
    this.#clock = clock;
    this.#onFewer = onFewer;
  }

  get count(): number {
    return this.#unknown.size + this.#unfinished.size;
  }

  /** `onFinished`: nothing of the call's tools is at work any more. */
  ended(id: CallId, { intent, told, toolsDone }: Ended, onFinished: () => void): void {
    this.#unfinished.add(toolsDone);
    void toolsDone.finally(() => {
      onFinished();
      this.#unfinished.delete(toolsDone);
      this.#onFewer();
    });
    if (told) {
      this.#unknown.get(id)?.();
      this.#unknown.set(id, () => undefined);
      void told.then(() => this.carrierKnows(id));
    } else if (intent) {
      this.letGo(id);
    }
    this.#onFewer();
  }

  /** The line is closed for the caller to go somewhere: the carrier asks where. */
  letGo(id: CallId): void {
    this.#unknown.get(id)?.();
    this.#unknown.set(
      id,
      this.#clock.after(CARRIER_ASKS_WITHIN_MS, () => this.carrierKnows(id)),
    );
  }

  carrierKnows(id: CallId): void {
    this.#unknown.get(id)?.();
    this.#unknown.delete(id);
    this.#onFewer();
  }
}
