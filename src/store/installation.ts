// The installation: what all processes on one DATA_DIR are together, by a name that is kept there.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isMissing } from './spool/spool-disk.ts';

/** Never rejects: what cannot be kept (a full disk, a folder that cannot be written) is a name for this run alone. */
export async function installationName(dataDir: string, log: Log): Promise<string> {
  const folder = resolve(dataDir);
  try {
    await mkdir(folder, { recursive: true });
    // A name that is there is never changed, so an empty file (a disk that was full) is passed by, by everyone alike.
    for (let n = 0; ; n += 1) {
      const file = join(folder, n === 0 ? 'node' : `node-${n}`);
      const name = (await nameIn(file)) ?? (await keepName(file));
      if (name !== '') return name;
    }
  } catch (thrown) {
    log.warn(
      { folder, reason: messageOf(thrown) },
      'the name of this installation cannot be kept: this run has one of its own, and if it is killed, its calls stay in progress for a day. Make the folder writable and give it room, then restart',
    );
    return randomUUID();
  }
}

/** Undefined: no such file. */
const nameIn = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    (thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    },
  );

/** Whole or not at all, and of several at once the first: link(2) never replaces. */
async function keepName(file: string): Promise<string> {
  const beside = `${file}.${randomUUID()}`;
  try {
    const handle = await open(beside, 'wx');
    try {
      await handle.writeFile(`${randomUUID()}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(beside, file).catch((thrown: unknown) => {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    });
  } finally {
    await rm(beside, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}
