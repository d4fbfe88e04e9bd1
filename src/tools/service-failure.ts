// A failure that a foreign service has reported in words of its own, which the agent may speak about but not obey.
import { LivelineError } from '../base/errors.ts';

/** A few sentences. */
const MOST_CHARACTERS = 500;

/**
 * TOOL_REFUSED: nothing was done, or the same may be done again without harm. TOOL_IN_DOUBT: it may have acted before it
 * failed. `said` is for the model, and may quote the caller: neither the log nor `message` holds it.
 */
export class ServiceFailure extends LivelineError {
  readonly said: string;

  constructor(code: 'TOOL_REFUSED' | 'TOOL_IN_DOUBT', message: string, said: string, cause?: unknown) {
    super(code, message, { cause });
    const words = said.toWellFormed().trim();
    this.said =
      words.length <= MOST_CHARACTERS ? words : `${words.slice(0, MOST_CHARACTERS).toWellFormed()} …`;
  }
}
