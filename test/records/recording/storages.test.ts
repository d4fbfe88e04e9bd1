// Both storages keep the rules of the contract; and what becomes of a recording whose storage is ill.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDiskStorage } from '../../../src/records/recording/disk-storage.ts';
import { RecordingFolder } from '../../../src/records/recording/folder.ts';
import { createS3Storage } from '../../../src/records/recording/s3-storage.ts';
import { recordingStorageContract } from '../../contracts/recording-storage.contract.ts';
import { S3Server } from '../../doubles/s3-server.ts';

recordingStorageContract('the disk', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'liveline-disk-'));
  return {
    storage: createDiskStorage(new RecordingFolder(dir), 'here'),
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
});

recordingStorageContract('S3', async () => {
  const server = await S3Server.start();
  const storage = createS3Storage(server.settings);
  return {
    storage,
    dispose: async () => {
      storage.close();
      await server.close();
    },
  };
});

test('S3: an object is named by its call, below the prefix, in the path of the bucket', async () => {
  const server = await S3Server.start();
  const storage = createS3Storage(server.settings);
  await storage.remove('CA1', new AbortController().signal);
  expect(server.asked).toEqual(['DELETE /recordings/calls/CA1.wav']);
  storage.close();
  await server.close();
});

test('S3: what fails fails at once, and is not sent a second time behind our back', async () => {
  const server = await S3Server.start();
  const storage = createS3Storage(server.settings);
  server.failing = 1;
  await expect(storage.size('CA1', new AbortController().signal)).rejects.toThrow();
  expect(server.asked).toHaveLength(1);
  storage.close();
  await server.close();
});

test('S3: nobody waits longer for a slow one than they like', async () => {
  const server = await S3Server.start();
  const storage = createS3Storage(server.settings);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.slow = promise.then(() => undefined);
  const stop = new AbortController();
  const asked = storage.size('CA1', stop.signal);
  stop.abort();
  await expect(asked).rejects.toThrow();
  resolve(undefined);
  storage.close();
  await server.close();
});
