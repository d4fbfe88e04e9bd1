// Any interleaving of two diallers, deaths at any await, faults of the carrier and callbacks in any order: in the end every contact
// was called exactly as often as its outcomes call for, and the audit says so.
import * as fc from 'fast-check';
import { test } from 'vitest';
import { CONTACTS, World, type End, type Step } from './crash-world.ts';
import { MINUTE_MS, SECOND_MS, rig } from './rig.ts';
import type { Fate } from './scripted-carrier.ts';

const FATES = [
  'accepts',
  'accepts',
  'accepts-and-loses-the-answer',
  'loses-the-request',
  'busy',
  'unreachable',
] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      nodes: fc.constantFrom<(0 | 1)[]>([0], [1], [0, 1]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      node: fc.constantFrom<0 | 1>(0, 1),
      awaits: fc.nat(40),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(SECOND_MS, 4 * SECOND_MS, 31 * SECOND_MS, 11 * MINUTE_MS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('tell' as const), pick: fc.nat(1_000), again: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('answer' as const), pick: fc.nat(1_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      to: fc.constantFrom('paused' as const, 'running' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lists' as const),
      how: fc.constantFrom('calls' as const, 'away' as const),
    }),
  },
);
/** Of each number, what comes of its first, second and third call. */
const ends = fc.array(fc.constantFrom<End>('human', 'busy', 'no-answer', 'failed'), {
  minLength: 3,
  maxLength: 3,
});

const RUNS = Number(process.env['CRASH_RUNS'] ?? 12);

test('0 double dials, 0 contacts lost, the audit complete', async (context) => {
  const shared = await rig(context);
  await shared.one.dialler.close(0);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      fc.array(fc.constantFrom<Fate>(...FATES), { minLength: 12, maxLength: 12 }),
      fc.array(ends, { minLength: CONTACTS, maxLength: CONTACTS }),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      async (steps, fates, scripts, mute) => {
        runs += 1;
        await shared.query('truncate liveline.campaigns, liveline.attempts, liveline.dial_pace cascade');
        await shared.query(`delete from liveline.dial_pace`);
        const audited = Number(
          (
            await shared.query<{ id: string }>('select coalesce(max(id), 0) as id from liveline.dial_audit')
          )[0]!.id,
        );
        const world = new World(shared, fates, scripts, mute);
        await shared.campaign(`Run ${runs}`, CONTACTS);
        for (const each of steps) await world.take(each);
        await world.toTheEnd();
        await world.check(audited);
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);
