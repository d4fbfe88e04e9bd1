// Attempts that nobody knows the state of: the carrier is asked, and only its answer decides. A process that died between
// asking the carrier and writing it down leaves one behind.
import { messageOf } from '../base/errors.ts';
import type { FoundCall } from '../carrier/control.ts';
import { CLOCKS_APART_MS, LEASE_MS, ROUNDED_MS, VOID_AFTER_MS } from './attempt-times.ts';
import { hear, type PlacingOptions } from './placing.ts';
import type { DueAttempt } from './store.ts';

/** The carrier's answer to a list. Less than the lease, so that nobody else asks meanwhile. */
const ANSWER_WITHIN_MS = 20_000;

/** Never rejects: what cannot be asked now is asked later. */
export async function reconcile(options: PlacingOptions, attempt: DueAttempt): Promise<void> {
  const { clock, log } = options;
  const tooLate = new AbortController();
  const stopTimer = clock.after(ANSWER_WITHIN_MS, () =>
    tooLate.abort(new Error('the carrier did not answer in time')),
  );
  try {
    if (attempt.state === 'claimed') await lookFor(options, attempt, tooLate.signal);
    else await lookAt(options, attempt);
  } catch (thrown) {
    log.warn(
      { attempt: attempt.id, callId: attempt.callId, reason: messageOf(thrown) },
      `nobody can say what became of an attempt: asked again in ${LEASE_MS / 1_000} s`,
    );
  } finally {
    stopTimer();
  }
}

async function lookFor(options: PlacingOptions, attempt: DueAttempt, signal: AbortSignal): Promise<void> {
  const { store, carrier, clock } = options;
  const { id, to, from, claimedAtMs } = attempt;
  const found = await carrier.callsTo(to, from, claimedAtMs - CLOCKS_APART_MS, signal);
  for (const call of likeliestFirst(found, claimedAtMs)) {
    const owner = await store.ownerOf(call.id);
    if (owner !== undefined && owner !== id) continue;
    hear(options, { attempt: id, call: call.id, status: call.status, answeredBy: call.answeredBy });
    return;
  }
  const nowMs = clock.epochMs();
  if (nowMs < claimedAtMs + VOID_AFTER_MS) await store.lookAgain(id, claimedAtMs + VOID_AFTER_MS);
  else
    await store.giveUp(
      id,
      { rule: 'reconcile.none', words: 'the carrier knows of no such call', againAtMs: nowMs, byTime: true },
      nowMs,
    );
}

/** The first one after the claim; then those that only a clock can have put before it, the last one first. */
function likeliestFirst(found: readonly FoundCall[], claimedAtMs: number): readonly FoundCall[] {
  const sorted = found.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  const isBefore = ({ startedAtMs }: FoundCall): boolean => startedAtMs < claimedAtMs - ROUNDED_MS;
  return [...sorted.filter((call) => !isBefore(call)), ...sorted.filter(isBefore).toReversed()];
}

async function lookAt(options: PlacingOptions, { id, callId, status }: DueAttempt): Promise<void> {
  if (callId === undefined) return;
  const found = await options.carrier.look(callId);
  if (found === undefined) {
    // It may have rung all the time: it counts as a call.
    const last = status === 'in-progress' ? 'completed' : 'no-answer';
    const cause = 'the carrier does not know the call any more';
    hear(options, { attempt: id, call: callId, status: last, cause });
  } else hear(options, { attempt: id, call: callId, status: found.status, answeredBy: found.answeredBy });
}
