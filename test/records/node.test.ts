// Which node is known to be gone, so that its calls are over.
import { expect, test } from 'vitest';
import { diedWith, nodeOf } from '../../src/records/node.ts';

const own = nodeOf('here', 5_000, 100);
const nobody = (): boolean => false;

test.each([
  ['a process of ours that is gone', nodeOf('here', 1, 99), nobody, true],
  ['a process of ours that runs', nodeOf('here', 1, 99), () => true, false],
  ['ourselves', own, nobody, false],
  ['the one before us under our own process id, as in a container', nodeOf('here', 1, 100), () => true, true],
  ['another installation on the same database', nodeOf('there', 1, 99), nobody, false],
  ['another installation with our process id', nodeOf('there', 5_000, 100), nobody, false],
])('%s', (_, node, isAlive, dead) => {
  expect(diedWith(node, own, isAlive)).toBe(dead);
});

test('this very process is alive', () => {
  expect(diedWith(nodeOf('here', 1), nodeOf('here', 2, -1))).toBe(false);
});
