import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../../src/crm/hubspot/pace.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const MOST = 5;
const WITHIN_MS = 1_100;
const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

test('as many as are taken go at once, the others in order when their time has come', async () => {
  const clock = new ManualClock();
  const pace = new Pace({ most: 2, withinMs: 1_000, clock });
  const given: [number, number][] = [];
  for (let i = 0; i < 5; i++)
    void pace.turn(new AbortController().signal).then(() => given.push([i, clock.nowMs()]));
  for (let ms = 0; ms < 3_000; ms += 500) {
    await settled();
    clock.advance(500);
  }
  expect(given).toEqual([
    [0, 0],
    [1, 0],
    [2, 1_000],
    [3, 1_000],
    [4, 2_000],
  ]);
  expect(clock.pending).toBe(0);
});

test('a signal that has fired gets no turn and takes none', async () => {
  const clock = new ManualClock();
  const pace = new Pace({ most: 1, withinMs: 1_000, clock });
  await expect(pace.turn(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await pace.turn(new AbortController().signal);
});

test('who leaves while waiting leaves the turn to the next', async () => {
  const clock = new ManualClock();
  const pace = new Pace({ most: 1, withinMs: 1_000, clock });
  const controller = new AbortController();
  await pace.turn(new AbortController().signal);
  const leaving = pace.turn(controller.signal);
  const next = pace.turn(new AbortController().signal).then(() => clock.nowMs());
  controller.abort();
  await expect(leaving).rejects.toMatchObject({ name: 'AbortError' });
  clock.advance(1_000);
  await settled();
  clock.advance(1_000);
  expect(await next).toBe(1_000);
});

interface Asker {
  readonly atMs: number;
  readonly patienceMs: number;
}
const askers = fc.array(
  fc.record({ atMs: fc.integer({ min: 0, max: 4_000 }), patienceMs: fc.integer({ min: 1, max: 6_000 }) }),
  { maxLength: 40 },
);

test('never more than are taken within the time, in order, and nobody who has left', async () => {
  await fc.assert(
    fc.asyncProperty(askers, async (unsorted: readonly Asker[]) => {
      const sorted = unsorted.toSorted((a, b) => a.atMs - b.atMs);
      const clock = new ManualClock();
      const pace = new Pace({ most: MOST, withinMs: WITHIN_MS, clock });
      const given: { i: number; ms: number }[] = [];
      const left: number[] = [];
      const ask = ({ patienceMs }: Asker, i: number): void => {
        const controller = new AbortController();
        const stop = clock.after(patienceMs, () => controller.abort());
        pace.turn(controller.signal).then(
          () => {
            stop();
            given.push({ i, ms: clock.nowMs() });
          },
          () => left.push(i),
        );
      };
      sorted.forEach((asker, i) => clock.after(asker.atMs, () => ask(asker, i)));
      for (let ms = 0; ms <= 14_000; ms += 100) {
        clock.advance(100);
        await settled();
      }
      expect(given.length + left.length).toBe(sorted.length);
      expect(given.map(({ i }) => i)).toEqual(given.map(({ i }) => i).toSorted((a, b) => a - b));
      // What is seen of a turn is seen up to a step of the clock later.
      given.forEach(({ ms }, n) => {
        const earlier = given[n - MOST];
        if (earlier !== undefined) expect(ms - earlier.ms).toBeGreaterThanOrEqual(WITHIN_MS - 100);
      });
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 50 },
  );
});
