import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRoom, leastLoaded, LEASE_MS, lifeOf, type OtherNode } from '../../../src/store/nodes/node.ts';

const node = (changes: Partial<OtherNode> = {}): OtherNode => ({
  ...{
    node: 'i/1-1-1',
    key: 'aaaaaaaa',
    address: 'http://127.0.0.1:1',
    publicUrl: 'http://x',
    name: 'one:8080',
  },
  ...{ calls: 0, capacity: undefined, isDraining: false, lagMs: 0 },
  ...{ startedAt: new Date(0), agoMs: 0, life: 'alive' },
  ...changes,
});

test('nobody is called dead by whom the database has not answered for as long as a lease', () => {
  expect(lifeOf({ agoMs: LEASE_MS }, 0)).toBe('alive');
  expect(lifeOf({ agoMs: LEASE_MS + 1 }, LEASE_MS - 1)).toBe('unknown');
  expect(lifeOf({ agoMs: LEASE_MS + 1 }, LEASE_MS)).toBe('dead');
});

test.each<[string, Partial<OtherNode>, boolean]>([
  ['idle', {}, true],
  ['below its capacity', { calls: 9, capacity: 10 }, true],
  ['full', { calls: 10, capacity: 10 }, false],
  ['draining', { isDraining: true }, false],
  ['late, with calls that it would harm', { calls: 1, lagMs: 251 }, false],
  ['late, with none', { lagMs: 251 }, true],
])('room: %s', (_name, changes, expected) => {
  expect(hasRoom(node(changes))).toBe(expected);
});

test('whoever is picked lives, has room, and nobody with room has fewer calls', () => {
  const some = fc.record({
    calls: fc.nat(20),
    isDraining: fc.boolean(),
    lagMs: fc.constantFrom(0, 200),
    life: fc.constantFrom('alive', 'unknown', 'dead'),
    capacity: fc.constant(10),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), (given) => {
      const nodes = given.map((each, n) => node({ ...each, life: each.life, node: `${n}` }));
      const fit = nodes.filter((each) => each.life === 'alive' && hasRoom(each));
      const picked = leastLoaded(nodes);
      expect(picked?.calls).toBe(fit.length === 0 ? undefined : Math.min(...fit.map(({ calls }) => calls)));
      expect(picked === undefined || fit.includes(picked)).toBe(true);
    }),
  );
});
