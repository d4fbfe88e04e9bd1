// Streams that come through a node which drains: opened anew at a moment that suits the call, once.
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Moment } from '../../src/call/moment.ts';
import { Detours, type DetoursOptions } from '../../src/http/detours.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const CA1 = callId('CA1');
const CA2 = callId('CA2');

function rig() {
  const clock = new ManualClock();
  const draining = new Set<string>();
  const moments = new Map<typeof CA1, Moment>();
  const reopened: string[] = [];
  const around = { isDraining: false };
  const detours = new Detours({
    ...{ clock, log: silentLog },
    nodes: { other: (key) => ({ isDraining: draining.has(key) }) } as DetoursOptions['nodes'],
    switchboard: {
      get isDraining() {
        return around.isDraining;
      },
      moments: () => [...moments].map(([id, moment]) => ({ id, moment })),
      reopen: (id) => void reopened.push(id),
    },
  });
  return { clock, draining, moments, reopened, around, detours };
}

test('[MV6] at the next quiet moment, once; whoever comes by themselves stays', () => {
  const { clock, draining, moments, reopened, detours } = rig();
  moments.set(CA1, 'busy').set(CA2, 'quiet');
  detours.attached(CA1, 'through');
  detours.attached(CA2, undefined);
  clock.advance(5_000);
  draining.add('through');
  clock.advance(5_000);
  expect(reopened).toEqual([]);
  moments.set(CA1, 'quiet');
  clock.advance(50);
  expect(reopened).toEqual(['CA1']);
  clock.advance(60_000);
  expect(reopened).toEqual(['CA1']);
});

test('[MV6] whatever they say after 25 s; again, where it came through that one again', () => {
  const { clock, draining, moments, reopened, detours } = rig();
  moments.set(CA1, 'busy');
  const gone = detours.attached(CA1, 'through');
  draining.add('through');
  clock.advance(25_900);
  expect(reopened).toEqual([]);
  clock.advance(100);
  expect(reopened).toEqual(['CA1']);
  detours.attached(CA1, 'through');
  gone();
  moments.set(CA1, 'quiet');
  clock.advance(2_000);
  expect(reopened).toEqual(['CA1', 'CA1']);
});

test('[MV6] not where the stream is over, or the node goes on', () => {
  const { clock, draining, moments, reopened, detours } = rig();
  moments.set(CA1, 'quiet').set(CA2, 'quiet');
  detours.attached(CA1, 'one')();
  detours.attached(CA2, 'two');
  draining.add('one');
  clock.advance(60_000);
  expect(reopened).toEqual([]);
  detours.close();
  expect(clock.pending).toBe(0);
});

test('[MV6] not while we drain ourselves: it goes on elsewhere', () => {
  const { clock, draining, moments, reopened, around, detours } = rig();
  moments.set(CA1, 'quiet');
  detours.attached(CA1, 'one');
  draining.add('one');
  around.isDraining = true;
  clock.advance(60_000);
  expect(reopened).toEqual([]);
});
