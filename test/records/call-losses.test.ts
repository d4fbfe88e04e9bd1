import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { CallLosses } from '../../src/records/call-losses.ts';
import { NO_USAGE } from '../../src/records/usage.ts';
import type { RecordWrite } from '../../src/records/write.ts';

const begins = (id: string): RecordWrite => ({
  ...{ is: 'call', callId: callId(id), node: 'n', rehearsal: true, keptUntil: null, logged: false },
  ...{ profile: 'p', profileVersion: '1', model: 'm', direction: 'inbound', from: 'a', to: 'b' },
  startedAt: '2026-01-01T00:00:00.000Z',
});
const event = (id: string, n: number): RecordWrite => ({
  ...{ is: 'event', callId: callId(id), n, atMs: n, type: 'line-opened', facts: {} },
});

const ends = (id: string): RecordWrite => ({
  ...{ is: 'end', callId: callId(id), endedAt: '2026-01-01T00:01:00.000Z', durationMs: 60_000 },
  ...{ outcome: 'caller-hung-up', watchdog: {}, usage: NO_USAGE, costMicroUsd: null },
});

/** A queue with so much room. */
function rig() {
  const losses = new CallLosses();
  const taken: RecordWrite[] = [];
  const lost: RecordWrite[] = [];
  const queue = {
    room: 0,
    offer(write: RecordWrite): boolean {
      if (queue.room === 0) return false;
      queue.room -= 1;
      taken.push(write);
      return true;
    },
    push(write: RecordWrite): void {
      if (!queue.offer(write)) queue.giveUp(write);
    },
    giveUp(write: RecordWrite): void {
      lost.push(write);
      losses.count([write]);
    },
  };
  return { losses, taken, lost, queue };
}

test('a call that begins while there is no room is begun before anything else of it, and is not lost', () => {
  const { losses, taken, lost, queue } = rig();
  losses.write(begins('A'), queue);
  losses.write(event('A', 0), queue);
  queue.room = 10;
  losses.write(event('A', 1), queue);
  losses.tell(queue);
  expect(lost).toEqual([event('A', 0)]);
  expect(taken).toEqual([begins('A'), event('A', 1), { is: 'lost', callId: 'A', writes: 1 }]);
});

test('a call that is over before there is room has a record that says how much is missing', () => {
  const { losses, taken, queue } = rig();
  losses.write(begins('A'), queue);
  losses.write(event('A', 0), queue);
  queue.room = 10;
  losses.tell(queue);
  losses.tell(queue);
  expect(taken).toEqual([begins('A'), { is: 'lost', callId: 'A', writes: 1 }]);
});

test('a call that ends while there is no room ends once there is, after its beginning', () => {
  const { losses, taken, lost, queue } = rig();
  queue.room = 1;
  losses.write(begins('A'), queue);
  losses.write(begins('B'), queue);
  losses.write(ends('A'), queue);
  losses.write(ends('B'), queue);
  losses.tell(queue);
  queue.room = 2;
  losses.tell(queue);
  queue.room = 10;
  losses.tell(queue);
  expect(lost).toEqual([]);
  expect(taken).toEqual([begins('A'), begins('B'), ends('B'), ends('A')]);
});

test('a call that is refused again and again while there is no room keeps one beginning and one end', () => {
  const { losses, lost, queue } = rig();
  for (let round = 0; round < 3; round += 1)
    for (const write of [begins('A'), ends('A')]) losses.write(write, queue);
  expect(lost).toHaveLength(4);
  losses.end(queue);
  expect(lost).toHaveLength(6);
});

test('at the end, a beginning that found no room is counted as lost', () => {
  const { losses, lost, queue } = rig();
  losses.write(begins('A'), queue);
  losses.end(queue);
  losses.end(queue);
  expect(lost).toEqual([begins('A')]);
});

test('at the end, what finds room by then is not lost: the rest is', () => {
  const { losses, taken, lost, queue } = rig();
  for (const write of [begins('A'), ends('A'), begins('B'), ends('B')]) losses.write(write, queue);
  queue.room = 3;
  losses.end(queue);
  expect(taken).toEqual([begins('A'), ends('A'), begins('B')]);
  expect(lost).toEqual([ends('B')]);
});

test('beginnings are kept up to a bound, the oldest given up and counted', () => {
  const { losses, lost, queue } = rig();
  for (let n = 0; n < 10_001; n += 1) losses.write(begins(`A${n}`), queue);
  expect(lost).toEqual([begins('A0')]);
});

test('whatever the room: nothing comes before its call, and taken and lost are all there was', () => {
  const step = fc.record({ call: fc.constantFrom('A', 'B'), room: fc.nat(2), tells: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { losses, taken, lost, queue } = rig();
      const told: RecordWrite[] = [];
      for (const [n, { call, room, tells }] of steps.entries()) {
        const isLast = !steps.slice(n + 1).some((later) => later.call === call);
        const isBegun = told.some(({ callId: id }) => id === call);
        const write = !isBegun ? begins(call) : isLast ? ends(call) : event(call, n);
        queue.room = room;
        told.push(write);
        losses.write(write, queue);
        if (tells) losses.tell(queue);
      }
      losses.end(queue);
      const kept = taken.filter(({ is }) => is !== 'lost');
      const given = lost.filter(({ is }) => is !== 'lost');
      expect(new Set([...kept, ...given])).toEqual(new Set(told));
      expect(kept.length + given.length).toBe(told.length);
      for (const [at, write] of taken.entries())
        expect(taken.slice(0, at + 1)).toContainEqual(begins(write.callId));
    }),
  );
});

test('what only says how much is missing, and finds no room itself, is said again and counts for no loss', () => {
  const { losses, lost, taken, queue } = rig();
  losses.write(event('A', 0), queue);
  losses.tell(queue);
  expect(lost).toEqual([event('A', 0), { is: 'lost', callId: 'A', writes: 1 }]);
  expect(lost.length - losses.lostWords).toBe(1);
  queue.room = 10;
  losses.tell(queue);
  expect(taken).toEqual([{ is: 'lost', callId: 'A', writes: 1 }]);
});
