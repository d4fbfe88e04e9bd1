// What becomes of sound that the disk does not take as it comes.
import { expect, test } from 'vitest';
import { Writer, type SoundFile } from '../../../src/records/recording/writer.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class SlowFile implements SoundFile {
  readonly written: number[] = [];
  closedWith: number | undefined;
  #go: (() => void)[] = [];
  isStuck = false;
  fails: Error | undefined;

  async write(bytes: Uint8Array): Promise<void> {
    if (this.fails) throw this.fails;
    if (this.isStuck) await new Promise<void>((resolve) => this.#go.push(resolve));
    this.written.push(...bytes);
  }

  close(soundBytes: number): Promise<void> {
    this.closedWith = soundBytes;
    return Promise.resolve();
  }

  letGo(): void {
    this.isStuck = false;
    for (const go of this.#go.splice(0)) go();
  }
}

function rig(maxWaitingBytes?: number) {
  const file = new SlowFile();
  const told: string[] = [];
  let bytes = 0;
  const writer = new Writer({
    open: () => Promise.resolve(file),
    ...(maxWaitingBytes !== undefined && { maxWaitingBytes }),
    onSlow: () => void told.push('slow'),
    onFailed: (thrown) => void told.push(`failed: ${(thrown as Error).message}`),
    onWritten: (some) => (bytes += some),
  });
  return { file, told, writer, bytes: () => bytes };
}

const sound = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);

test('all that comes is written, in order, with the silence between', async () => {
  const { file, writer, told, bytes } = rig();
  writer.sound(sound(1, 4));
  writer.silence(3);
  writer.sound(sound(2, 2));
  expect(await writer.close()).toEqual({ soundBytes: 12, lostBytes: 0 });
  expect(file.written).toEqual([1, 1, 1, 1, ...sound(0xff, 6), 2, 2]);
  expect(file.closedWith).toBe(12);
  expect(told).toEqual([]);
  expect(bytes()).toBe(12);
});

test('a slow disk loses sound and not its place; whoever brings it never waits, and is told once', async () => {
  const { file, writer, told } = rig(8);
  file.isStuck = true;
  await turn();
  writer.sound(sound(1, 4));
  writer.sound(sound(2, 4));
  writer.sound(sound(3, 4));
  writer.sound(sound(4, 4));
  expect(told).toEqual(['slow']);
  file.letGo();
  await turn();
  await turn();
  writer.sound(sound(5, 4));
  expect(await writer.close()).toEqual({ soundBytes: 20, lostBytes: 8 });
  expect(file.written).toEqual([...sound(1, 4), ...sound(2, 4), ...sound(0xff, 8), ...sound(5, 4)]);
});

test('a disk that refuses ends the recording, and not the call', async () => {
  const { file, writer, told } = rig();
  writer.sound(sound(1, 4));
  await turn();
  await turn();
  file.fails = new Error('ENOSPC');
  writer.sound(sound(2, 4));
  await turn();
  await turn();
  writer.sound(sound(3, 4));
  expect(await writer.close()).toEqual({ soundBytes: 4, lostBytes: 8 });
  expect(told).toEqual(['failed: ENOSPC']);
  expect(file.closedWith).toBe(4);
});

test('where no file can be opened there is none', async () => {
  const told: unknown[] = [];
  const writer = new Writer({
    open: () => Promise.reject(new Error('EACCES')),
    onSlow: () => undefined,
    onFailed: (thrown) => void told.push(thrown),
    onWritten: () => undefined,
  });
  writer.sound(sound(1, 4));
  expect(await writer.close()).toEqual({ soundBytes: undefined, lostBytes: 4 });
  expect(told).toHaveLength(1);
});
