// Orphans: calls whose node is not seen any more while their streams still stand, because it hangs or its host is lost. One of the
// nodes that live takes each up, and has the carrier ask what is next. Knows neither verbs nor REST.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Journals } from './journal.ts';

export interface OrphansOptions {
  /** Nodes that are not seen any more. */
  readonly dead: () => readonly string[];
  /** This node takes up nothing now. */
  readonly isResting: () => boolean;
  readonly journals: Pick<Journals, 'callsOf' | 'ownerOf'>;
  /** True for one of all nodes, until the time is over. Rejects when nobody can say. */
  readonly claim: (name: string, forMs: number, signal: AbortSignal) => Promise<boolean>;
  /** See `Switchboard`. */
  readonly takeUp: (id: CallId, from: string) => Promise<boolean>;
  readonly awaitsLine: (id: CallId) => boolean;
  /** Has the carrier ask what is next for a caller, who is on a stream that nobody hears. Never throws. */
  readonly point: (id: CallId) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1_000;
/** Whoever drains may hand it calls until it has heard that it is not seen. */
const NOTHING_LEFT_AFTER_MS = 60_000;
/** Whoever has claimed a call and dies over it leaves it to the others then. */
const CLAIM_HOLDS_MS = 10_000;
/** A carrier takes some tens of requests a second; those that call again for themselves come beside these. */
const AT_ONCE = 10;
const REST_BETWEEN_MS = 250;
const DATABASE_WITHIN_MS = 5_000;

/** Gives back how to stop. */
export function takeUpOrphans(options: OrphansOptions): StopTimer {
  const { dead, isResting, journals, claim, takeUp, awaitsLine, point, clock, log } = options;
  const stopped = new AbortController();
  /** Of nodes that are not seen: since when they have no call. */
  const emptySinceMs = new Map<string, number>();
  let looking: Promise<void> | undefined;

  const one = async (id: CallId, node: string): Promise<void> => {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(DATABASE_WITHIN_MS)]);
    if (!(await claim(`take up ${id}`, CLAIM_HOLDS_MS, signal)) || stopped.signal.aborted) return;
    // Its carrier may have asked meanwhile, somewhere.
    if ((await journals.ownerOf(id, DATABASE_WITHIN_MS)) !== node) return;
    const isHere = await takeUp(id, node);
    // Who is not gone on with is still on the stream: they get what they get without an agent.
    const isGivenUp = !isHere && (await journals.ownerOf(id, DATABASE_WITHIN_MS)) === undefined;
    if (isGivenUp || (isHere && awaitsLine(id))) point(id);
  };

  const mayHaveCalls = (): readonly string[] => {
    const nodes = dead();
    for (const node of emptySinceMs.keys()) if (!nodes.includes(node)) emptySinceMs.delete(node);
    return nodes.filter(
      (node) => clock.nowMs() - (emptySinceMs.get(node) ?? clock.nowMs()) < NOTHING_LEFT_AFTER_MS,
    );
  };

  const look = async (nodes: readonly string[]): Promise<void> => {
    for (const node of nodes) {
      const ids = await journals.callsOf(node);
      if (ids.length === 0) {
        emptySinceMs.set(node, emptySinceMs.get(node) ?? clock.nowMs());
        continue;
      }
      emptySinceMs.delete(node);
      log.warn({ node, calls: ids.length }, 'calls of a node that is not seen are taken up');
      for (let at = 0; at < ids.length && !stopped.signal.aborted && !isResting(); at += AT_ONCE) {
        if (at > 0) await pause(clock, REST_BETWEEN_MS);
        await Promise.all(
          ids
            .slice(at, at + AT_ONCE)
            .map((id) =>
              one(id, node).catch((thrown: unknown) =>
                log.warn(
                  { callId: id, reason: messageOf(thrown) },
                  'the call of a node that is not seen could not be taken up; it is tried again',
                ),
              ),
            ),
        );
      }
    }
  };

  const stopTimer = clock.every(LOOK_EVERY_MS, () => {
    const nodes = mayHaveCalls();
    if (isResting() || nodes.length === 0) return;
    looking ??= look(nodes)
      .catch((thrown: unknown) =>
        log.debug({ reason: messageOf(thrown) }, 'calls of nodes that are not seen could not be looked for'),
      )
      .finally(() => {
        looking = undefined;
      });
  });
  return () => {
    stopped.abort(new Error('this node stops'));
    stopTimer();
  };
}

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));
