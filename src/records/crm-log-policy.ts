// What becomes of a call that the CRM was to be told of, by what it answered. Pure; knows neither the CRM nor a database.
import { LivelineError, messageOf } from '../base/errors.ts';

/** For good; `due` is none of them. */
export type CrmLogResult = 'done' | 'failed' | 'in-doubt';

/** `isAway`: any other call would fare no better now. `due`: once more, after so long. */
export type Verdict = { readonly isAway: boolean } & (
  { readonly is: 'failed' | 'in-doubt' } | { readonly is: 'due'; readonly afterMs: number }
);

/** Finding the contact changes nothing; telling of the call may have been done even when it failed. */
export type Step = 'finding' | 'telling';

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Altogether; after that nobody looks for yesterday's calls any more. */
const TRY_FOR_MS = 24 * 3_600_000;

/** `tries`: so many were made, at least one. Undefined: it was tried for a day. */
export function pauseAfter(tries: number): number | undefined {
  const pauseMs = (n: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (n - 1), LONGEST_PAUSE_MS);
  let sumMs = 0;
  for (let n = 1; n <= tries; n += 1) {
    sumMs += pauseMs(n);
    if (sumMs > TRY_FOR_MS) return undefined;
  }
  return pauseMs(tries);
}

/** `isLate`: it did not answer in time, or the server stopped. */
export function verdictOn(
  thrown: unknown,
  { step, isLate, tries, keepsKeys }: { step: Step; isLate: boolean; tries: number; keepsKeys: boolean },
): Verdict {
  const code = thrown instanceof LivelineError ? thrown.code : undefined;
  const isInDoubt = step === 'telling' && (isLate || code === undefined || code === 'CRM_IN_DOUBT');
  const isAway = isLate || code === 'CRM_UNAVAILABLE' || code === 'CRM_IN_DOUBT';
  if (!isInDoubt && !isAway) return { is: 'failed', isAway };
  const afterMs = pauseAfter(tries);
  if (isInDoubt && (!keepsKeys || afterMs === undefined)) return { is: 'in-doubt', isAway };
  return afterMs === undefined ? { is: 'failed', isAway } : { is: 'due', isAway, afterMs };
}

/** The same for all calls that fail for the same reason. */
export const causeOf = (thrown: unknown): string =>
  thrown instanceof LivelineError ? `${thrown.code}: ${thrown.message}` : messageOf(thrown);
