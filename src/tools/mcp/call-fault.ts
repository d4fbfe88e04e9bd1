// What it means that a call of a foreign tool failed: was it done, not done, or can nobody say?
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { LivelineError } from '../../base/errors.ts';
import { ServerSaid } from './server-said.ts';

/** System and undici codes of requests that have not left this machine. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ADDRESS_REFUSED',
  SdkErrorCode.NotConnected,
]);
/** The request came too slowly: how much of it was read, nobody says (RFC 9110, section 15.5.9). */
const REQUEST_TIMEOUT = 408;

/** Of a server's own words, as the body of an answer: often a page of HTML. */
const MAX_WHY_CHARS = 300;

const causes = function* (thrown: unknown): Generator<Error> {
  // Causes may go round in a circle.
  for (let depth = 0; thrown instanceof Error && depth < 5; depth += 1, thrown = thrown.cause) yield thrown;
};

function wasNeverDone(thrown: unknown): boolean {
  for (const error of causes(thrown)) {
    if ('code' in error && NEVER_SENT.has(error.code)) return true;
    if (error instanceof SdkHttpError)
      return error.status >= 300 && error.status < 500 && error.status !== REQUEST_TIMEOUT;
  }
  return false;
}

/** Messages of the client, and of whatever reads an answer, hold pieces of it. */
function unquoted(thrown: unknown): unknown {
  if (thrown instanceof SdkHttpError) return new ServerSaid(`HTTP status ${thrown.status}`, thrown.message);
  if (thrown instanceof ProtocolError || thrown instanceof SdkError)
    return new ServerSaid(`${thrown.name} ${thrown.code}`, thrown.message);
  return thrown instanceof SyntaxError ? new ServerSaid('an answer that is no JSON', thrown.message) : thrown;
}

/**
 * TOOL_REFUSED: it was answered with an error. TOOL_UNAVAILABLE: it was not done, or only looks. TOOL_IN_DOUBT: it
 * `mayAct`, and nobody says whether it did. TOOL_TIMED_OUT and TOOL_RESULT_TOO_LARGE: of a tool that only looks.
 */
export function callFault(thrown: unknown, of: { who: string; mayAct: boolean }): LivelineError {
  const { who, mayAct } = of;
  const fault = (code: LivelineError['code'], text: string): LivelineError =>
    new LivelineError(code, `${who} ${text}`, { cause: unquoted(thrown) });
  if (thrown instanceof ProtocolError) return fault('TOOL_REFUSED', 'answered with an error');
  if (wasNeverDone(thrown)) return fault('TOOL_UNAVAILABLE', 'cannot be reached; nothing was done');
  const isOurs = thrown instanceof LivelineError;
  if (mayAct)
    return fault('TOOL_IN_DOUBT', 'was called and has not answered; whether it was done, nobody can say');
  if (isOurs && thrown.code === 'TOOL_RESULT_TOO_LARGE') return fault(thrown.code, 'answered with too much');
  if (isOurs && thrown.code === 'TOOL_TIMED_OUT') return fault(thrown.code, 'has not answered in time');
  return fault('TOOL_UNAVAILABLE', 'was lost before it had answered');
}

/** It has answered: whatever the answer, it is alive. */
export const isAnswer = (thrown: unknown): boolean => thrown instanceof ProtocolError;

/** Why a server is away, for people: undici says what has happened in the cause of its error alone. */
export const whyOf = (thrown: unknown): string =>
  [...causes(thrown)]
    .map(({ message }) => message)
    .filter((message) => message !== '')
    .join(': ')
    .slice(0, MAX_WHY_CHARS) || 'for no reason that is known';
