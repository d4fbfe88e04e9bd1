// How often a number of ours has called within a day: by the sums of hours, the same as counted one by one.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { callerIdUses } from '../../src/campaign/postgres-facts.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, rig } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

const DAY_MS = 24 * HOUR_MS;
const STATES = ['claimed', 'placed', 'over', 'void'] as const;

test('the sums are what is counted, whatever became of the calls', { timeout: 60_000 }, async (context) => {
  const { database, one } = await rig(context);
  await one.dialler.close(0);
  const nowMs = Date.UTC(2026, 5, 1, 12, 34, 56);
  const attempt = fc.record({
    // Around both ends of the window too.
    agoMs: fc.oneof(
      fc.integer({ min: 0, max: 27 * 60 }).map((minutes) => minutes * MINUTE_MS),
      fc.integer({ min: -3, max: 3 }).map((s) => DAY_MS + s * SECOND_MS),
    ),
    states: fc.array(fc.constantFrom(...STATES), { maxLength: 4 }),
    rehearsal: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { maxLength: 12 }), async (attempts) => {
      await sql`delete from liveline.attempts`.execute(database.sql);
      await sql`delete from liveline.caller_id_uses`.execute(database.sql);
      for (const [n, { agoMs, states, rehearsal }] of attempts.entries()) {
        const at = new Date(nowMs - agoMs);
        await sql`
          insert into liveline.attempts (id, number, rehearsal, profile, to_number, from_number, state, node, look_at, claimed_at)
          values (${String(n)}, 1, ${rehearsal}, 'R', '+15550101000', ${LINE}, 'claimed', 'n', ${at}, ${at})`.execute(
          database.sql,
        );
        for (const state of states)
          await sql`update liveline.attempts set state = ${state} where id = ${String(n)}`.execute(
            database.sql,
          );
      }
      const counted = attempts.filter(
        ({ agoMs, states, rehearsal }) => !rehearsal && states.at(-1) !== 'void' && agoMs < DAY_MS,
      );
      const uses = await database.sql.transaction().execute((tx) => callerIdUses(tx, [LINE], nowMs, false));
      const use = uses.get(LINE);
      expect(use?.calls ?? 0).toBe(counted.length);
      if (use === undefined) return;
      const firstAtMs = nowMs - Math.max(...counted.map(({ agoMs }) => agoMs));
      expect(use.firstAtMs).toBeLessThanOrEqual(firstAtMs);
      expect(use.firstAtMs).toBeGreaterThan(firstAtMs - HOUR_MS);
    }),
    { numRuns: 40 },
  );
});
