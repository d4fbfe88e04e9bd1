// What it means that a call of a foreign tool failed: was it done, not done, or can nobody say?
import {
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from '@modelcontextprotocol/client';
import { LivelineError } from '../../base/errors.ts';
import { ServiceFailure } from '../service-failure.ts';
import type { ForeignTool } from './listing.ts';
import { ServerSaid } from './server-said.ts';

/** System and undici codes of requests that have not left this machine. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ADDRESS_REFUSED',
  SdkErrorCode.NotConnected,
]);
/** Also told of connections that have been used. */
const UNREACHABLE: ReadonlySet<unknown> = new Set(['EHOSTUNREACH', 'ENETUNREACH']);
/**
 * What is said of a request instead of taking it. Not the redirections that follow what a POST has done (301 to 303), and
 * not 408, 409 or 499, which may come in the middle of it (RFC 9110, sections 15.4 and 15.5).
 */
const NOT_TAKEN: ReadonlySet<number> = new Set([307, 308, 400, 401, 403, 404, 405, 406, 413, 415, 429]);
/** Errors of JSON-RPC itself, found before a tool is run (JSON-RPC 2.0, section 5.1). */
const NOT_RUN: ReadonlySet<number> = new Set([
  ProtocolErrorCode.InvalidRequest,
  ProtocolErrorCode.MethodNotFound,
  ProtocolErrorCode.InvalidParams,
]);

/** Of a server's own words, as the body of an answer: often a page of HTML. */
const MAX_WHY_CHARS = 300;

const causes = function* (thrown: unknown): Generator<Error> {
  // Causes may go round in a circle.
  for (let depth = 0; thrown instanceof Error && depth < 5; depth += 1, thrown = thrown.cause) yield thrown;
};

function wasNeverDone(thrown: unknown): boolean {
  for (const error of causes(thrown)) {
    if ('code' in error && NEVER_SENT.has(error.code)) return true;
    if ('code' in error && UNREACHABLE.has(error.code))
      return 'syscall' in error && error.syscall === 'connect';
    if (error instanceof SdkHttpError) return NOT_TAKEN.has(error.status);
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
 * TOOL_REFUSED: it was answered with an error, before it was run or where running it again does no harm. TOOL_UNAVAILABLE:
 * it was not done, or only looks. TOOL_IN_DOUBT: it does more than look, and nobody says whether it did. TOOL_TIMED_OUT and
 * TOOL_RESULT_TOO_LARGE: of a tool that only looks.
 */
export function callFault(thrown: unknown, of: { who: string; does: ForeignTool['does'] }): LivelineError {
  const { who, does } = of;
  const fault = (code: LivelineError['code'], text: string): LivelineError =>
    new LivelineError(code, `${who} ${text}`, { cause: unquoted(thrown) });
  if (thrown instanceof ProtocolError) {
    const code = does === 'acts' && !NOT_RUN.has(thrown.code) ? 'TOOL_IN_DOUBT' : 'TOOL_REFUSED';
    return new ServiceFailure(code, `${who} answered with an error`, thrown.message, unquoted(thrown));
  }
  if (wasNeverDone(thrown)) return fault('TOOL_UNAVAILABLE', 'cannot be reached; nothing was done');
  const isOurs = thrown instanceof LivelineError;
  if (does !== 'looks')
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
