// A process that is told to stop, while it starts or afterwards: what it started is let go of, and it ends. Knows no server.
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

/** After these two: calls in progress have 30 s and records 5 s; the rest is for what lets go of them. */
const STOPS_WITHIN_MS = 45_000;

export interface Stoppable {
  /** A second call does not wait for what is in progress. */
  stop(): Promise<void>;
}

export interface ToldToStopOptions {
  readonly signals: { on(signal: NodeJS.Signals, then: (signal: NodeJS.Signals) => void): unknown };
  readonly exit: (code: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Starts, and from the first SIGTERM or SIGINT on stops: exits with 0 then, with 1 when that fails or takes longer than
 * 45 s. `start` gets the word as well, to end early; what it has started by then it gives back, or lets go of and rejects.
 * Undefined: told to stop before it had started. Rejects as `start` does, unless told to stop.
 */
export async function startUntilTold<Running extends Stoppable>(
  start: (told: AbortSignal) => Promise<Running>,
  { signals, exit, clock, log }: ToldToStopOptions,
): Promise<Running | undefined> {
  const told = new AbortController();
  const starting = Promise.withResolvers<Running>();

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info(
      { signal },
      'stopping: calls go on at other nodes, or may finish here where there are none; send the signal again to stop at once',
    );
    if (!told.signal.aborted) {
      clock.after(STOPS_WITHIN_MS, () => {
        log.error(
          { signal, afterMs: STOPS_WITHIN_MS },
          'something does not let go: the process ends without it; the next start finds what is left behind',
        );
        exit(1);
      });
      told.abort();
    }
    const running = await starting.promise.catch((thrown: unknown) => {
      log.info({ reason: messageOf(thrown) }, 'the start was given up');
    });
    await running?.stop();
  };
  const onSignal = (signal: NodeJS.Signals): void =>
    void stop(signal).then(
      () => exit(0),
      (thrown: unknown) => {
        log.error({ err: thrown }, 'could not stop cleanly');
        exit(1);
      },
    );
  // As the first process of a container it would not even get them otherwise (kill(2)), and what it started would outlive it.
  signals.on('SIGTERM', onSignal);
  signals.on('SIGINT', onSignal);
  start(told.signal).then(starting.resolve, starting.reject);
  return starting.promise.then(
    (running) => (told.signal.aborted ? undefined : running),
    (thrown: unknown) => {
      if (told.signal.aborted) return undefined;
      throw thrown;
    },
  );
}

type Signals = ToldToStopOptions['signals'];

/** These signals, and the word of an operator, once: it is the first word too, and no signal's second. */
export function alsoByOperator(signals: Signals, log: Log): Signals & { readonly drain: () => void } {
  const stops: (() => void)[] = [];
  let isAsked = false;
  let isTold = false;
  return {
    on(signal, then) {
      signals.on(signal, (given) => {
        const isBegun = isAsked && !isTold;
        isTold = true;
        if (!isBegun) return then(given);
        log.info({ signal: given }, 'this node drains already; send the signal again to stop at once');
      });
      if (signal === 'SIGTERM') stops.push(() => then(signal));
    },
    drain() {
      if (isAsked || isTold) return;
      isAsked = true;
      for (const stop of stops) stop();
    },
  };
}
