// What the spool asks of a file system: a door, so that a full or broken disk can be played in tests. Knows no items.
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
} from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that grows at its end. */
export interface SpoolFile {
  /** Resolves once the bytes are on the disk, in the file that others find under its path; rejects otherwise. */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface SpoolDisk {
  makeFolder(path: string): Promise<void>;
  /** Makes the folder when it is not there, and writes the time on it (wall clock, ms since 1970). */
  touch(path: string, epochMs: number): Promise<void>;
  /** When it was last touched or something came or went in it; undefined: it is not there. */
  touchedMs(path: string): Promise<number | undefined>;
  /** Names in it; none when it is not there. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Buffer>;
  /** A new file; rejects when there is one. */
  create(path: string): Promise<SpoolFile>;
  move(from: string, to: string): Promise<void>;
  /** Resolves once it cannot come back. */
  remove(path: string): Promise<void>;
  /** Only when it is empty. */
  removeFolder(path: string): Promise<void>;
  /** For a person to look at; kept up to a bound, no promise. */
  setAside(path: string, bytes: Uint8Array): Promise<void>;
}

/** Enough to see what happened to a disk. */
const SET_ASIDE_MAX_BYTES = 1_048_576;

/** Only our account reads what callers said. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const makeFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
};

export const realDisk: SpoolDisk = {
  makeFolder,
  async touch(path, epochMs) {
    await makeFolder(path);
    await utimes(path, epochMs / 1_000, epochMs / 1_000);
  },
  touchedMs: (path) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      (thrown: unknown) => {
        if (isMissing(thrown)) return undefined;
        throw thrown;
      },
    ),
  list: (path) =>
    readdir(path).catch((thrown: unknown) => {
      if (isMissing(thrown)) return [];
      throw thrown;
    }),
  read: (path) => readFile(path),
  create,
  move: rename,
  async remove(path) {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  },
  removeFolder: rmdir,
  async setAside(path, bytes) {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size + bytes.length <= SET_ASIDE_MAX_BYTES) await appendFile(path, bytes, { mode: FILE_MODE });
  },
};

export const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

async function create(path: string): Promise<SpoolFile> {
  const handle = await open(path, 'ax', FILE_MODE);
  try {
    const { ino } = await handle.stat();
    await syncFolder(dirname(path));
    return {
      async append(bytes) {
        await handle.appendFile(bytes);
        await handle.datasync();
        // Whoever took the file away reads it after that: what was in it before is read, what comes now perhaps not.
        if ((await stat(path)).ino !== ino) throw new Error(`${path} is another file now`);
      },
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** A name is on the disk once its folder is: fsync(2). */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
