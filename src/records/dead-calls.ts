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
/** Another process may still go on with some of them; it takes the call up within seconds, or never. */
const AFTER_DEATH_MS = 10_000;
const WHILE_BEHIND_MS = 1_000;

/** Gives back how to stop. */
export function sweepDeadCalls(options: DeadCallsOptions): StopTimer {
  const { store, closeEndlessCalls, hasDied, showLife, adopt, isBehind, clock, log } = options;
  let stopTimer: StopTimer = () => undefined;
  let isStopped = false;

  const mayGoOn = (): boolean => !isStopped && !isBehind();

  /** Whether a process has died of which there were calls. */
  const takeAndClose = async (): Promise<boolean> => {
    let isAnyDead = false;
    // What is taken counts as our own: while it cannot be written, it would take the room of our own records.
    if (!mayGoOn()) return false;
    const nodes = await store.nodesInCalls();
    if (!mayGoOn()) return false;
    await adopt();
    if (!mayGoOn()) return false;
    for (const node of nodes)
      if (await hasDied(node)) {
        isAnyDead = true;
        const calls = await store.closeDeadCalls(node);
        if (calls > 0) log.info({ node, calls }, 'calls whose process died were ended in the records');
      }
    const calls = await closeEndlessCalls();
    if (calls > 0)
      log.info({ calls }, 'calls that are longer than any call can be were ended in the records');
    return isAnyDead;
  };

  const sweep = async (): Promise<void> => {
    await showLife();
    const isAnyDead = await takeAndClose().catch((thrown: unknown) => {
      log.debug({ reason: messageOf(thrown) }, 'calls of dead processes stay open for now');
      return false;
    });
    const nextMs = isBehind() ? WHILE_BEHIND_MS : isAnyDead ? AFTER_DEATH_MS : EVERY_MS;
    if (!isStopped) stopTimer = clock.after(nextMs, () => void sweep());
  };

  void sweep();
  return () => {
    isStopped = true;
    stopTimer();
  };
}
