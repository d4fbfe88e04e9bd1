// Calls whose process died: what it left in the spool is taken first, then they are ended. Again and again, as processes
// also die while we run. Knows no call.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RecordStore } from './store.ts';

export interface DeadCallsOptions {
  readonly store: Pick<RecordStore, 'nodesInCalls' | 'closeDeadCalls'>;
  /** Of whatever node. */
  readonly closeEndlessCalls: () => Promise<number>;
  readonly hasDied: (node: string) => Promise<boolean>;
  /** Shows other processes that we live. Never rejects. */
  readonly showLife: () => Promise<void>;
  /** Takes what dead processes left on disk. Never rejects. */
  readonly adopt: () => Promise<void>;
  /** Whether some of it, or of our own, is not in the database yet: ends may be among it. */
  readonly isBehind: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 60_000;
const WHILE_BEHIND_MS = 1_000;

/** Gives back how to stop. */
export function sweepDeadCalls(options: DeadCallsOptions): StopTimer {
  const { store, closeEndlessCalls, hasDied, showLife, adopt, isBehind, clock, log } = options;
  let stopTimer: StopTimer = () => undefined;
  let isStopped = false;

  const mayGoOn = (): boolean => !isStopped && !isBehind();

  const takeAndClose = async (): Promise<void> => {
    // What is taken counts as our own: while it cannot be written, it would take the room of our own records.
    if (!mayGoOn()) return;
    const nodes = await store.nodesInCalls();
    if (!mayGoOn()) return;
    await adopt();
    if (!mayGoOn()) return;
    for (const node of nodes)
      if (await hasDied(node)) {
        const calls = await store.closeDeadCalls(node);
        if (calls > 0) log.info({ node, calls }, 'calls whose process died were ended in the records');
      }
    const calls = await closeEndlessCalls();
    if (calls > 0)
      log.info({ calls }, 'calls that are longer than any call can be were ended in the records');
  };

  const sweep = async (): Promise<void> => {
    await showLife();
    await takeAndClose().catch((thrown: unknown) =>
      log.debug({ reason: messageOf(thrown) }, 'calls of dead processes stay open for now'),
    );
    if (!isStopped) stopTimer = clock.after(isBehind() ? WHILE_BEHIND_MS : EVERY_MS, () => void sweep());
  };

  void sweep();
  return () => {
    isStopped = true;
    stopTimer();
  };
}
