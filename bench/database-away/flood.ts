// A call that tells more than disk and memory hold: notices of a call that has no line and no model, which the records
// take as any other. Knows no database.
import { callId, turnId } from '../../src/base/ids.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Notices } from '../../src/call/notices.ts';

const ID = callId('CAflood');
const TEXT = 'x'.repeat(2_000);
/** What may wait in memory (LIMITS in write-behind) in texts of that length, and some more. */
const WRITES = 9_000;
const EVERY_MS = 50;

/** All of it within that time, then as much again while it lasts. Gives back how to end it. */
export function flood(notices: Notices, withinMs: number, clock: Clock): () => void {
  const startedMs = clock.nowMs();
  const publish = { callId: ID, atMs: 0 };
  notices.publish({
    ...publish,
    ...{ type: 'call-started', profile: 'flood', profileVersion: 'flood', model: 'gemini-3.8-live' },
    ...{ from: 'anonymous', to: 'nobody', direction: 'inbound', startedMs: clock.epochMs(), keepDays: 1 },
    logCalls: false,
  });
  let told = 0;
  const stop = clock.every(EVERY_MS, () => {
    const due = ((clock.nowMs() - startedMs) / withinMs) * WRITES;
    for (; told < due; told += 1) notices.publish({ ...publish, type: 'told', text: TEXT, answer: false });
  });
  return () => {
    stop();
    notices.publish({ ...publish, type: 'barge-in', turn: turnId(1), heardMs: 1, sentMs: 1 });
  };
}
