// Lists by Twilio's REST interface: one question with all its pages, given up with a signal. Knows nothing of what is listed.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import { asLivelineError, NotReached } from './rest.ts';

/** The most that Twilio gives at once (Twilio docs, PageSize). */
export const PAGE_SIZE = 1_000;

/** `failure`: what could not be done, in words. Rejects with the signal's reason when it fires. */
export async function asked<T>(failure: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await run();
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw thrown instanceof LivelineError ? thrown : asLivelineError(thrown, failure);
  }
}

/** twilio throws plain errors for pages that are none; what it throws for a real answer is passed on. */
export function unlessNoList(failure: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof twilio.RestException || cause instanceof NotReached || cause instanceof SyntaxError)
      throw cause;
    throw new LivelineError('CARRIER_UNREACHABLE', `${failure}: Twilio's answer is no list`, { cause });
  };
}
