// A map whose entries are forgotten when they are too old; bounded by age, swept when it is used.
import type { Clock } from './clock.ts';

export class ExpiringMap<Key, Value> {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #keepMs: number;
  /** In the order of their age. */
  readonly #entries = new Map<Key, { value: Value; atMs: number }>();

  constructor(clock: Pick<Clock, 'nowMs'>, keepMs: number) {
    this.#clock = clock;
    this.#keepMs = keepMs;
  }

  set(key: Key, value: Value): void {
    this.#forgetOld();
    this.#entries.delete(key);
    this.#entries.set(key, { value, atMs: this.#clock.nowMs() });
  }

  get(key: Key): Value | undefined {
    this.#forgetOld();
    return this.#entries.get(key)?.value;
  }

  /** Removes and returns. */
  take(key: Key): Value | undefined {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }

  #forgetOld(): void {
    for (const [key, { atMs }] of this.#entries) {
      if (this.#clock.nowMs() - atMs < this.#keepMs) return;
      this.#entries.delete(key);
    }
  }
}
