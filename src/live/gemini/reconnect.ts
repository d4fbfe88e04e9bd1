// What follows the end of a connection: another dial, where, when and with which memory, or giving up. Pure.
import { verdictOn, type Doing, type Ending } from './close-policy.ts';

/** What was tried since the connection was last healthy. */
export interface Tries {
  /** Which way in, counted from 0: the first is preferred, and one that was left is not come back to. */
  readonly way: number;
  readonly failures: number;
  /** Dials by a handle, the one for a planned renewal included. */
  readonly resumes: number;
  /** A talk was broken off as if our words were at fault, and a new session was started for it. */
  readonly restarted: boolean;
}

export const FIRST_TRY: Tries = { way: 0, failures: 0, resumes: 0, restarted: false };

export type Next = { do: 'dial'; tries: Tries; resume: boolean; afterMs: number } | { do: 'give-up' };

export interface Circumstances {
  readonly doing: Doing;
  /** How long the connection that ended had been ready, in ms. */
  readonly healthyMs: number;
  /** How many ways in there are. */
  readonly ways: number;
  /** How much longer a caller is left without the model, in ms. */
  readonly leftMs: number;
  /** 0 to 1: spreads the dials of calls that all lost their connection at once. */
  readonly random: number;
}

/** A connection that breaks sooner was never well (pipecat-ai/pipecat counts failures likewise). */
const HEALTHY_AFTER_MS = 10_000;
/** The first dial after a talk is at once: the caller waits. */
const BACKOFF_MS = [0, 250, 500, 1_000, 2_000];
const JITTER = 0.25;
/** After a network fault the server may believe for seconds that the old socket lives, and refuse (aicc2025/sip-to-ai#14). */
const MOST_RESUMES = 3;
/** While another way in is left, this one gets fewer chances. */
const MOST_FAILURES = { anotherWay: 3, lastWay: 10 };

export function afterEnding(tries: Tries, ending: Ending, circumstances: Circumstances): Next {
  const { doing, healthyMs, ways, leftMs, random } = circumstances;
  const before = afterTalk(tries, healthyMs);
  const { way } = before;
  const another = way + 1 < ways;
  const verdict = verdictOn(ending, doing);
  const failures = before.failures + 1;
  const restarts = verdict === 'anew' && doing === 'talking';
  const afterMs = backoffMs(failures, random);
  const leaves =
    verdict === 'elsewhere' ||
    failures > (another ? MOST_FAILURES.anotherWay : MOST_FAILURES.lastWay) ||
    (restarts && before.restarted) ||
    afterMs > leftMs ||
    // To wait for a second time for the same silence takes what is left for the other way.
    (another && ending.is === 'timed-out' && doing === 'starting');
  if (leaves)
    return another
      ? { do: 'dial', tries: { ...FIRST_TRY, way: way + 1 }, resume: false, afterMs: 0 }
      : { do: 'give-up' };
  // A dial that was to start anew has no handle left.
  const resume = verdict === 'again' && doing !== 'starting' && before.resumes < MOST_RESUMES;
  return {
    do: 'dial',
    tries: {
      way,
      failures,
      resumes: before.resumes + (resume ? 1 : 0),
      restarted: before.restarted || restarts,
    },
    resume,
    afterMs,
  };
}

/**
 * A connection that we end ourselves is resumed at once. That dial counts as the first after a failure, so the next one
 * waits: a server that still believes in the old socket would refuse it too.
 */
export function afterRenewal(tries: Tries, healthyMs: number): Tries {
  const before = afterTalk(tries, healthyMs);
  return { ...before, failures: Math.max(1, before.failures), resumes: before.resumes + 1 };
}

const afterTalk = (tries: Tries, healthyMs: number): Tries =>
  healthyMs >= HEALTHY_AFTER_MS ? { ...FIRST_TRY, way: tries.way } : tries;

const backoffMs = (failures: number, random: number): number =>
  Math.round(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1]! * (1 + JITTER * (2 * random - 1)));
