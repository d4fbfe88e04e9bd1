// Whatever callers, agents, people, the carrier and the machines do: nobody is left in silence, alone, or on a line for ever.
// Half of a run is chance; the other half is the carrier's alone, until everything is over.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offices } from './world/profiles.ts';
import { happens } from './world/walk.ts';
import { World } from './world/world.ts';

/** The same walks each time: another seed would be another test. */
const SEED = 7;
const RUNS = 400;

/** Every place of a route, every verb, and every effect; a world in which one is never reached proves nothing of it. */
const MUST_BE_REACHED = [
  ...['agent', 'dialled', 'referred', 'held', 'queued', 'menu', 'voicemail', 'over'].map((at) => `is ${at}`),
  ...['called', 'briefed', 'joined', 'left', 'gone'].map((is) => `is held, their person ${is}`),
  ...[
    'stream',
    'hang-up',
    'say-and-hang-up',
    'dial',
    'refer',
    'hold',
    'join',
    'queue',
    'take-from-queue',
  ].map((verb) => `gives ${verb}`),
  ...['leave-queue', 'record', 'ask-key', 'music'].map((verb) => `gives ${verb}`),
  ...['place', 'hang-up', 'take-back'].map((what) => `asks to ${what}`),
  ...['handOver', 'returnToAgent', 'popScreen', 'wake', 'notice', 'streamLost'].map((what) => `does ${what}`),
  ...['promise', 'connect'].map((what) => `does ${what}`),
  ...['changes the profile', 'removes the profile', 'brings the profile back'].map(
    (what) => `sees that the operator ${what}`,
  ),
  ...['has a slow database', 'has no database', 'has the database again'].map(
    (what) => `sees that the operator ${what}`,
  ),
  ...['hears late of what it asked', 'dies with what it had not written'],
];

const reached = new Map<string, number>();

test('whatever happens, nobody is left', async () => {
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
});

test.each(MUST_BE_REACHED)('the walks reach: %s', (what) => {
  expect(reached.get(what)).toBeGreaterThan(0);
});
