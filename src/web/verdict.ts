// What an outcome means for the one who asked and for trying again. Pure; knows no service.
import type { Outcome } from './exchange.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** How the service is: `ill` counts for the breaker, `unknown` says nothing of it. */
type Health = 'well' | 'ill' | 'unknown';

/**
 * Whether another attempt may do better and does no harm: with new credentials, after some time, or when others have had
 * their turn, which says nothing of how many attempts it takes. `forMs`: what the service asks for.
 */
type Again =
  | { by: 'renewing' }
  | { by: 'waiting'; forMs: number | undefined }
  | { by: 'queueing'; forMs: number | undefined }
  | undefined;

export type Verdict =
  | { is: 'answer'; health: Health; answer: Answer }
  | {
      is: 'fault';
      health: Health;
      code: 'unavailable' | 'refused' | 'inDoubt';
      why: string;
      again: Again;
      cause?: unknown;
    };

export interface Question {
  /** Doing it twice is as good as doing it once. */
  readonly repeatable: boolean;
  /** Statuses beside 2xx that are answers. */
  readonly expects: readonly number[];
  readonly epochMs: number;
}

export function judge(outcome: Outcome, question: Question): Verdict {
  // What was sent and may have been done must not be sent again, unless it is repeatable.
  const unsure = question.repeatable ? 'unavailable' : 'inDoubt';
  const soon: Again = { by: 'waiting', forMs: undefined };
  switch (outcome.is) {
    case 'answered':
      return judgeAnswer(outcome, question);
    case 'unreached':
      return { is: 'fault', health: 'ill', code: 'unavailable', again: soon, ...reason(outcome) };
    case 'lost': {
      const again = question.repeatable ? soon : undefined;
      return { is: 'fault', health: 'ill', code: unsure, again, ...reason(outcome) };
    }
    case 'unsendable':
      return {
        is: 'fault',
        health: 'unknown',
        code: 'refused',
        why: 'it cannot be written as HTTP; is there a line break in a header or token?',
        again: undefined,
      };
    case 'aborted':
      return {
        is: 'fault',
        health: 'unknown',
        code: outcome.isSent ? unsure : 'unavailable',
        why: 'given up while it was under way',
        again: undefined,
      };
  }
}

const reason = ({ why, cause }: { why: string; cause: unknown }): { why: string; cause?: unknown } =>
  cause === undefined ? { why } : { why, cause };

function judgeAnswer(outcome: Extract<Outcome, { is: 'answered' }>, question: Question): Verdict {
  const { status, headers, text } = outcome;
  const isSuccess = status >= 200 && status < 300;
  const read = readJson(text);
  if (question.expects.includes(status) || (isSuccess && read.is === 'json'))
    return {
      is: 'answer',
      health: 'well',
      answer: { status, headers, body: read.is === 'json' ? read.body : undefined },
    };
  const unsure = question.repeatable ? 'unavailable' : 'inDoubt';
  if (read.is !== 'json' && isSuccess) {
    const what = read.is === 'too long' ? 'longer than is allowed' : 'no JSON';
    return fault('well', unsure, `it answers ${status} with what is ${what}`);
  }
  const words = `it answers ${status}${codeWords(read.is === 'json' ? read.body : undefined)}`;
  const afterMs = retryAfterMs(headers, question.epochMs);
  if (status === 401)
    return fault('well', 'refused', `${words}; look at the credentials`, { by: 'renewing' });
  if (status === 429)
    return fault('well', 'unavailable', `${words}: too many requests${within(afterMs)}`, {
      by: 'queueing',
      forMs: afterMs,
    });
  // A gateway may say so after the server behind it has done its work.
  if (status === 503 && afterMs !== undefined && question.repeatable)
    return fault('ill', 'unavailable', words + within(afterMs), { by: 'waiting', forMs: afterMs });
  if (status >= 500 || status === 408)
    return fault('ill', unsure, words, question.repeatable ? { by: 'waiting', forMs: undefined } : undefined);
  if (status < 400) {
    const redirected = `${words}, a redirection, which is not followed; look at the address`;
    return fault('well', TELLS_WHERE.has(status) ? unsureOfRedirect(question) : 'refused', redirected);
  }
  return fault('well', 'refused', words);
}

/** RFC 9110, 15.4: these may be what comes after the work was done, "see other"; 307 and 308 ask to send it elsewhere. */
const TELLS_WHERE = new Set([301, 302, 303]);
const unsureOfRedirect = ({ repeatable }: Question): 'refused' | 'inDoubt' =>
  repeatable ? 'refused' : 'inDoubt';

const within = (afterMs: number | undefined): string =>
  afterMs === undefined ? '' : `; again in ${Math.ceil(afterMs / 1_000)} s`;

const fault = (
  health: Health,
  code: 'unavailable' | 'refused' | 'inDoubt',
  why: string,
  again?: Again,
): Verdict => ({ is: 'fault', health, code, why, again });

function readJson(text: string | undefined): { is: 'json'; body: unknown } | { is: 'no JSON' | 'too long' } {
  if (text === undefined) return { is: 'too long' };
  if (text.trim() === '') return { is: 'json', body: undefined };
  try {
    return { is: 'json', body: JSON.parse(text) as unknown };
  } catch {
    return { is: 'no JSON' };
  }
}

const CODE_FIELDS = ['category', 'errorCode', 'error', 'code', 'type'];
/** Identifiers alone: sentences of a service quote what callers said. */
const CODE = /^[A-Za-z][A-Za-z_.:-]{1,59}$/;

/** Services name their faults in one of these fields, at the top or in the first of a list. */
function codeWords(body: unknown): string {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first !== 'object' || first === null) return '';
  const codes = CODE_FIELDS.flatMap((field) => {
    const value: unknown = Reflect.get(first, field);
    return typeof value === 'string' && CODE.test(value) ? [value] : [];
  });
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`;
}
