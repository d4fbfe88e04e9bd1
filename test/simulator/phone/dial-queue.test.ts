import { expect, test } from 'vitest';
import { DialQueue } from '../../../src/simulator/phone/dial-queue.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const unhurried = (): AbortSignal => new AbortController().signal;

function rig(callsPerSecond: number | undefined) {
  const clock = new ManualClock();
  const queue = new DialQueue(clock, callsPerSecond);
  const dialled: (readonly [string, number])[] = [];
  const take = (name: string, signal = unhurried()): void =>
    void queue.turn(signal).then(() => dialled.push([name, clock.nowMs()]));
  const advance = async (ms: number): Promise<void> => {
    for (let step = 0; step < ms; step += 50) {
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, dialled, take, advance };
}

test('one after the other, so many a second, in the order of their coming', async () => {
  const { clock, dialled, take, advance } = rig(2);
  for (const name of ['a', 'b', 'c']) take(name);
  await advance(3_000);
  expect(dialled).toEqual([
    ['a', 50],
    ['b', 500],
    ['c', 1_000],
  ]);
  take('d');
  await advance(50);
  expect(dialled.at(-1)).toEqual(['d', 3_050]);
  expect(clock.pending).toBe(0);
});

test('who gives up takes no turn', async () => {
  const { dialled, take, advance } = rig(1);
  const given = new AbortController();
  take('a');
  take('b', given.signal);
  take('c');
  await advance(500);
  given.abort();
  await advance(2_000);
  expect(dialled.map(([name]) => name)).toEqual(['a', 'b', 'c']);
  // b is over at once, and c has the turn that b would have had.
  expect(dialled.at(-1)).toEqual(['c', 1_000]);
});

test('when the last one gives up, nothing waits any more', async () => {
  const { clock, take, advance } = rig(0.01);
  const given = new AbortController();
  take('a');
  await advance(50);
  take('b', given.signal);
  expect(clock.pending).toBe(1);
  given.abort();
  await advance(50);
  expect(clock.pending).toBe(0);
});

test('without a limit nobody waits', async () => {
  const { dialled, take, advance } = rig(undefined);
  for (const name of ['a', 'b', 'c']) take(name);
  await advance(50);
  expect(dialled).toEqual(['a', 'b', 'c'].map((name) => [name, 50]));
});
