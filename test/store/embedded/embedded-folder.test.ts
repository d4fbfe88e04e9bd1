// The making of the folder: under a lock that outlives us, and whole or not at all.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { Bundled } from '../../../src/store/embedded/bundled.ts';
import { clearHalfMade, prepareFolder } from '../../../src/store/embedded/embedded-folder.ts';

function emptyDir({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveline-folder-'));
  onTestFinished(() => {
    rmSync(dataDir, { recursive: true });
  });
  return dataDir;
}

/** Programs of which each does as told, in the folder it is given. */
const programs = (works: (folder: string, handedOn?: number) => void): Bundled => ({
  account: undefined,
  run(_, args, handedOn) {
    works(args[1] ?? '', handedOn);
    return Promise.resolve({ code: 0, said: '' });
  },
});

function makeWhole(folder: string): void {
  writeFileSync(join(folder, 'PG_VERSION'), '18\n');
  mkdirSync(join(folder, 'global'));
  writeFileSync(join(folder, 'global', 'pg_control'), '');
}

test.each(['PG_VERSION', join('global', 'pg_control')])(
  'remains without %s are not put into place',
  async (lost) => {
    const cleanups: (() => unknown)[] = [];
    const dataDir = emptyDir({ onTestFinished: (cleanup) => void cleanups.push(cleanup as () => unknown) });
    const bundled = programs((folder) => {
      makeWhole(folder);
      rmSync(join(folder, lost));
    });
    const thrown: unknown = await prepareFolder(join(dataDir, 'postgres'), bundled, silentLog).catch(
      (error: unknown) => error,
    );
    const left = readdirSync(dataDir);
    for (const cleanup of cleanups) cleanup();
    expect(thrown).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining(`was not made: ${lost} was lost`) as unknown,
    });
    expect(left).toEqual(['postgres.lock']);
  },
);

test.runIf(process.platform === 'linux')(
  'it is made under the lock, which initdb has too',
  async (context) => {
    const dataDir = emptyDir(context);
    const file = join(dataDir, 'postgres.lock');
    const isFree = (): boolean => spawnSync('flock', ['-n', file, 'true']).status === 0;
    let handed: number | undefined;
    const bundled = programs((folder, handedOn) => {
      makeWhole(folder);
      handed = handedOn;
      expect(isFree()).toBe(false);
    });
    expect(await prepareFolder(join(dataDir, 'postgres'), bundled, silentLog)).toBe('');
    expect(handed).toBeGreaterThan(2);
    expect(isFree()).toBe(true);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.lock']);
  },
);

test('without the lock, what a living process may still make is left alone', async (context) => {
  const dataDir = emptyDir(context);
  const [alive, dead] = [`postgres.new-${process.pid}-a`, 'postgres.new-999999999-b'];
  for (const name of [alive, dead]) mkdirSync(join(dataDir, name));
  await clearHalfMade(dataDir, 'unknown');
  expect(readdirSync(dataDir)).toEqual([alive]);
  await clearHalfMade(dataDir, 'none');
  expect(readdirSync(dataDir)).toEqual([]);
});
