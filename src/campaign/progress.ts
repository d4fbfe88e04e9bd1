// How far a campaign is, and how long it will still take. Pure.
import type { Progress } from './store.ts';

const LATELY_MS = 600_000;

/** So many contacts are neither done nor given up. */
export const remaining = ({ contacts }: Progress): number =>
  (contacts['waiting'] ?? 0) + (contacts['dialling'] ?? 0);

/**
 * In ms, at least: as fast as in the last ten minutes; when nobody is due before, from then on; and not before the last of who
 * waits is due. Undefined: nobody can say yet. `runningMs`: since the last start.
 */
export function estimateMs(progress: Progress, nowMs: number, runningMs: number): number | undefined {
  const left = remaining(progress);
  if (left === 0) return 0;
  const untilMs = (epochMs: number | undefined): number => Math.max(0, (epochMs ?? nowMs) - nowMs);
  const lastMs = untilMs(progress.lastAtMs);
  const overMs = Math.min(LATELY_MS, runningMs);
  if (progress.endedLately === 0 || !(overMs > 0)) return lastMs > 0 ? lastMs : undefined;
  return Math.max(lastMs, Math.round(untilMs(progress.nextAtMs) + (left / progress.endedLately) * overMs));
}
