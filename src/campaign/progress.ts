// How far a campaign is, and how long it will still take. Pure.
import type { Progress } from './store.ts';

const LATELY_MS = 600_000;

/** So many contacts are neither done nor given up. */
export const remaining = ({ contacts }: Progress): number =>
  (contacts['waiting'] ?? 0) + (contacts['dialling'] ?? 0);

/**
 * In ms, as fast as in the last ten minutes; when nobody is due before, from then on. Undefined: nobody can say yet.
 * `runningMs`: since the last start.
 */
export function estimateMs(progress: Progress, nowMs: number, runningMs: number): number | undefined {
  const left = remaining(progress);
  if (left === 0) return 0;
  const overMs = Math.min(LATELY_MS, runningMs);
  if (progress.endedLately === 0 || !(overMs > 0)) return undefined;
  const waitsMs = Math.max(0, (progress.nextAtMs ?? nowMs) - nowMs);
  return Math.round(waitsMs + (left / progress.endedLately) * overMs);
}
