// Who acts for each call, as the journals have it, over time. Reads alone.
import type pg from 'pg';
import type { Clock } from '../../src/base/clock.ts';

export interface DoubleLease {
  readonly atEpochMs: number;
  readonly what: string;
}

export interface Leases {
  /** Of one fence two nodes, or a fence that fell. */
  readonly doubles: readonly DoubleLease[];
  /** When a call went from one node to another, epoch ms. */
  readonly movedMs: readonly number[];
  stop(): void;
}

const LOOKS_EVERY_MS = 200;

export function watchLeases(database: pg.Client, clock: Clock): Leases {
  const latest = new Map<string, { fence: number; node: string }>();
  const doubles: DoubleLease[] = [];
  const movedMs: number[] = [];
  let isLooking = false;
  const look = async (): Promise<void> => {
    const { rows } = await database.query<{ id: string; node: string; fence: string }>(
      'select call_id as id, node, fence from liveline.call_journals where not over',
    );
    for (const { id, node, ...row } of rows) {
      const fence = Number(row.fence);
      const before = latest.get(id);
      latest.set(id, { fence, node });
      if (before === undefined) continue;
      const [atEpochMs, was] = [clock.epochMs(), `${before.node} (${before.fence}) and ${node} (${fence})`];
      if (before.node !== node) movedMs.push(atEpochMs);
      if (fence < before.fence) doubles.push({ atEpochMs, what: `${id}: the fence fell: ${was}` });
      if (fence === before.fence && node !== before.node)
        doubles.push({ atEpochMs, what: `${id}: one fence, two nodes: ${was}` });
    }
  };
  const stop = clock.every(LOOKS_EVERY_MS, () => {
    if (isLooking) return;
    isLooking = true;
    void look()
      // Away for a moment, as a fault has it.
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  });
  return {
    ...{ doubles, movedMs, stop },
  };
}
