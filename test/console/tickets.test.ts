import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { Tickets } from '../../src/console/tickets.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const visit = { way: 'listen', callId: callId('CA1'), name: 'Ada' } as const;

test('a ticket is good once, for a moment, and for what it was given', () => {
  const clock = new ManualClock();
  const tickets = new Tickets(clock);
  const [first, second] = [tickets.give(visit), tickets.give({ ...visit, way: 'take-over' })];
  expect(first).not.toBe(second);
  expect(tickets.take(first)).toEqual(visit);
  expect(tickets.take(first)).toBeUndefined();
  clock.advance(9_999);
  const third = tickets.give(visit);
  clock.advance(1);
  expect(tickets.take(second)).toBeUndefined();
  expect(tickets.take(third)).toEqual(visit);
});
