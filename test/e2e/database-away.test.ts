// The database goes away under calls: no call is harmed, and what is not in the database afterwards was counted and said.
// The benchmark's scenes, with few calls and faster than real time; `npm run bench -- database-away` plays them whole.
import { systemClock } from '../../src/base/clock.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import { expect, test } from 'vitest';
import { SCENES, type Scene } from '../../bench/database-away/scenes.ts';
import { trial } from '../../bench/database-away/trial.ts';
import { freshDatabaseUrl, SIZES, type Size } from '../doubles/databases.ts';

const CALLS = 4;
const SECONDS = 6;
/** Of the real time. */
const SPEED = 3;

/** One whose server is ours is played once: the other size has no server of ours. */
const sizesOf = ({ database }: Scene): readonly Size[] => (database === 'embedded' ? ['embedded'] : SIZES);
const cases = SCENES.flatMap((scene) =>
  sizesOf(scene).map((size): [string, Size, Scene] => [scene.name, size, scene]),
);

test.for(cases)('%s (%s)', { timeout: 120_000 }, async ([, size, scene], context) => {
  const url = await freshDatabaseUrl(context, size);
  const outcome = await trial({
    scene,
    calls: CALLS,
    seconds: SECONDS,
    url,
    clock: fastClock(SPEED, systemClock),
  });
  const { heard, audited, backlog, caughtUpMs, said } = outcome;

  expect.soft(heard.calls).toBe(CALLS);
  expect.soft(heard.broken, 'calls that ended otherwise than their script says').toEqual([]);
  expect.soft(heard.notOnce, 'words that were not heard once').toBe(0);

  expect.soft(caughtUpMs, 'caught up').toBeDefined();
  expect.soft(audited.wrong, 'rows that are not as they were written').toEqual([]);
  expect.soft(backlog.lost, 'counted as lost').toBe(audited.missing);
  expect.soft(audited.saidByRecords, 'lost, by the records').toBe(audited.missing);
  expect.soft(audited.missing > 0, 'something is missing').toBe(scene.isFlooded);
  expect
    .soft(
      [...said.keys()].some((line) => line.includes('were given up')),
      'said',
    )
    .toBe(scene.isFlooded);
  const lines = [...said.values()].reduce((sum, times) => sum + times, 0);
  expect.soft(lines, 'log lines').toBeLessThan(10);
  // A restart may fall between two writes.
  if (scene.lasts === 'while') expect.soft(lines, 'log lines').toBeGreaterThan(0);
});
