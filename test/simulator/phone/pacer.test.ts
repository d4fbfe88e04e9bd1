import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamFaults } from '../../../src/simulator/phone/faults.ts';
import { Pacer, type Departure } from '../../../src/simulator/phone/pacer.ts';

const START_MS = 5_000;

function departures(faults: StreamFaults, atMs: readonly number[]): Departure[] {
  const pacer = new Pacer(START_MS, faults);
  return atMs.flatMap((ms) => pacer.due(START_MS + ms));
}

const frames = (list: readonly Departure[]): number[] =>
  list.flatMap((departure) => (departure.send === 'frame' ? [departure.index] : []));

test('a frame leaves when it was spoken to the end', () => {
  expect(frames(departures({}, [0, 19.9]))).toEqual([]);
  expect(frames(departures({}, [20, 39]))).toEqual([0]);
});

test('whatever the ticks are, after t ms exactly floor(t / 20) frames have left, each once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000 })), (eighths) => {
      let nowMs = 0;
      const ticks = eighths.map((wait) => (nowMs += wait / 8));
      const sent = frames(departures({}, ticks));
      expect(sent).toEqual(Array.from({ length: Math.floor(nowMs / 20) }, (_, index) => index));
    }),
  );
});

test('gaps leave frames out and go on with the right number', () => {
  expect(frames(departures({ gaps: [{ atMs: 40, forMs: 60 }] }, [160]))).toEqual([0, 1, 5, 6, 7]);
});

test('every n-th frame twice, or after the next one', () => {
  const list = departures({ duplicateEvery: 3, swapEvery: 2 }, [120]);
  expect(list.map((one) => (one.send === 'frame' ? [one.copies, one.late] : []))).toEqual([
    [1, false],
    [1, true],
    [2, false],
    [1, true],
    [1, false],
    [2, true],
  ]);
});

test('jitter delays frames by at most so much, loses none, keeps their order, and is the same each time', () => {
  const ticks = Array.from({ length: 400 }, (_, index) => index * 5);
  const leavesAt = (): Map<number, number> => {
    const pacer = new Pacer(0, { jitterMs: 35 });
    return new Map(ticks.flatMap((ms) => frames(pacer.due(ms)).map((index) => [index, ms] as const)));
  };
  const at = leavesAt();
  expect([...at.keys()]).toEqual(Array.from({ length: at.size }, (_, index) => index));
  const lateMs = [...at].map(([index, ms]) => ms - (index + 1) * 20);
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...lateMs)).toBeLessThan(40);
  expect(new Set(lateMs).size).toBeGreaterThan(3);
  expect(leavesAt()).toEqual(at);
});

test('texts between frames, then nothing after the drop', () => {
  const faults = {
    texts: [
      { atMs: 50, text: 'b' },
      { atMs: 0, text: 'a' },
    ],
    dropAtMs: 70,
  };
  expect(departures(faults, [200, 400])).toEqual([
    { send: 'text', atMs: START_MS, text: 'a' },
    { send: 'frame', atMs: START_MS + 20, index: 0, copies: 1, late: false },
    { send: 'frame', atMs: START_MS + 40, index: 1, copies: 1, late: false },
    { send: 'text', atMs: START_MS + 50, text: 'b' },
    { send: 'frame', atMs: START_MS + 60, index: 2, copies: 1, late: false },
    { send: 'nothing-more', atMs: START_MS + 70 },
  ]);
});
