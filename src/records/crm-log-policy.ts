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
/** After its end, with the last pause: what is older comes from a backup, and may have been told then. */
export const TELL_WITHIN_MS = TRY_FOR_MS + LONGEST_PAUSE_MS;

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

export interface Circumstances {
  readonly step: Step;
  /** It did not answer in time, or the server stopped. */
  readonly isLate: boolean;
  /** It refuses whatever it is asked: its credentials are not taken any more. */
  readonly isShut?: boolean;
  readonly tries: number;
  readonly keepsKeys: boolean;
}

/** Whether it is worth asking if the CRM is shut. */
export const isRefused = (thrown: unknown): boolean =>
  thrown instanceof LivelineError && thrown.code === 'CRM_REFUSED';

export function verdictOn(
  thrown: unknown,
  { step, isLate, isShut = false, tries, keepsKeys }: Circumstances,
): Verdict {
  const code = thrown instanceof LivelineError ? thrown.code : undefined;
  const isInDoubt = step === 'telling' && (isLate || code === undefined || code === 'CRM_IN_DOUBT');
  const isAway = isLate || isShut || code === 'CRM_UNAVAILABLE' || code === 'CRM_IN_DOUBT';
  if (!isInDoubt && !isAway) return { is: 'failed', isAway };
  const afterMs = pauseAfter(tries);
  if (isInDoubt && (!keepsKeys || afterMs === undefined)) return { is: 'in-doubt', isAway };
  return afterMs === undefined ? { is: 'failed', isAway } : { is: 'due', isAway, afterMs };
}

/** The same for all calls that fail for the same reason. */
export const causeOf = (thrown: unknown): string =>
  thrown instanceof LivelineError ? `${thrown.code}: ${thrown.message}` : messageOf(thrown);
