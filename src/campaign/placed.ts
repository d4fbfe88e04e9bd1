// What the rest of the server tells of calls that we place, and asks about them: written down in the background, and again once
// the database is back. Knows no rule.
import { LivelineError } from '../base/errors.ts';
import type { AnsweredBy, CallStatus } from '../carrier/webhooks.ts';
import type { PlacedCallFacts, PlacedCalls } from '../call/placed-calls.ts';
import type { CallId } from '../base/ids.ts';
import { unlessAborted } from '../tools/run/aborted.ts';
import type { DispositionBook } from '../tools/dispositions.ts';
import { hear, type PlacingOptions } from './placing.ts';

/** 47 CFR 64.1200(a)(7): abandoned is who hears nobody within two seconds of their greeting; it is counted from the answer. */
export const SPOKEN_TO_WITHIN_MS = 2_000;

/** What the carrier tells, for the attempt that its URL names. Neither throws. */
export interface CarrierNews {
  status(told: {
    readonly attempt: string;
    readonly id: CallId;
    readonly status: CallStatus;
    readonly sipCode?: number | undefined;
  }): void;
  answered(told: Pick<AnsweredBy, 'attempt' | 'callId' | 'by'>): void;
}

export interface Placed {
  readonly news: CarrierNews;
  readonly calls: PlacedCalls;
  readonly facts: PlacedCallFacts;
  readonly dispositions: DispositionBook;
}

/** For results and audit, of who heard nobody in time. */
function whyAbandoned(afterMs: number | undefined, waitedMs: number | undefined): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  if (afterMs !== undefined) return `the first word came ${seconds(afterMs)} s after they had answered`;
  return waitedMs === undefined
    ? 'the call ended before a word could be heard'
    : `they hung up after ${seconds(waitedMs)} s without a word`;
}

export function placedCalls(options: PlacingOptions): Placed {
  const { store, unwritten, clock } = options;
  const write = (call: CallId, work: () => Promise<unknown>): void => unwritten.writeSoon(call, work);
  return {
    news: {
      status: ({ attempt, id: call, status, sipCode }) => hear(options, { attempt, call, status, sipCode }),
      answered: ({ attempt, callId: call, by }) => hear(options, { attempt, call, answeredBy: by }),
    },
    calls: {
      find: (attempt, call, signal) => unlessAborted(signal, store.answered(attempt, call, clock.epochMs())),
    },
    facts: {
      answeredBy: (call, by) => write(call, () => store.answeredBy(call, by, clock.epochMs())),
      spoke(call, afterMs, waitedMs, cause = whyAbandoned(afterMs, waitedMs)) {
        // Who hangs up within that time was not kept waiting. Turned round, so that no number is not in time either.
        const inMs = afterMs ?? waitedMs ?? NaN;
        if (!(inMs <= SPOKEN_TO_WITHIN_MS)) write(call, () => store.abandoned(call, cause, clock.epochMs()));
        else if (afterMs === undefined) write(call, () => store.hungUp(call, clock.epochMs()));
        else write(call, () => store.spoken(call, clock.epochMs()));
      },
      firstWordsMissing: (call, parts) =>
        write(call, () => store.firstWordsMissing(call, parts, clock.epochMs())),
      messageLeft: (call) => write(call, () => store.messageLeft(call, clock.epochMs())),
    },
    dispositions: {
      async record(call, disposition, signal) {
        const recording = store.disposed(call, disposition, clock.epochMs());
        if (await (signal ? unlessAborted(signal, recording) : recording)) return;
        throw new LivelineError('CALL_UNKNOWN', `call ${call} is none that was placed to reach somebody`);
      },
    },
  };
}
