// What people are told of callbacks in the log: above all, whom they must call themselves.
import type { Log } from '../../base/log.ts';
import type { KeptCallback } from './callback-store.ts';
import type { Fate } from './policy.ts';

const OF_WHOM =
  'their number is in the record of the call in which it was promised, and in liveline.callbacks';

/** `fate`: as it is written down now. */
export function tellOf(log: Log, callback: KeptCallback, fate: Fate): void {
  const { id, callId, profile, destination, dueEpochMs, attempts, to, reason } = callback;
  const facts = {
    callback: id,
    callId,
    profile,
    destination,
    dueAt: new Date(dueEpochMs).toISOString(),
    attempts,
  };
  const pii = { to, reason };
  switch (fate.is) {
    case 'dialling':
    case 'done':
      return log.info(
        facts,
        fate.is === 'done' ? 'a promised callback was kept' : 'a promised callback is dialled',
      );
    case 'due':
      return log.info(
        { ...facts, cause: fate.cause, inS: fate.inMs / 1_000 },
        'a promised callback reached nobody; it is dialled again',
      );
    case 'failed':
      return log.error(
        { ...facts, cause: fate.cause, pii },
        `a caller was promised a callback and did not get it: call them yourself; ${OF_WHOM}`,
      );
    case 'in-doubt':
      return log.error(
        { ...facts, cause: fate.cause, pii },
        `nobody knows whether a caller who was promised a callback was called, so nobody dials again: look for it at the carrier, and call them yourself; ${OF_WHOM}`,
      );
  }
}
