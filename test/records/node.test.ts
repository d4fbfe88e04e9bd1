// Which node is known to be gone, so that its calls are over.
import { expect, test } from 'vitest';
import { hasDied, nodeOf } from '../../src/records/node.ts';
import { processOwner, type Owner } from '../../src/store/process-owner.ts';

const owner = (id: string, ...alive: string[]): Owner => ({
  id,
  isAlive: (other) => Promise.resolve(alive.includes(other)),
});
const us = owner('100-5000', '100-5000', '99-1');
const own = nodeOf('here', us);

test.each([
  ['a process of ours that is gone', nodeOf('here', owner('98-1')), true],
  ['a process of ours that runs', nodeOf('here', owner('99-1')), false],
  ['ourselves', own, false],
  ['the one before us under our own number, as in a container', nodeOf('here', owner('100-1')), true],
  ['another installation on the same database', nodeOf('there', owner('98-1')), false],
])('%s', async (_, node, dead) => {
  expect(await hasDied(node, own, us)).toBe(dead);
});

test('this very process is alive, and one that had its number is not', async () => {
  const self = await processOwner();
  const other = nodeOf('here', owner('1-1'));
  expect(await hasDied(nodeOf('here', self), other, self)).toBe(false);
  expect(await hasDied(nodeOf('here', owner(`${process.pid}-1`)), other, self)).toBe(true);
});
