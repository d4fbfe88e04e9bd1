import { expect, test } from 'vitest';
import { drainNode, showNodes, type NodeDesk } from '../../src/cli/nodes.ts';
import type { SeenNode } from '../../src/store/nodes/node.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { rig as calls } from './calls-rig.ts';

const node = (key: string, changes: Partial<SeenNode> = {}): SeenNode => ({
  ...{ node: `i/${key}`, key, address: `http://10.0.0.5/${key}`, publicUrl: 'https://calls.example' },
  ...{ name: `${key}:8080`, calls: 3, capacity: undefined, isDraining: false, lagMs: 0.4 },
  ...{ startedAt: new Date('2026-01-31T08:00:00Z'), agoMs: 420.3 },
  ...changes,
});

/** `later`: what a list shows at each further look. */
function rig(nodes: readonly SeenNode[], ...later: (readonly SeenNode[])[]) {
  const { desk, out, err } = calls([]);
  const clock = new ManualClock();
  const asked: string[] = [];
  const looks = [nodes, ...later];
  const nodeDesk: NodeDesk = {
    terminal: desk.terminal,
    // Nobody waits: each look is followed by the next.
    clock: {
      nowMs: () => clock.nowMs(),
      after(delayMs, then) {
        clock.advance(delayMs);
        then();
        return () => undefined;
      },
    },
    open: () =>
      Promise.resolve({
        list: () => Promise.resolve(looks.length > 1 ? looks.shift()! : looks[0]!),
        askToDrain(which: string) {
          asked.push(which);
          return Promise.resolve(which !== 'i/vanished');
        },
        close: () => Promise.resolve(),
      }),
  };
  return { desk: nodeDesk, out, err, asked, clock };
}

test('the list: how each is, and where the others reach it', async () => {
  const { desk, out } = rig([
    node('one'),
    node('two', { capacity: 10, calls: 10, lagMs: 12.6, isDraining: true }),
    node('six', { agoMs: 6_400 }),
  ]);
  expect(await showNodes({}, desk)).toBe(0);
  expect(out).toEqual([
    'id   name      state             calls    lag  address',
    'one  one:8080  takes calls           3   0 ms  http://10.0.0.5/one',
    'two  two:8080  draining          10/10  13 ms  http://10.0.0.5/two',
    'six  six:8080  not seen for 6 s      3   0 ms  http://10.0.0.5/six',
  ]);
});

test('as JSON; and none', async () => {
  const { desk, out } = rig([node('one')], []);
  expect(await showNodes({ json: true }, desk)).toBe(0);
  expect(JSON.parse(out.splice(0).join('\n'))).toMatchObject({
    nodes: [
      { id: 'one', capacity: null, seenAgoMs: 420, isAlive: true, startedAt: '2026-01-31T08:00:00.000Z' },
    ],
  });
  expect(await showNodes({}, desk)).toBe(0);
  expect(out).toEqual(['No process takes calls on this database.']);
});

test('drained: by id or name, and waited for until it has no calls', async () => {
  const draining = (count: number) => [node('one', { isDraining: true, calls: count }), node('two')];
  const { desk, out, asked } = rig([node('one'), node('two')], draining(2), draining(0));
  expect(await drainNode('one:8080', {}, desk)).toBe(0);
  expect(asked).toEqual(['i/one']);
  expect(out).toEqual([
    'one:8080 takes no new calls, and lets two:8080 have those that it has.',
    'one:8080 is drained.',
  ]);
});

test.each<[string, readonly SeenNode[]]>([
  ['gone', [node('two')]],
  ['not seen any more', [node('one', { agoMs: 6_000 }), node('two')]],
])('drained: %s', async (_name, later) => {
  const { desk, out } = rig([node('one'), node('two')], later);
  expect(await drainNode('one', {}, desk)).toBe(0);
  expect(out.at(-1)).toBe('one:8080 is drained.');
});

test('nobody else is there, nobody waits, and it takes too long', async () => {
  const elsewhere = node('two', { publicUrl: 'https://other.example' });
  const { desk, out, err, clock } = rig([node('one'), elsewhere]);
  expect(await drainNode('one', { wait: false }, desk)).toBe(0);
  expect(out).toEqual([
    'one:8080 takes no new calls. No other node has room for those that it has: they end by themselves, within 30 s.',
  ]);
  expect(await drainNode('one', {}, desk)).toBe(1);
  expect(clock.nowMs()).toBe(45_000);
  expect(err).toEqual(['one:8080 still has calls; liveline nodes says how many.']);
});

test('refused: no such node, a dead one, a name of several, one that has just gone', async () => {
  const same = { name: 'same:8080' };
  const { desk, err, asked } = rig([
    node('one', { agoMs: 6_000 }),
    node('two', same),
    node('six', same),
    node('vanished'),
  ]);
  expect(await drainNode('nobody', {}, desk)).toBe(2);
  expect(await drainNode('one', {}, desk)).toBe(2);
  expect(await drainNode('same:8080', {}, desk)).toBe(2);
  expect(asked).toEqual([]);
  expect(await drainNode('vanished', {}, desk)).toBe(1);
  expect(err).toEqual([
    'nobody is no node that is alive; liveline nodes lists them',
    'one is no node that is alive; liveline nodes lists them',
    'same:8080 is the name of several nodes: give the id; liveline nodes lists them',
    'vanished:8080 has just gone.',
  ]);
});
