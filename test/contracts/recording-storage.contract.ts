// The rules that every storage of recordings keeps, run against each by the tests that hand in a rig.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { RecordingStorage } from '../../src/records/recording/storage.ts';

export interface StorageRig {
  readonly storage: RecordingStorage;
  dispose(): Promise<void>;
}

const SOUND = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
const never = new AbortController().signal;

export function recordingStorageContract(name: string, open: () => Promise<StorageRig>): void {
  const rule = (title: string, body: (storage: RecordingStorage, put: Put) => Promise<void>): void =>
    test(title, async () => {
      const rig = await open();
      const dir = await mkdtemp(join(tmpdir(), 'liveline-storage-'));
      const put: Put = async (id, sound = SOUND) => {
        const path = join(dir, randomUUID());
        await writeFile(path, sound);
        await rig.storage.put(id, path, never);
      };
      try {
        await body(rig.storage, put);
      } finally {
        await rm(dir, { recursive: true, force: true });
        await rig.dispose();
      }
    });

  describe(`a storage of recordings: ${name}`, () => {
    rule('[ST1] has a name, by which it is found again', async (storage) => {
      expect(storage.name).toMatch(/^(?:disk|s3):/);
      await Promise.resolve();
    });

    rule('[ST2] gives back what was put, whole and in part', async (storage, put) => {
      await put('CA1');
      expect(await storage.size('CA1', never)).toBe(SOUND.length);
      const whole = await buffer(await storage.read('CA1', 0, SOUND.length - 1, never));
      expect(whole.equals(SOUND)).toBe(true);
      const part = await buffer(await storage.read('CA1', 1_000, 1_999, never));
      expect(part.equals(SOUND.subarray(1_000, 2_000))).toBe(true);
      const one = await buffer(await storage.read('CA1', 5, 5, never));
      expect([...one]).toEqual([SOUND[5]]);
    });

    rule('[ST3] has no size for what is not there', async (storage, put) => {
      await put('CA1');
      expect(await storage.size('CA2', never)).toBeUndefined();
    });

    rule('[ST4] takes the same once more', async (storage, put) => {
      await put('CA1');
      await put('CA1');
      expect(await storage.size('CA1', never)).toBe(SOUND.length);
    });

    rule('[ST5] is content when its file is gone, as it was put before', async (storage, put) => {
      await put('CA1');
      await storage.put('CA1', '/nowhere/CA1.wav', never);
      expect(await storage.size('CA1', never)).toBe(SOUND.length);
    });

    rule('[ST6] refuses what is nowhere', async (storage) => {
      await expect(storage.put('CA1', '/nowhere/CA1.wav', never)).rejects.toThrow();
    });

    rule('[ST7] removes, and removes what is not there', async (storage, put) => {
      await put('CA1');
      await put('CA2');
      await storage.remove('CA1', never);
      await storage.remove('CA1', never);
      expect(await storage.size('CA1', never)).toBeUndefined();
      expect(await storage.size('CA2', never)).toBe(SOUND.length);
    });
  });
}

type Put = (id: string, sound?: Buffer) => Promise<void>;
