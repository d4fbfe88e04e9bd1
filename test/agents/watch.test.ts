// Changes of profile files: noticed once they are whole, and once only.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookOf, watch } from '../../src/agents/watch.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function watching() {
  const clock = new ManualClock();
  const files: { look: string | Error; changes: number; during: Promise<unknown> } = {
    look: 'a',
    changes: 0,
    during: Promise.resolve(),
  };
  const stop = watch({
    look: () => (files.look instanceof Error ? Promise.reject(files.look) : Promise.resolve(files.look)),
    known: 'a',
    changed: async () => {
      files.changes += 1;
      await files.during;
    },
    clock,
    everyMs: 1_000,
  });
  const look = async (): Promise<number> => {
    clock.advance(1_000);
    for (let n = 0; n < 10; n += 1) await Promise.resolve();
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
  await change(() => {
    mkdirSync(join(dir, 'sounds'));
    writeFileSync(join(dir, 'sounds', 'hello.wav'), 'RIFF');
  });
  await change(() => symlinkSync('nowhere', join(dir, 'broken.yaml')));
  await change(() => rmSync(file));
});
