// What the model is told when a tool did not work: words that may be read aloud to the caller, and nothing of our insides.
import { LivelineError, type ErrorCode } from '../base/errors.ts';

export interface FailureResponse {
  readonly [key: string]: unknown;
  readonly status: 'error';
  /** Whether the model may call the tool again by itself. */
  readonly retryable: boolean;
  readonly message: string;
}

const BROKEN = 'This does not work right now. Say so, and offer to take a message or to go on without it.';

const WORDS: Partial<Record<ErrorCode, string>> = {
  TOOL_UNKNOWN: 'This cannot be done on this call. Do not try it again, and go on without it.',
  TOOL_TIMED_OUT:
    'This took too long, and may or may not have been done. Tell the caller, and try once more only if they want it.',
  CRM_UNAVAILABLE: 'The customer records cannot be reached right now. Say so, and go on without them.',
};

export function failureResponse(thrown: unknown): FailureResponse {
  if (!(thrown instanceof LivelineError)) return { status: 'error', retryable: false, message: BROKEN };
  // Its message is written for the model, and unlike elsewhere trying again helps: with other arguments.
  if (thrown.code === 'TOOL_ARGUMENTS_INVALID')
    return { status: 'error', retryable: true, message: thrown.message };
  return { status: 'error', retryable: thrown.retryable, message: WORDS[thrown.code] ?? BROKEN };
}
