// Which node is known to be gone, so that its calls are over.
import { expect, test } from 'vitest';
import { hasDied, nodeOf } from '../../src/records/node.ts';
import { processOwner, type Owner } from '../../src/store/process-owner.ts';

const owner = (id: string, ...alive: string[]): Owner => ({
  id,
  isAlive: (other) => Promise.resolve(alive.includes(other)),
});
const us = owner('100-5000-ab', '100-5000-ab', '99-1-ab');
const own = nodeOf('here', us);
const foundDead = (id: string): boolean => id === '97-1-cd';

test.each([
  ['a process of ours that is gone', nodeOf('here', owner('98-1-ab')), true],
  ['a process of ours that runs', nodeOf('here', owner('99-1-ab')), false],
  ['ourselves', own, false],
  ['the one before us under our own number, as in a container', nodeOf('here', owner('100-1-ab')), true],
  ['a process of another place, of which we know nothing', nodeOf('here', owner('98-1-cd')), false],
  ['a process of another place that left its spool', nodeOf('here', owner('97-1-cd')), true],
  ['another installation on the same database', nodeOf('there', owner('98-1-ab')), false],
  ['no process', 'here', false],
])('%s', async (_, node, dead) => {
  expect(await hasDied(node, own, us, foundDead)).toBe(dead);
});

test('two installations without a name are not the same', async () => {
  expect(await hasDied('/98-1-ab', '/100-5000-ab', us, foundDead)).toBe(false);
});

test('this very process is alive, and one that had its number here is not', async () => {
  const self = await processOwner();
  const other = nodeOf('here', owner('1-1'));
  const place = self.id.split('-').slice(2);
  const before = [process.pid, 1, ...place].join('-');
  expect(await hasDied(nodeOf('here', self), other, self, foundDead)).toBe(false);
  expect(await hasDied(nodeOf('here', owner(before)), other, self, foundDead)).toBe(true);
});

test('what has our number in another place may be alive', async () => {
  const self = await processOwner();
  expect(await self.isAlive(`${process.pid}-1-cd`)).toBe(true);
});
