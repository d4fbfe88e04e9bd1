import { expect, test } from 'vitest';
import type { Change } from '../../src/console/board.ts';
import { Feed } from '../../src/console/feed.ts';
import type { LiveMessage } from '../../src/console/live-messages.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const change = (n: number): Change => ({
  is: 'node',
  node: {
    ...{ node: 'b', name: 'b', calls: n, capacity: null, isDraining: false, hearsOthers: true },
    ...{ firstWords: null, answers: null },
  },
});

function watching(feed: Feed, since?: string) {
  const told: LiveMessage[] = [];
  const stop = feed.join({ send: (message) => void told.push(message) }, since);
  const at = (): string => told.flatMap((message) => ('at' in message ? [message.at] : [])).at(-1)!;
  return { told, stop, at };
}

const callsIn = (messages: readonly LiveMessage[]): (number | string)[] =>
  messages.map((message) =>
    message.type === 'change' && message.change.is === 'node' ? message.change.node.calls : message.type,
  );

test('who joins is told all there is, and then every change, until they leave', () => {
  const feed = new Feed('a', new ManualClock());
  feed.push(change(1));
  const { told, stop } = watching(feed);
  expect(told).toMatchObject([
    { type: 'board', node: 'a', nodes: [{ calls: 1 }], nowMs: Date.UTC(2026, 0, 1) },
  ]);
  feed.push(change(2));
  feed.tell({ type: 'levels', levels: {} });
  stop();
  feed.push(change(3));
  expect(callsIn(told)).toEqual(['board', 2, 'levels']);
});

test('who comes back is told what they missed, and nothing twice', () => {
  const feed = new Feed('a', new ManualClock());
  feed.push(change(1));
  const first = watching(feed);
  feed.push(change(2));
  first.stop();
  feed.push(change(3));
  feed.push(change(4));
  const second = watching(feed, first.at());
  expect(callsIn(second.told)).toEqual([3, 4]);
  expect(callsIn(watching(feed, second.at()).told)).toEqual([]);
  feed.push(change(5));
  expect(callsIn(second.told)).toEqual([3, 4, 5]);
});

test('who was away for too long, or at another feed, is told all there is', () => {
  const feed = new Feed('a', new ManualClock(), 3);
  const first = watching(feed);
  for (let n = 1; n <= 20; n++) feed.push(change(n));
  expect(callsIn(watching(feed, first.told[0]?.type === 'board' ? first.told[0].at : '').told)).toEqual([
    'board',
  ]);
  for (const since of [watching(new Feed('a', new ManualClock())).at(), `${first.at()}9`, 'nonsense', ''])
    expect(callsIn(watching(feed, since).told)).toEqual(['board']);
  const third = watching(feed, first.at());
  expect(third.told).toEqual([]);
});

test('what changes nothing is told to nobody', () => {
  const feed = new Feed('a', new ManualClock());
  const { told } = watching(feed);
  feed.push({ is: 'left', callId: 'CA1' });
  expect(callsIn(told)).toEqual(['board']);
});
