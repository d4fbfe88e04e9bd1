// When a promised callback is dialled, and what becomes of it. Pure; knows neither clock nor database.
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { CallStatus } from '../../carrier/webhooks.ts';

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
/** Callers choose the number that they call from: one that is not theirs is not rung all day for it. */
export const DIALS_A_DAY = 5;

/** Whoever was promised three o'clock is not called in the night, because the server was down until then. */
export const LATE_AT_MOST_MS = 120 * MINUTE_MS;
export const RING_S = 30;
/** The carrier answers a request within seconds, and rings for so long; beyond this nobody tells us any more. */
export const LEASE_MS = 3 * MINUTE_MS;
/** Who has answered is connected by then, or goes away. */
export const ANSWERED_LEASE_MS = 10 * MINUTE_MS;
/** A week, for who looks into what was promised. */
export const KEEP_MS = 7 * DAY_MS;

const AGAIN_AFTER_UNANSWERED_MS = 10 * MINUTE_MS;
const AGAIN_AFTER_UNREACHABLE_MS = MINUTE_MS;
const ATTEMPTS = 3;

export const OVERDUE = 'nobody dialled it within two hours of the time: the server, or the carrier, was away';
export const TOO_OFTEN = `that number was called ${DIALS_A_DAY} times within a day, which is as often as any is`;
export const LOST =
  'nobody knows what became of the call: the process that placed it died, or the carrier did not say';

/** `unanswered`: by how much that count grows. `cause`: for people. */
export type Fate =
  /** The carrier has it; what becomes of it is told. */
  | { readonly is: 'dialling'; readonly leaseMs: number }
  | { readonly is: 'due'; readonly inMs: number; readonly unanswered: 0 | 1; readonly cause: string }
  | { readonly is: 'done' }
  | { readonly is: 'failed' | 'in-doubt'; readonly cause: string };

/** Of a call that the carrier did not take. */
export function fateOfRefusal(thrown: unknown): Fate {
  const code = thrown instanceof LivelineError ? thrown.code : undefined;
  const cause = messageOf(thrown);
  if (code === 'CARRIER_UNREACHABLE')
    return { is: 'due', inMs: AGAIN_AFTER_UNREACHABLE_MS, unanswered: 0, cause };
  // Also for what nobody has thought of: better not called than called twice.
  return { is: code === 'CARRIER_REFUSED' || code === 'DIAL_REFUSED' ? 'failed' : 'in-doubt', cause };
}

/**
 * What the carrier tells of it, of a callback as it was before. Undefined: it says nothing. Who was not connected by its end
 * was a machine, or could not talk just then: the same as nobody, unless it is in doubt.
 */
export function fateByStatus(
  status: CallStatus,
  { state, unanswered }: { readonly state: string; readonly unanswered: number },
): Fate | undefined {
  switch (status) {
    case 'queued':
    case 'ringing':
      return undefined;
    case 'in-progress':
      return { is: 'dialling', leaseMs: ANSWERED_LEASE_MS };
    case 'completed':
      return state === 'in-doubt'
        ? { is: 'failed', cause: 'somebody answered, and nobody knows whether they were connected' }
        : nobodyThere('answered, and not connected', unanswered);
    case 'busy':
    case 'failed':
    case 'no-answer':
    case 'canceled':
      return nobodyThere(status, unanswered);
  }
}

const nobodyThere = (cause: string, unanswered: number): Fate =>
  unanswered + 1 < ATTEMPTS
    ? { is: 'due', inMs: AGAIN_AFTER_UNANSWERED_MS, unanswered: 1, cause }
    : { is: 'failed', cause: `not reached ${ATTEMPTS} times, last: ${cause}` };
