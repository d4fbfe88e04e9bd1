// The database goes away under calls: no call is harmed, and what is not in the database afterwards was counted and said.
// The benchmark's scenes, with few calls and faster than real time; `npm run bench -- database-away` plays them whole.
import { systemClock } from '../../src/base/clock.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import { describe, test, type TestContext } from 'vitest';
import { SCENES, type Scene } from '../../bench/database-away/scenes.ts';
import { trial } from '../../bench/database-away/trial.ts';
import { freshDatabaseUrl, SIZES, type Size } from '../doubles/databases.ts';

const CALLS = 4;
const SECONDS = 6;
/** Of the real time. */
const SPEED = 2;

const scenesOf = (database: Scene['database']): readonly Scene[] =>
  SCENES.filter((scene) => scene.database === database);

/** One after the other, and the scenes of each at once: more calls together would want a core of their own. */
const GROUPS: readonly { readonly name: string; readonly size: Size; readonly scenes: readonly Scene[] }[] = [
  ...SIZES.map((size) => ({ name: `behind a proxy (${size})`, size, scenes: scenesOf('behind a proxy') })),
  // Our own server goes; the other size has none of ours.
  { name: 'embedded', size: 'embedded', scenes: scenesOf('embedded') },
];

describe.each(GROUPS)('$name', ({ size, scenes }) => {
  test.concurrent.for(scenes.map((scene): [string, Scene] => [scene.name, scene]))(
    '%s',
    { timeout: 120_000 },
    ([, scene], context) => plays(scene, size, context),
  );
});

async function plays(scene: Scene, size: Size, context: TestContext): Promise<void> {
  const { expect } = context;
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
}
