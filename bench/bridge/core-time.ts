// How busy one core was, whoever kept it so: tells a bridge's cost from its neighbours' noise.
import { readFileSync } from 'node:fs';

/** /proc/stat counts in hundredths of a second (USER_HZ, the same on every Linux of today). */
const TICK_MS = 10;

/** Milliseconds this core was not idle since boot; undefined where no such thing can be read. */
export function coreBusyMs(core: number | undefined): number | undefined {
  if (core === undefined) return undefined;
  try {
    const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
    // user nice system idle iowait irq softirq steal (proc_stat(5)); the rest is counted in these already.
    const [user, nice, system, , , irq, softirq, steal] = line.split(' ').map(Number);
    const ticks = [user, nice, system, irq, softirq, steal].reduce<number>(
      (sum, one) => sum + (one ?? NaN),
      0,
    );
    return Number.isNaN(ticks) ? undefined : ticks * TICK_MS;
  } catch {
    return undefined;
  }
}
