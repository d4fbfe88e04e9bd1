// A server with a campaign that stops: it calls nobody any more, and talks with everybody who was being called.
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { wav } from '../rig.ts';
import { GREETING, numbered, openTown } from './town.ts';

vi.setConfig({ testTimeout: 90_000 });

test('who rings is talked with, nobody else is called, and nobody is abandoned', async (context) => {
  const town = await openTown(context, {
    population: () => ({ does: 'answers', ringsMs: 2_500, script: [{ say: wav('caller/yes') }] }),
    script: { name: 'stopping', greeting: { say: GREETING }, otherwise: { steps: [{ say: 'Go on.' }] } },
  });
  const pace = { calls_per_second: 1, concurrency: 20, ramp_minutes: 0, ring_s: 15 };
  const id = await town.campaign(
    'spring',
    Array.from({ length: 10 }, (_, n) => numbered(n)),
    { pace },
  );
  await town.campaigns.start(id);
  const rows = async () =>
    (
      await sql<{ spoken: boolean; abandoned: boolean; answered: boolean }>`
        select spoken, abandoned, answered_at is not null as answered from liveline.attempts
        where campaign_id = ${id} and state <> 'void'`.execute(town.database.sql)
    ).rows;
  await vi.waitFor(async () => expect((await rows()).length).toBeGreaterThan(1), { timeout: 20_000 });
  const stopped = town.app.stop();
  const called = (await rows()).length;
  await vi.waitFor(async () => expect((await rows()).every(({ answered }) => answered)).toBe(true), {
    timeout: 20_000,
  });
  // More than the pace takes for everybody who was left.
  await new Promise((done) => setTimeout(done, 3_000));
  const after = await rows();
  expect(after.length, 'one may have been on its way').toBeLessThanOrEqual(called + 1);
  expect(after.filter(({ spoken, abandoned }) => abandoned || !spoken)).toEqual([]);
  void town.app.stop();
  await stopped;
});
