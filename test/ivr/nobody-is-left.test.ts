// Whatever callers, agents, people, the carrier and the machines do: nobody is left in silence, alone, or on a line for ever.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offices } from './world/profiles.ts';
import { happens } from './world/walk.ts';
import { World } from './world/world.ts';

const SEED = 7;
const RUNS = 300;

test('nobody is left', async () => {
  const reached = new Map<string, number>();
  const choices = fc.array(fc.nat(2 ** 30), { minLength: 1, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(offices, choices, async (office, chosen) => {
      const world = new World(office);
      for (const choice of chosen) {
        await happens(world, choice);
        if (world.laws.broken.length > 0) break;
      }
      if (world.laws.broken.length === 0) await world.quiet();
      for (const [what, times] of world.reached) reached.set(what, (reached.get(what) ?? 0) + times);
      expect(world.laws.broken, world.trace.join('\n')).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.log(reached);
});
