// What Twilio's answer to a call that was not dialled means: whether anybody was called, and whether it may be tried again.
// Decides nothing.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import { CallRefused, type CallRefusal } from '../call-refused.ts';
import type { OutboundCall } from '../control.ts';
import { asLivelineError, doubtOf, toldBy } from './rest.ts';

/** By Twilio's code (twilio.com/docs/api/errors). */
const REFUSALS: ReadonlyMap<number | undefined, CallRefusal> = new Map([
  [21_201, 'number'], // no number
  [21_211, 'number'], // not a valid number
  [21_214, 'number'], // cannot be reached
  [21_216, 'number'], // not to be called by this account
  [21_217, 'number'], // does not look like one
  [21_219, 'number'], // not verified, as an account on trial needs it
  [13_223, 'number'], // not a valid format
  [13_224, 'number'], // not supported, or not valid
  [21_215, 'country'], // geographic permission
  [13_227, 'country'],
  [32_205, 'country'],
  [21_210, 'caller-id'], // not verified
  [21_212, 'caller-id'], // not a valid number
  [21_213, 'caller-id'], // no number
]);
/** 20429: too many requests at once · 10004: too many calls at once. Later it may go. */
const BUSY = new Set<number | undefined>([20_429, 10_004]);

const nameOf = ({ attempt }: OutboundCall): string => `the call of attempt ${attempt}`;

/** CARRIER_BUSY, CARRIER_UNREACHABLE, CARRIER_IN_DOUBT, or a `CallRefused`. */
export function diallingError(call: OutboundCall, cause: unknown): LivelineError {
  const doubt = doubtOf(cause);
  if (doubt !== undefined) return inDoubt(call, doubt, cause);
  const what = `${nameOf(call)} could not be placed`;
  if (!(cause instanceof twilio.RestException)) return asLivelineError(cause, what);
  const { status, code } = cause;
  // Without the cause: Twilio's words may hold the number.
  if (status === 429 || BUSY.has(code))
    return new LivelineError('CARRIER_BUSY', `${what}: Twilio takes no more for now (${toldBy(cause)})`);
  const why = REFUSALS.get(code) ?? 'account';
  return new CallRefused(why, code, `${what}: Twilio refused (${toldBy(cause)})`);
}

export const inDoubt = (call: OutboundCall, why: string, cause?: unknown): LivelineError =>
  new LivelineError(
    'CARRIER_IN_DOUBT',
    `${nameOf(call)} may or may not have been placed: ${why}; it is looked for at Twilio, and not dialled again blindly`,
    { cause },
  );
