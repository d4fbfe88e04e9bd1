// Recordings that stay in the data folder of this installation.
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RecordingFolder } from './folder.ts';
import type { RecordingStorage } from './storage.ts';

const DISK = 'disk:';

export const diskName = (installation: string): string => `${DISK}${installation}`;
export const isDisk = (place: string): boolean => place.startsWith(DISK);
/** In whose DATA_DIR it is. */
export const installationOf = (place: string): string => place.slice(DISK.length);

/** `installation`: whose DATA_DIR the folder is in. */
export const createDiskStorage = (folder: RecordingFolder, installation: string): RecordingStorage => ({
  name: diskName(installation),
  async put(id, path) {
    const to = folder.soundPath(id);
    if (path === to) return;
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(path, to).catch(async (thrown: unknown) => {
      if ((await folder.size(id)) === undefined) throw thrown;
    });
  },
  size: (id) => folder.size(id),
  read: (id, from, to) => Promise.resolve(folder.read(id, from, to)),
  remove: (id) => folder.remove(id),
});
