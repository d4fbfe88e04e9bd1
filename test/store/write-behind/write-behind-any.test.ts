// Write-behind, whatever happens to it in whatever order: what was acknowledged arrives, in order, and nothing is missing
// that was not counted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRig, firsts } from './write-behind-rig.ts';

const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ is: fc.constant('push' as const), count: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'push-bad' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constantFrom('up', 'away', 'hangs') }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ is: 'full' as const }, { is: 'roomy' as const }, { is: 'late' as const }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ is: 'crash' as const }, { is: 'settle' as const }) },
);

test(
  'at least once, in order, nothing missing but what is counted; memory and disk bounded',
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 30 }), async (happenings) => {
        const bounds = { queueItems: 60, batchItems: 8 };
        const rig = await createRig({ limits: bounds, spoolBytes: 800, segmentBytes: 100 });
        try {
          let n = 0;
          const crashed = new Set<number>();
          const bad = new Set<number>();
          for (const each of happenings) {
            if (each.is === 'push' && 'count' in each)
              for (let c = 0; c < each.count; c += 1) rig.behind.push({ n: n++ });
            else if (each.is === 'push-bad') {
              bad.add(n);
              rig.behind.push({ n: n++, bad: true });
            } else if (each.is === 'wait' && 'ms' in each) {
              const untilMs = rig.clock.nowMs() + each.ms;
              await rig.until(() => rig.clock.nowMs() >= untilMs, 100);
            } else if (each.is === 'up' || each.is === 'away' || each.is === 'hangs')
              rig.database.mode = each.is;
            else if (each.is === 'full' || each.is === 'roomy') rig.disk.isFull = each.is === 'full';
            else if (each.is === 'late') rig.database.hanging.splice(0).forEach((go) => go());
            else if (each.is === 'settle') void rig.behind.settle();
            else {
              await rig.until(() => rig.disk.busy === 0, 0);
              const known = new Set([...rig.safe, ...rig.lost]);
              for (let at = 0; at < n; at += 1) if (!known.has(at)) crashed.add(at);
              rig.database.hanging.length = 0;
              await rig.restart();
            }
            expect(rig.behind.backlog.queued).toBeLessThanOrEqual(60);
            expect(rig.behind.backlog.spooledBytes).toBeLessThanOrEqual(800);
          }
          rig.database.mode = 'up';
          rig.disk.isFull = false;
          rig.database.hanging.splice(0).forEach((go) => go());
          await rig.until(() => rig.behind.backlog.queued + rig.behind.backlog.spooledItems === 0, 100);
          const lost = new Set(rig.lost);
          const arrived = firsts(rig.database.rows);
          expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
          const there = new Set(arrived);
          for (const safe of rig.safe) expect(there.has(safe) || bad.has(safe)).toBe(true);
          for (let at = 0; at < n; at += 1)
            expect(there.has(at) || lost.has(at) || crashed.has(at)).toBe(true);
          for (const each of bad) expect(there.has(each)).toBe(false);
        } finally {
          await rig.dispose();
        }
      }),
      { numRuns: 60 },
    ),
);
