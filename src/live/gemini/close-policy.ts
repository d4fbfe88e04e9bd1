// How a connection's end is judged: by close code and HTTP status, never by the words beside them, which are kept for the
// reader. So a quota that is told in the words of a 1011 alone is dialled again like any other 1011, a bounded number of
// times. The codes are as users report them (openclaw/openclaw#152413, googleapis/js-genai#1236, livekit/agents#2274).
import { LivelineError, messageOf, type ErrorCode } from '../../base/errors.ts';

export type Ending =
  | { is: 'closed'; code: number; reason: string }
  /** An HTTP answer in place of the upgrade. */
  | { is: 'refused'; status: number; words: string }
  /** There was no token to dial with. */
  | { is: 'unauthorised'; cause: unknown }
  | { is: 'unreachable'; cause: unknown }
  /** The socket was open and broke the protocol. */
  | { is: 'broken'; cause: unknown }
  | { is: 'timed-out'; waitedFor: 'the upgrade' | 'setupComplete'; afterMs: number }
  /** An open socket on which nothing came any more, not even an answer to a ping. */
  | { is: 'dead'; afterMs: number };

/** What the connection was doing when it ended: `resuming` and `starting` wait for `setupComplete`. */
export type Doing = 'resuming' | 'starting' | 'talking';

/**
 * `again`: dial again and resume. `anew`: the handle, or what the session holds, is not taken: start a new one and tell
 * it what was said. `elsewhere`: the same would be refused again here.
 */
export type Verdict = 'again' | 'anew' | 'elsewhere';

type Row = Readonly<Record<Doing, Verdict>>;
const AGAIN: Row = { resuming: 'again', starting: 'again', talking: 'again' };
const ELSEWHERE: Row = { resuming: 'elsewhere', starting: 'elsewhere', talking: 'elsewhere' };

const CLOSES: ReadonlyMap<number, Row> = new Map([
  // A field does not fit the model, or the context is full: the same words fail again.
  [1007, { resuming: 'anew', starting: 'elsewhere', talking: 'anew' }],
  // Before the talk: model or handle are not known. In it: the server's own trouble around tool calls.
  [1008, { resuming: 'anew', starting: 'elsewhere', talking: 'again' }],
]);

export function verdictOn(ending: Ending, doing: Doing): Verdict {
  switch (ending.is) {
    case 'closed':
      return (CLOSES.get(ending.code) ?? AGAIN)[doing];
    case 'refused':
      // Too many at once, perhaps because all of them lost their connection at once: backoff spreads them.
      return (ending.status >= 500 || ending.status === 429 ? AGAIN : ELSEWHERE)[doing];
    case 'unauthorised':
      // The giver of tokens may be away for a moment, as the model may.
      return (ending.cause instanceof LivelineError && ending.cause.retryable ? AGAIN : ELSEWHERE)[doing];
    case 'timed-out':
      // A setup that is never answered was taken in: perhaps it is the handle.
      return doing === 'resuming' && ending.waitedFor === 'setupComplete' ? 'anew' : 'again';
    case 'unreachable':
    case 'broken':
    case 'dead':
      return AGAIN[doing];
  }
}

const AUTH = 'check the key or the token and what it may use';
const NO_HANDLE = 'it no longer knows the handle';
const QUOTA = 'the quota is used up; wait or raise it';

const STATUS_ADVICE: ReadonlyMap<number, string> = new Map([
  [401, AUTH],
  [403, AUTH],
  [404, 'check GEMINI_BASE_URL'],
  [429, QUOTA],
]);

/** What a close means for the one who wrote the settings, when it answers the first setup. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1007, 'a field does not fit the model, or the key is not valid: check the profile and GEMINI_API_KEY'],
  [1008, 'the model is not known there or not allowed: check GEMINI_MODEL and what the key may use'],
]);

/** `doing`: the same close code is a fault of the settings at the start, of the handle or of the server's later on. */
export function errorOf(ending: Ending, doing: Doing = 'starting'): LivelineError {
  switch (ending.is) {
    case 'closed': {
      const advice = REFUSALS.get(ending.code);
      const how = `close ${ending.code}, ${ending.reason === '' ? 'no reason given' : ending.reason}`;
      if (advice === undefined || doing === 'talking')
        return failure('LIVE_CLOSED', `the Live API ended the connection (${how})`);
      return doing === 'resuming'
        ? failure('LIVE_REFUSED', `the Live API does not take up the conversation (${how}); ${NO_HANDLE}`)
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
    case 'unauthorised':
      return ending.cause instanceof LivelineError
        ? ending.cause
        : failure('LIVE_REFUSED', `there is no token (${messageOf(ending.cause)}); ${AUTH}`, ending.cause);
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
    case 'dead':
      return failure(
        'LIVE_CLOSED',
        `nothing came from the Live API for ${ending.afterMs} ms, not even a pong`,
      );
  }
}

const failure = (code: ErrorCode, message: string, cause?: unknown): LivelineError =>
  new LivelineError(code, message, cause === undefined ? {} : { cause });
