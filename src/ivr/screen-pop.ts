// Screen pops: who takes a call is shown whose it is, by a post to what the profile names. A failed one is a log line, and
// never holds up a call.
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { createRest, type Rest } from '../web/rest.ts';
import { signed } from '../web/signed.ts';

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
const CODES = { unavailable: 'TOOL_UNAVAILABLE', refused: 'TOOL_REFUSED', inDoubt: 'TOOL_IN_DOUBT' } as const;

export function createPopScreen({ secret, allowPrivate, clock, log }: PopScreenOptions): PopScreen {
  const rests = new Map<string, Rest>();

  function restOf(baseUrl: string): Rest {
    const known = rests.get(baseUrl);
    if (known) return known;
    const rest = createRest({
      ...{ name: 'the screen pop', baseUrl, codes: CODES, attemptTimeoutMs: ATTEMPT_MS, allowPrivate, clock },
    });
    rests.set(baseUrl, rest);
    return rest;
  }

  async function post(url: string, pop: ScreenPop, signal: AbortSignal): Promise<void> {
    const { username, password, origin, pathname, searchParams } = new URL(url);
    // To the service of the bare address they would be left out silently.
    if (username !== '' || password !== '') throw new TypeError('the address holds a user or password');
    await restOf(origin).ask({
      ...{ method: 'POST', path: pathname, query: Object.fromEntries(searchParams), json: pop, signal },
      // The same text that `json` becomes.
      headers: signed(JSON.stringify(pop), secret),
      // Who gets it twice shows it once: `callId` tells.
      repeatable: true,
    });
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
