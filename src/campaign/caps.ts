// How often a number may be called, over all campaigns together. Pure, over the attempts that there were.
import type { AttemptOutcome } from './attempt.ts';
import type { Verdict } from './audit.ts';

/** A limit that is undefined is none. */
export interface Caps {
  /** Whose they are, such as `campaign` or `US-FL 2026-11-01`. */
  readonly of: string;
  /** Within any 24 hours. */
  readonly perDay?: number | undefined;
  /** Within any 7 days. */
  readonly perWeek?: number | undefined;
  /** Within any 30 days. */
  readonly per30Days?: number | undefined;
  /** Ever. */
  readonly total?: number | undefined;
  /** Between two calls that rang. */
  readonly minGapHours?: number | undefined;
}

/** An attempt on the number, of whichever campaign, or of none. */
export interface PastCall {
  readonly atMs: number;
  /** Undefined: it is not over, or nobody knows. Of an attempt that is void: `not-placed`. */
  readonly outcome: AttemptOutcome | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Nobody hears of these; they are attempts all the same, and count in the others. What is blocked may have rung: 603 is also what
 * a phone answers on which somebody pressed decline (RFC 3261, 21.6.2).
 */
const DID_NOT_RING: ReadonlySet<AttemptOutcome | undefined> = new Set(['busy', 'failed']);

/**
 * No call to a number that was called and left alone, for so long: 72 hours (Ofcom, statements of policy on
 * the persistent misuse of networks, on abandoned calls).
 */
export const AFTER_ABANDONED_MS = 72 * HOUR_MS;

/** A call is out of a window as long after it as the window is. All limits hold; `untilMs` is the first moment they all allow. */
export function capsVerdict(limits: readonly Caps[], past: readonly PastCall[], nowMs: number): Verdict {
  const data = limits.map(({ of }) => of).join(', ');
  const wait = (rule: string, words: string, untilMs: number | undefined): Verdict => ({
    may: 'wait',
    rule,
    words,
    data,
    untilMs,
  });
  const calls = past.filter(({ outcome }) => outcome !== 'not-placed');
  if (!Number.isFinite(nowMs) || !calls.every(({ atMs }) => Number.isFinite(atMs)))
    return wait('caps.unreadable', 'nobody can say when it was called last', undefined);
  if (!limits.every(isReadable)) return wait('caps.unreadable', 'a limit of calls is no number', undefined);
  if (calls.some(({ outcome }) => outcome === undefined))
    return wait('caps.open', 'a call to it is not over yet', undefined);

  const used = limits.find(({ total = Infinity }) => calls.length >= total);
  if (used)
    return {
      may: 'never',
      rule: 'caps.total',
      words: `it was called ${calls.length} times, as often as it ever may (${used.of})`,
      data,
    };
  const newestFirst = calls.map(({ atMs }) => atMs).sort((one, other) => other - one);
  const rang = calls.filter(({ outcome }) => !DID_NOT_RING.has(outcome)).map(({ atMs }) => atMs);
  const abandoned = calls.filter(({ outcome }) => outcome === 'abandoned').map(({ atMs }) => atMs);
  const [last] = [
    ...limits.flatMap(({ of, perDay, perWeek, per30Days, minGapHours }) => [
      freeFrom('caps.day', of, newestFirst, perDay, DAY_MS),
      freeFrom('caps.week', of, newestFirst, perWeek, 7 * DAY_MS),
      freeFrom('caps.month', of, newestFirst, per30Days, 30 * DAY_MS),
      freeFrom('caps.gap', of, lastOf(rang), 1, (minGapHours ?? 0) * HOUR_MS),
    ]),
    freeFrom('caps.abandoned', 'a call that was abandoned', lastOf(abandoned), 1, AFTER_ABANDONED_MS),
  ]
    .filter(({ atMs }) => atMs > nowMs)
    .sort((one, other) => other.atMs - one.atMs);
  if (last === undefined) return { may: 'ring', data };
  const untilMs = Number.isFinite(last.atMs) ? last.atMs : undefined;
  return wait(last.rule, `it was called often enough for now (${last.of})`, untilMs);
}

interface Free {
  readonly rule: string;
  readonly of: string;
  /** -Infinity: now; Infinity: never. */
  readonly atMs: number;
}

/** The last `most` calls must not all be within the window. */
function freeFrom(
  rule: string,
  of: string,
  newestFirst: readonly number[],
  most: number | undefined,
  windowMs: number,
): Free {
  if (most === undefined) return { rule, of, atMs: -Infinity };
  if (most < 1) return { rule, of, atMs: Infinity };
  const oldest = newestFirst[Math.floor(most) - 1];
  return { rule, of, atMs: oldest === undefined ? -Infinity : oldest + windowMs };
}

const lastOf = (times: readonly number[]): readonly number[] =>
  times.length === 0 ? [] : [Math.max(...times)];

const isReadable = ({ perDay, perWeek, per30Days, total, minGapHours }: Caps): boolean =>
  [perDay, perWeek, per30Days, total, minGapHours].every((limit) => limit === undefined || limit >= 0);
