// Changes of profile files: noticed once they are whole, and once only.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { lookOf, watch } from '../../src/agents/watch.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function watching() {
  const clock = new ManualClock();
  const files: {
    look: string | Error | Promise<string>;
    looks: number;
    changes: number;
    why: string[];
    during: Promise<unknown>;
    became: 'taken' | 'failed';
  } = { look: 'a', looks: 0, changes: 0, why: [], during: Promise.resolve(), became: 'taken' };
  const stop = watch({
    look: () => {
      files.looks += 1;
      return files.look instanceof Error ? Promise.reject(files.look) : Promise.resolve(files.look);
    },
    known: 'a',
    read: async (why) => {
      files.changes += 1;
      files.why.push(why);
      await files.during;
      return files.became;
    },
    clock,
    everyMs: 1_000,
  });
  const look = async (): Promise<number> => {
    clock.advance(1_000);
    await setImmediate();
    return files.changes;
  };
  return { files, look, stop, clock };
}

describe('watching', () => {
  test('nothing changes, nothing is read', async () => {
    const { look } = watching();
    for (let n = 0; n < 5; n += 1) expect(await look()).toBe(0);
  });

  test('a change is read once it was left alone for one look, and once', async () => {
    const { files, look } = watching();
    files.look = 'b';
    expect(await look()).toBe(0);
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
  });

  test('a file that is still being written is waited for', async () => {
    const { files, look } = watching();
    for (const text of ['b', 'bc', 'bcd']) {
      files.look = text;
      expect(await look()).toBe(0);
    }
    expect(await look()).toBe(1);
  });

  test('what is taken back before it was read was no change', async () => {
    const { files, look } = watching();
    files.look = 'b';
    await look();
    files.look = 'a';
    expect(await look()).toBe(0);
    expect(await look()).toBe(0);
  });

  test('a folder that is gone is read, which says why, and read again when it is back', async () => {
    const { files, look } = watching();
    files.look = new Error('gone');
    await look();
    expect(await look()).toBe(1);
    files.look = 'a';
    await look();
    expect(await look()).toBe(2);
  });

  test('while one change is being read no other is', async () => {
    const { files, look, clock } = watching();
    const reading = Promise.withResolvers<undefined>();
    files.during = reading.promise;
    files.look = 'b';
    await look();
    await look();
    files.look = 'c';
    expect(await look()).toBe(1);
    expect(clock.pending).toBe(0);
    reading.resolve(undefined);
    await look();
    await look();
    expect(await look()).toBe(2);
  });

  test('what could not be read is read again every 30 s, until it can be', async () => {
    const { files, look } = watching();
    const passing = async (seconds: number): Promise<string[]> => {
      files.why = [];
      for (let n = 0; n < seconds; n += 1) await look();
      return files.why;
    };
    files.became = 'failed';
    files.look = 'b';
    expect(await passing(2)).toEqual(['changed']);
    expect(await passing(29)).toEqual([]);
    expect(await passing(1)).toEqual(['failed-before']);
    expect(await passing(30)).toEqual(['failed-before']);
    files.became = 'taken';
    expect(await passing(30)).toEqual(['failed-before']);
    expect(await passing(60)).toEqual([]);
  });

  test('a look that hangs is one that cannot be read, is waited for alone, and goes on when it is answered', async () => {
    const { files, look, stop, clock } = watching();
    const answer = Promise.withResolvers<string>();
    files.look = answer.promise;
    files.became = 'failed';
    for (let n = 0; n < 200; n += 1) await look();
    expect(files).toMatchObject({ looks: 1, why: ['changed'] });
    files.look = 'b';
    files.became = 'taken';
    answer.resolve('b');
    for (let n = 0; n < 3; n += 1) await look();
    expect(files.why).toEqual(['changed', 'changed']);
    stop();
    await look();
    expect(clock.pending).toBe(0);
  });

  test('stopped while a look hangs: no timer is left', async () => {
    const { files, look, stop, clock } = watching();
    files.look = Promise.withResolvers<string>().promise;
    await look();
    stop();
    expect(clock.pending).toBe(0);
    expect(await look()).toBe(0);
  });

  test('once stopped it looks no more', async () => {
    const { files, look, stop, clock } = watching();
    files.look = 'b';
    stop();
    expect(await look()).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

test('a folder looks different after each change in it, and the same without one', async ({
  onTestFinished,
}) => {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-watch-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'desk.yaml');
  const seen = [await lookOf(dir)];
  const change = async (what: () => void): Promise<void> => {
    what();
    const now = await lookOf(dir);
    expect(seen).not.toContain(now);
    expect(await lookOf(dir)).toBe(now);
    seen.push(now);
  };
  await change(() => writeFileSync(file, 'name: Desk'));
  await change(() => writeFileSync(file, 'name: Front desk'));
  // As editors save: beside, then renamed over it; the same length.
  await change(() => {
    writeFileSync(`${file}.new`, 'name: Front mesk');
    renameSync(`${file}.new`, file);
  });
  await change(() => symlinkSync('nowhere', join(dir, 'broken.yaml')));
  await change(() => rmSync(file));

  const elsewhere = mkdtempSync(join(tmpdir(), 'liveline-sounds-'));
  onTestFinished(() => rmSync(elsewhere, { recursive: true }));
  const sound = join(elsewhere, 'hold.wav');
  const without = await lookOf(dir);
  writeFileSync(join(dir, 'notes.txt'), 'a note');
  writeFileSync(join(dir, '.desk.yaml.swp'), 'half');
  mkdirSync(join(dir, 'node_modules'));
  expect(await lookOf(dir), 'what is no profile is nobody’s business').toBe(without);
  const missing = await lookOf(dir, [sound]);
  writeFileSync(sound, 'RIFF');
  const first = await lookOf(dir, [sound]);
  writeFileSync(sound, 'RIFFRIFF');
  expect(new Set([without, missing, first, await lookOf(dir, [sound])]).size).toBe(4);
});
