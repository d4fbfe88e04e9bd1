// Moving out: which calls are handed on when, to whom, and what becomes of those that cannot be.
import { expect, test } from 'vitest';
import { callId, type CallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Moment } from '../../src/call/moment.ts';
import { MovingOut } from '../../src/call/moving-out.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { settled } from './rig.ts';

const HEIR = { node: 'there', name: 'host:8080' };

function house(moments: Record<string, Moment>) {
  const clock = new ManualClock();
  const here = new Map(Object.entries(moments).map(([id, moment]) => [callId(id), moment]));
  const asked: CallId[] = [];
  const answers = new Map<CallId, (isWritten: boolean) => void>();
  const around = { heir: HEIR as typeof HEIR | undefined };
  const movingOut = new MovingOut({
    ...{ clock, log: silentLog, heir: () => around.heir },
    calls: () => [...here].map(([id, moment]) => ({ id, moment })),
    handOn: (id, node) => {
      expect(node).toBe(HEIR.node);
      asked.push(id);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      answers.set(id, (isWritten) => {
        if (isWritten) here.delete(id);
        resolve(isWritten);
      });
      return promise;
    },
  });
  return {
    ...{ clock, here, asked, around, movingOut },
    written: async (id: string, isWritten = true): Promise<void> => {
      answers.get(callId(id))!(isWritten);
      await settled();
    },
  };
}

test('[MV1][MV2] whoever is quiet or elsewhere goes at once, the others when they are, or in time', async () => {
  const { movingOut, asked, here, clock, written } = house({
    ...{ CA1: 'quiet', CA2: 'busy', CA3: 'between', CA4: 'elsewhere', CA5: 'busy' },
  });
  movingOut.begin();
  expect(asked).toEqual(['CA1', 'CA4']);
  await written('CA1');
  await written('CA4');
  clock.advance(3_000);
  expect(asked).toHaveLength(2);
  here.set(callId('CA2'), 'quiet');
  clock.advance(50);
  expect(asked.slice(2)).toEqual(['CA2']);
  await written('CA2');
  clock.advance(16_900);
  expect(asked).toHaveLength(3);
  clock.advance(50);
  expect(asked.slice(3)).toEqual(['CA3']);
  await written('CA3');
  clock.advance(4_950);
  expect(asked).toHaveLength(4);
  clock.advance(50);
  expect(asked.slice(4)).toEqual(['CA5']);
  await written('CA5');
  expect(movingOut.moved).toBe(5);
  movingOut.end();
  expect(clock.pending).toBe(0);
});

test('[MV3] five begin at once; one that could not be written down is tried again a second later', async () => {
  const all = Array.from({ length: 20 }, (_, n) => `CA${n}`);
  const { movingOut, asked, clock, written } = house(Object.fromEntries(all.map((id) => [id, 'quiet'])));
  movingOut.begin();
  expect(asked).toHaveLength(5);
  clock.advance(450);
  expect(asked).toHaveLength(5);
  clock.advance(50);
  expect(asked).toHaveLength(10);
  // The database is slow: nothing was written yet.
  clock.advance(2_000);
  expect(asked).toHaveLength(16);
  await written('CA0', false);
  await written('CA1');
  clock.advance(50);
  expect(asked.slice(16)).toEqual(['CA16', 'CA17']);
  for (const id of ['CA2', 'CA3', 'CA16', 'CA17']) await written(id);
  clock.advance(949);
  expect(asked.filter((id) => id === 'CA0')).toHaveLength(1);
  clock.advance(50);
  expect(asked.filter((id) => id === 'CA0')).toHaveLength(2);
});

test('[MV4] nobody else is there: they go on here, until somebody comes', () => {
  const { movingOut, asked, around, clock } = house({ CA1: 'quiet', CA2: 'busy' });
  around.heir = undefined;
  movingOut.begin();
  clock.advance(60_000);
  expect(asked).toEqual([]);
  around.heir = HEIR;
  clock.advance(50);
  expect(asked).toEqual(['CA1', 'CA2']);
});

test('[MV5] in a hurry: every one, whatever goes on in it, once', async () => {
  const { movingOut, asked, clock, written } = house({ CA1: 'busy', CA2: 'between', CA3: 'quiet' });
  movingOut.begin();
  expect(asked).toEqual(['CA3']);
  const left = movingOut.hurry();
  expect(asked).toEqual(['CA3', 'CA1', 'CA2']);
  await written('CA1');
  await written('CA2', false);
  await written('CA3');
  expect(await left).toBe(1);
  clock.advance(60_000);
  expect(asked).toHaveLength(3);
});

test('[MV5] in a hurry, with nobody there: all stay', async () => {
  const { movingOut, around } = house({ CA1: 'busy', CA2: 'quiet' });
  around.heir = undefined;
  expect(await movingOut.hurry()).toBe(2);
});
