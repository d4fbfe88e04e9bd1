// The middle and the worst of what was measured in the last hour.
import type { Clock } from '../base/clock.ts';
import type { Spread } from './board.ts';

const HOUR_MS = 3_600_000;
/** More tell nothing more. */
const MOST_KEPT = 2_000;

export class LastHour {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #kept: { readonly atMs: number; readonly ms: number }[] = [];

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  add(ms: number): void {
    this.#kept.push({ atMs: this.#clock.nowMs(), ms });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }

  /** Null: nothing was measured. */
  get spread(): Spread | null {
    const fromMs = this.#clock.nowMs() - HOUR_MS;
    this.#kept = this.#kept.filter(({ atMs }) => atMs >= fromMs);
    const sorted = this.#kept.map(({ ms }) => ms).sort((a, b) => a - b);
    const count = sorted.length;
    if (count === 0) return null;
    // Nearest rank.
    const at = (share: number): number => Math.round(sorted[Math.ceil(share * count) - 1]!);
    return { count, p50Ms: at(0.5), p95Ms: at(0.95) };
  }
}
