// What tools have done and no database knows yet: by call, in the order in which it happened. Knows not who writes it.
import type { CallId } from '../../base/ids.ts';
import type { EffectKey, Settlement } from './effects.ts';

export interface Settled {
  readonly key: EffectKey;
  readonly settlement: Settlement;
}

/** A hundred calls that do something every ten seconds, for a quarter of an hour; some ten megabytes with their results. */
const MOST = 10_000;

export class Unwritten {
  /** None is empty. Those that wait longest come first. */
  readonly #byCall = new Map<CallId, Set<Settled>>();
  #count = 0;

  has(callId: CallId): boolean {
    return this.#byCall.has(callId);
  }

  calls(): CallId[] {
    return [...this.#byCall.keys()];
  }

  firstOf(callId: CallId): Settled | undefined {
    const [first] = this.#byCall.get(callId) ?? [];
    return first;
  }

  /** What is forgotten for it, where there are too many: the first of the call that waits longest. */
  add(settled: Settled): Settled | undefined {
    const { callId } = settled.key;
    const ofCall = this.#byCall.get(callId) ?? new Set();
    this.#byCall.set(callId, ofCall.add(settled));
    this.#count += 1;
    if (this.#count <= MOST) return undefined;
    const [[oldest] = []] = this.#byCall.values();
    if (oldest) this.delete(oldest);
    return oldest;
  }

  /** Harmless for what is not there any more. */
  delete(settled: Settled): void {
    const { callId } = settled.key;
    const ofCall = this.#byCall.get(callId);
    if (!ofCall?.delete(settled)) return;
    this.#count -= 1;
    if (ofCall.size === 0) this.#byCall.delete(callId);
  }
}
