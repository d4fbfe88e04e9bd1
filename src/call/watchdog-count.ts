// What the watchdog saw in one call, counted for its record.
import type { Remedy, Trouble } from '../live/session.ts';

/** How often which trouble was met with which remedy; what never happened is not there. */
export type WatchdogTotals = Partial<Record<Trouble, Partial<Record<Remedy, number>>>>;

export class WatchdogCount {
  readonly totals: WatchdogTotals = {};

  count(saw: Trouble, did: Remedy): void {
    const met = (this.totals[saw] ??= {});
    met[did] = (met[did] ?? 0) + 1;
  }
}
