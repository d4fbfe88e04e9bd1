// When a connection that is about to be ended by the server is renewed by us: at a quiet moment, and in time. Pure.

/** How well a moment suits: nobody waits for anything (`quiet`), and a handle knows all that was said (`settled`). */
export type Moment = 'busy' | 'quiet' | 'settled';

export interface Renewal {
  readonly why: string;
  readonly plannedMs: number;
  /** Whatever is going on then. */
  readonly byMs: number;
}

/** Connections end after about ten minutes (ai.google.dev, live-session), and the notice of it may be missed or not come. */
export const RENEW_AT_AGE_MS = 9 * 60_000;
const AT_AGE_WITHIN_MS = 30_000;
/** Between our last moment and the server's: what is on its way then is still read. */
const MARGIN_MS = 1_000;
/** When a goAway does not say; it comes 50 to 60 s before the end (tau2-bench#461). */
const ASSUMED_LEFT_MS = 10_000;

export const renewalAtAge = (nowMs: number): Renewal => ({
  why: `it is ${RENEW_AT_AGE_MS / 60_000} minutes old`,
  plannedMs: nowMs,
  byMs: nowMs + AT_AGE_WITHIN_MS,
});

export const renewalAtGoAway = (timeLeftMs: number | undefined, nowMs: number): Renewal => ({
  why: 'the Live API said goAway',
  plannedMs: nowMs,
  byMs: nowMs + Math.max(0, (timeLeftMs ?? ASSUMED_LEFT_MS) - MARGIN_MS),
});

/** Two plans: the one that must be done first. */
export const sooner = (one: Renewal | undefined, other: Renewal): Renewal =>
  one !== undefined && one.byMs <= other.byMs ? one : other;

/** In the last third of the time left, a moment that is only quiet will do. */
export function isTime({ plannedMs, byMs }: Renewal, nowMs: number, moment: Moment): boolean {
  if (nowMs >= byMs || moment === 'settled') return true;
  return moment === 'quiet' && nowMs >= byMs - (byMs - plannedMs) / 3;
}
