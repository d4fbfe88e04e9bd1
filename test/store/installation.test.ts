// The name of an installation: one for all, whatever becomes of the disk.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { installationName } from '../../src/store/installation.ts';
import { recordingLog } from '../live/gemini/recording-log.ts';

const NAME = /^[0-9a-f-]{36}$/;
const { log, lines } = recordingLog();
beforeEach(() => {
  lines.length = 0;
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'liveline-node-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const namesOf = (dir: string): Promise<string[]> =>
  Promise.all(Array.from({ length: 8 }, () => installationName(dir, log)));

test('it is made once, whoever comes first, and kept', async () => {
  for (let round = 0; round < 20; round += 1) {
    const dir = join(await folder(), 'data');
    const [first, ...others] = new Set(await namesOf(dir));
    expect(others).toEqual([]);
    expect(first).toMatch(NAME);
    expect(await installationName(dir, log)).toBe(first);
    expect(await readdir(dir)).toEqual(['node']);
  }
  expect(lines).toEqual([]);
});

test('a file that a full disk left empty is no name, for nobody', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'node'), '');
  const [first, ...others] = new Set(await namesOf(dir));
  expect(others).toEqual([]);
  expect(first).toMatch(NAME);
  expect((await readFile(join(dir, 'node-1'), 'utf8')).trim()).toBe(first);
});

test('the name of an older start stands', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'node'), 'old');
  expect(await installationName(dir, log)).toBe('old');
});

test.each<[string, (dir: string) => Promise<string>]>([
  ['a file in place of the folder', (dir) => writeFile(join(dir, 'data'), '').then(() => join(dir, 'data'))],
  ['a folder in place of the name', (dir) => mkdir(join(dir, 'node')).then(() => dir)],
  ['a file system that takes nothing', () => Promise.resolve('/proc/self')],
])('where it cannot be kept, this run has its own, and it is said: %s', async (_, make) => {
  const dir = await make(await folder());
  const names = [await installationName(dir, log), await installationName(dir, log)];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(NAME);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ folder: dir });
  expect(lines[0]?.msg).toContain('Make the folder writable');
});
