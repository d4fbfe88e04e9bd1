// Calls of nodes that are not seen any more, with several nodes that look for them at once; manual clocks, one table.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callId, type CallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { createMemoryJournals, createMemoryJournalTable } from '../../src/call/journal-memory.ts';
import { takeUpOrphans, type OrphansOptions } from '../../src/call/orphans.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import { journalEntryOf } from '../contracts/journals.contract.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const WITHIN_MS = 1_000;

async function world(calls: number) {
  const clock = new ManualClock();
  const table = createMemoryJournalTable(clock);
  const routes = createMemoryRoutes(clock);
  const gone = createMemoryJournals({ node: 'gone', clock, table });
  for (let n = 0; n < calls; n += 1) gone.open(journalEntryOf(`${n}`), () => undefined);
  clock.advance(200);
  await turn();
  expect(gone.backlog.calls).toBe(0);
  const pointed: CallId[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const node = (name: string, over: Partial<OrphansOptions> = {}) => {
    const journals = createMemoryJournals({ node: name, clock, table });
    const here = new Set<CallId>();
    const options: OrphansOptions = {
      dead: () => ['gone'],
      isResting: () => false,
      journals,
      claim: (what, forMs, signal) => routes.claim(what, forMs, signal),
      takeUp: async (id, from) => {
        mostAtOnce = Math.max(mostAtOnce, (underWay += 1));
        const taken = await journals.take(id, { planned: false, withinMs: WITHIN_MS, from }, () => undefined);
        await turn();
        underWay -= 1;
        if (taken) here.add(id);
        return taken !== undefined;
      },
      awaitsLine: (id) => here.has(id),
      point: (id) => void pointed.push(id),
      ...{ clock, log: silentLog },
      ...over,
    };
    return { journals, here, stop: takeUpOrphans(options) };
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 50) {
      clock.advance(50);
      for (let n = 0; n < 12; n += 1) await turn();
    }
  };
  return { clock, gone, table, node, pass, pointed, mostAtOnce: () => mostAtOnce };
}

test('each call of a node that is not seen is taken up by one of the others, and its carrier asked once', async () => {
  const { node, pass, pointed, mostAtOnce } = await world(64);
  const nodes = [node('one'), node('other'), node('third')];
  await pass(5_000);
  expect(nodes.reduce((sum, { here }) => sum + here.size, 0)).toBe(64);
  expect(pointed.toSorted()).toEqual(Array.from({ length: 64 }, (_, n) => callId(`CA-${n}`)).toSorted());
  expect(mostAtOnce()).toBeLessThanOrEqual(30);
  await pass(20_000);
  expect(pointed).toHaveLength(64);
  for (const { stop } of nodes) stop();
});

test('a node takes up ten at once, and no more than forty a second', async () => {
  const { node, pass, pointed, mostAtOnce } = await world(60);
  const { stop } = node('one');
  await pass(1_000);
  await pass(1_000);
  expect(mostAtOnce()).toBeLessThanOrEqual(10);
  expect(pointed.length).toBeLessThanOrEqual(50);
  await pass(1_000);
  expect(pointed).toHaveLength(60);
  stop();
});

test('nobody is pointed whose carrier has asked elsewhere, who is elsewhere, or whose call is over', async () => {
  const { clock, gone, table, node, pass, pointed } = await world(3);
  const asked = createMemoryJournals({ node: 'asked', clock, table });
  await asked.take(callId('CA-0'), { planned: false, withinMs: WITHIN_MS }, () => undefined);
  const over = await gone.take(callId('CA-1'), { planned: true, withinMs: WITHIN_MS }, () => undefined);
  over?.tenure.end();
  await pass(200);
  const { journals, here, stop } = node('one', { awaitsLine: () => false });
  await pass(3_000);
  expect([...here]).toEqual(['CA-2']);
  expect(pointed).toEqual([]);
  expect(await journals.ownerOf(callId('CA-0'), WITHIN_MS)).toBe('asked');
  stop();
});

test('who is not gone on with is asked for all the same: they are still on the stream', async () => {
  const { clock, table, node, pass, pointed } = await world(1);
  const journals = createMemoryJournals({ node: 'one', clock, table });
  const { stop } = node('one', {
    journals,
    takeUp: async (id) => {
      const taken = await journals.take(id, { planned: false, withinMs: WITHIN_MS }, () => undefined);
      taken?.tenure.end();
      return false;
    },
  });
  await pass(2_000);
  expect(pointed).toEqual(['CA-0']);
  stop();
});

test('one that was claimed by a node which then died over it is taken up by another, when the claim is over', async () => {
  const { node, pass, pointed } = await world(1);
  const dying = node('dying', { takeUp: () => new Promise(() => undefined) });
  await pass(1_500);
  dying.stop();
  const { stop } = node('one');
  await pass(8_000);
  expect(pointed).toEqual([]);
  await pass(4_000);
  expect(pointed).toEqual(['CA-0']);
  stop();
});

test('what goes wrong with one does not hold up the others, and is tried again', async () => {
  const { clock, table, node, pass, pointed } = await world(12);
  let failures = 0;
  const journals = createMemoryJournals({ node: 'one', clock, table });
  const { stop } = node('one', {
    journals: {
      callsOf: (of) => journals.callsOf(of),
      ownerOf: (id, withinMs) =>
        id === 'CA-3' && (failures += 1) <= 1
          ? Promise.reject(new Error('away'))
          : journals.ownerOf(id, withinMs),
    },
  });
  await pass(3_000);
  expect(pointed).toHaveLength(11);
  await pass(11_000);
  expect(pointed).toHaveLength(12);
  stop();
});

test('while no node is missing, or this one rests or has stopped, nothing is looked for', async () => {
  const { clock, node, pass, pointed } = await world(5);
  const nodes = [node('one', { dead: () => [] }), node('other', { isResting: () => true }), node('third')];
  nodes[2]!.stop();
  await pass(5_000);
  expect(pointed).toEqual([]);
  for (const { stop } of nodes) stop();
  expect(clock.pending).toBe(0);
});

test('one that has had no call for a minute is not asked about any more, until it was seen again', async () => {
  const { gone, table, clock, node, pass, pointed } = await world(1);
  const journals = createMemoryJournals({ node: 'one', clock, table });
  let asked = 0;
  let dead = ['gone'];
  const { stop } = node('one', {
    dead: () => dead,
    journals: {
      callsOf: (of) => {
        asked += 1;
        return journals.callsOf(of);
      },
      ownerOf: (...of) => journals.ownerOf(...of),
    },
  });
  await pass(90_000);
  expect(pointed).toEqual(['CA-0']);
  const before = asked;
  expect(before).toBeGreaterThan(55);
  await pass(60_000);
  expect(asked).toBe(before);
  dead = [];
  await pass(2_000);
  gone.open(journalEntryOf('1'), () => undefined);
  dead = ['gone'];
  await pass(3_000);
  expect(pointed).toEqual(['CA-0', 'CA-1']);
  stop();
});
