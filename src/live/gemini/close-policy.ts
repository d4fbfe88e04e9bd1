// How a connection's end is judged: by close code and HTTP status, never by the words beside them, which are kept for the
// reader. The codes are as users report them (openclaw/openclaw#152413, googleapis/js-genai#1236).
import { LivelineError, messageOf, type ErrorCode } from '../../base/errors.ts';

export type Ending =
  | { is: 'closed'; code: number; reason: string }
  /** An HTTP answer in place of the upgrade. */
  | { is: 'refused'; status: number; words: string }
  | { is: 'unreachable'; cause: unknown }
  /** The socket was open and broke the protocol. */
  | { is: 'broken'; cause: unknown }
  | { is: 'timed-out'; waitedFor: 'the upgrade' | 'setupComplete'; afterMs: number };

const AUTH = 'check GEMINI_API_KEY and what it may use';
const QUOTA = 'the quota of GEMINI_API_KEY is used up; wait or raise it';

const STATUS_ADVICE: ReadonlyMap<number, string> = new Map([
  [401, AUTH],
  [403, AUTH],
  [404, 'check GEMINI_BASE_URL'],
  [429, QUOTA],
]);

/** Codes after which the same words would be refused again. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1007, 'a field does not fit the model, or the key is not valid: check the profile and GEMINI_API_KEY'],
  [1008, 'the model is not known there or not allowed: check GEMINI_MODEL and what the key may use'],
]);

export function errorOf(ending: Ending): LivelineError {
  switch (ending.is) {
    case 'closed': {
      const advice = REFUSALS.get(ending.code);
      const how = `close ${ending.code}, ${ending.reason === '' ? 'no reason given' : ending.reason}`;
      return advice === undefined
        ? failure('LIVE_CLOSED', `the Live API ended the connection (${how})`)
        : failure('LIVE_REFUSED', `the Live API refused us (${how}); ${advice}`);
    }
    case 'refused': {
      const { status, words } = ending;
      const how = `HTTP ${status} ${words}`.trimEnd();
      const advice = STATUS_ADVICE.get(status);
      return status >= 500
        ? failure('LIVE_UNREACHABLE', `the Live API has trouble (${how})`)
        : failure(
            'LIVE_REFUSED',
            `the Live API refused the connection (${how})${advice ? `; ${advice}` : ''}`,
          );
    }
    case 'unreachable':
      return failure(
        'LIVE_UNREACHABLE',
        `the Live API cannot be reached (${messageOf(ending.cause)}); check GEMINI_BASE_URL and the network`,
        ending.cause,
      );
    case 'broken':
      return failure(
        'LIVE_CLOSED',
        `the connection to the Live API broke (${messageOf(ending.cause)})`,
        ending.cause,
      );
    case 'timed-out':
      return failure(
        'LIVE_CONNECT_TIMEOUT',
        `the Live API did not answer within ${ending.afterMs} ms (waited for ${ending.waitedFor})`,
      );
  }
}

const failure = (code: ErrorCode, message: string, cause?: unknown): LivelineError =>
  new LivelineError(code, message, cause === undefined ? {} : { cause });
