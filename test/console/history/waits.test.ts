import { expect, test } from 'vitest';
import { spreadOf, waitsOf } from '../../../src/console/web/history/waits.ts';

const turns = [
  { n: 0, who: 'agent', atMs: 400 },
  { n: 1, who: 'caller', atMs: 5_000 },
  { n: 2, who: 'agent', atMs: 9_000 },
  { n: 3, who: 'agent', atMs: 30_000 },
] as const;

test('a wait belongs to the turn of the agent that began with the answer, wherever the recording began', () => {
  expect([...waitsOf(turns, [{ atMs: 8_100, ms: 900 }], 1_000)]).toEqual([[2, 900]]);
  expect([...waitsOf(turns, [{ atMs: 20_000, ms: 900 }], 0)]).toEqual([]);
});

test('of two answers near one turn the first counts, and a call without turns has no waits', () => {
  const answers = [
    { atMs: 9_000, ms: 500 },
    { atMs: 9_900, ms: 700 },
  ];
  expect([...waitsOf(turns, answers, 0)]).toEqual([[2, 500]]);
  expect([...waitsOf([], answers, 0)]).toEqual([]);
});

test('the middle one and the slowest', () => {
  expect(spreadOf([900, 300, 600, 1_200])).toEqual({ p50: 600, most: 1_200 });
  expect(spreadOf([])).toBeUndefined();
});
