// Asks of the embedded server, which another process may stop between its being found and being used: asked again then.
import { setTimeout as sleep } from 'node:timers/promises';
import { LivelineError } from '../base/errors.ts';
import { mayPass } from './database-error.ts';

const ATTEMPTS = 5;
/** One that is told to stop takes some tenths of a second. */
const ATTEMPT_AGAIN_MS = 250;

/** `attempt` begins with `Embedded.ensure()`. Rejects with what the last one did. */
export async function outlastStops<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts++)
    try {
      return await attempt();
    } catch (thrown) {
      if (attempts === ATTEMPTS || !mayBeStopped(thrown)) throw thrown;
      await sleep(ATTEMPT_AGAIN_MS);
    }
}

/** What is in our own words is the last word, `ensure()`'s above all; the way to the server may have been cut. */
const mayBeStopped = (thrown: unknown): boolean => !(thrown instanceof LivelineError) && mayPass(thrown);
