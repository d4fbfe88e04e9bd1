// When calls of dead processes are ended: never before all that was written of them is in the database.
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { sweepDeadCalls } from '../../src/records/dead-calls.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const settle = async (): Promise<void> => {
  for (let n = 0; n < 30; n++) await Promise.resolve();
};

function rig() {
  const clock = new ManualClock();
  const did: string[] = [];
  const state = { isBehind: false, isAway: false, nodes: ['a', 'b'] };
  const stop = sweepDeadCalls({
    ...{ clock, log: silentLog },
    store: {
      nodesInCalls: () => (state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(state.nodes)),
      closeDeadCalls: (node) => Promise.resolve(did.push(`close ${node}`)),
    },
    closeEndlessCalls: () => Promise.resolve(did.push('close endless')),
    hasDied: (node) => Promise.resolve(node === 'b'),
    showLife: () => Promise.resolve(void did.push('show life')),
    adopt: () => Promise.resolve(void did.push('adopt')),
    isBehind: () => state.isBehind,
  });
  const after = async (ms: number): Promise<string[]> => {
    clock.advance(ms);
    await settle();
    return did.splice(0);
  };
  return { clock, state, stop, after };
}

const ALL = ['show life', 'adopt', 'close b', 'close endless'];
const NONE = ['show life', 'adopt', 'close endless'];

test('at once and each minute: the spool first, then those whose node died, then those that never end', async () => {
  const { clock, state, stop, after } = rig();
  state.nodes = ['a'];
  expect(await after(0)).toEqual(NONE);
  expect(await after(59_999)).toEqual([]);
  state.nodes = ['a', 'b'];
  expect(await after(1)).toEqual(ALL);
  stop();
  expect(clock.pending).toBe(0);
  expect(await after(120_000)).toEqual([]);
});

test('of a process that has died again ten seconds later, as long as calls of it are left', async () => {
  const { state, after } = rig();
  expect(await after(0)).toEqual(ALL);
  expect(await after(9_999)).toEqual([]);
  expect(await after(1)).toEqual(ALL);
  state.nodes = [];
  expect(await after(10_000)).toEqual(NONE);
  expect(await after(59_999)).toEqual([]);
  expect(await after(1)).toEqual(NONE);
});

test('while something is spooled nothing is taken and nothing is ended; soon after it is drained it is', async () => {
  const { state, after } = rig();
  await after(0);
  state.isBehind = true;
  expect(await after(60_000)).toEqual(['show life']);
  expect(await after(1_000)).toEqual(['show life']);
  state.isBehind = false;
  expect(await after(1_000)).toEqual(ALL);
});

test('of a database that is away nothing is taken, and it is asked again', async () => {
  const { state, after } = rig();
  await after(0);
  state.isAway = true;
  expect(await after(60_000)).toEqual(['show life']);
  state.isAway = false;
  expect(await after(60_000)).toEqual(ALL);
});
