// Screen pops: who takes a call is shown whose it is, by a post to what the profile names. A failed one is a log line, and
// never holds up a call.
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { sleep } from '../tools/run/aborted.ts';
import { createPostJson } from '../web/webhook.ts';

export interface ScreenPop {
  readonly callId: CallId;
  /** E.164, or what the carrier knows. */
  readonly from: string;
  /** The profile's name. */
  readonly profile: string;
  readonly destination: string;
  readonly reason: string;
  readonly briefing: string;
  /** ISO 8601. */
  readonly at: string;
}

/** In the background; never throws. */
export type PopScreen = (url: string, pop: ScreenPop) => void;

export interface PopScreenOptions {
  /** With it every post is signed; see web/signed.ts. */
  readonly secret?: string | undefined;
  /** Left out: an address in a private network is refused. */
  readonly allowPrivate?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whoever has taken the call by then asks the caller themselves. */
const WITHIN_MS = 3_000;
/** Two of them, and the pause between, in the whole time. */
const ATTEMPT_MS = 1_300;
const PAUSES_MS = [200, 400];

export function createPopScreen({ secret, allowPrivate, clock, log }: PopScreenOptions): PopScreen {
  const postOnce = createPostJson({ secret, allowPrivate, timeoutMs: ATTEMPT_MS, clock });

  async function post(address: string, pop: ScreenPop, signal: AbortSignal): Promise<void> {
    const url = new URL(address);
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      // Who gets it twice shows it once: `callId` tells.
      const verdict = await postOnce(url, pop, signal);
      if (verdict.is === 'answer') return;
      const { code, why, cause } = verdict;
      if (code === 'refused' || pauseMs === undefined) throw new Error(why, { cause });
      await sleep(clock, pauseMs, signal);
    }
  }

  return (url, pop) => {
    const { callId, destination } = pop;
    const late = new AbortController();
    const stopTimer = clock.after(WITHIN_MS, () =>
      late.abort(new Error(`it did not answer within ${WITHIN_MS / 1_000} s`)),
    );
    post(url, pop, late.signal)
      .then(
        () => log.debug({ callId, destination }, 'whose call it is was shown to who takes it'),
        (thrown: unknown) =>
          log.warn(
            { callId, destination, reason: messageOf(thrown) },
            'whose call it is could not be shown to who takes it: see that the screen_pop of the destination can be reached',
          ),
      )
      .finally(stopTimer);
  };
}
