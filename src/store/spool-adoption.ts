// What dead processes left in the spool: their folders become ours, each by one atomic rename, so that two adopters never
// share one. Knows no items.
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isMissing, type SpoolDisk } from './spool-disk.ts';
import type { Owner } from './process-owner.ts';

export interface LeftSegment {
  readonly path: string;
  /** Of its whole lines. */
  readonly bytes: number;
  readonly items: number;
}

export interface Place {
  readonly disk: SpoolDisk;
  readonly root: string;
  readonly name: string;
  readonly owner: Owner;
  readonly log: Log;
}

export const SEGMENT = /^\d{15}-[\da-f]+\.ndjson$/;
const NEWLINE = 10;

export const folderOf = ({ root, name, owner }: Place): string => join(root, `${name}-${owner.id}`);

/** Oldest first; never rejects: what cannot be taken now is there for the next start. */
export async function adopt(place: Place): Promise<readonly LeftSegment[]> {
  const { disk, root, log } = place;
  try {
    const folder = folderOf(place);
    await disk.makeFolder(folder);
    const claims = await claimDead(place);
    for (const claim of claims) {
      for (const file of await disk.list(claim)) await disk.move(join(claim, file), join(folder, file));
      await disk.removeFolder(claim);
    }
    const files = (await disk.list(folder)).filter((file) => SEGMENT.test(file)).sort();
    const found: LeftSegment[] = [];
    for (const file of files) found.push(...(await weigh(join(folder, file), place)));
    const items = found.reduce((sum, segment) => sum + segment.items, 0);
    if (items > 0)
      log.info({ folder, items }, 'writes of an earlier process wait in the spool: they go first');
    return found;
  } catch (thrown) {
    log.error(
      { folder: root, reason: messageOf(thrown) },
      'the spool cannot be looked through: what an earlier process left there stays there. Make the folder writable, then restart',
    );
    return [];
  }
}

/** Folders under our name with a number behind: ours to empty, and found by the next one should we die over it. */
async function claimDead(place: Place): Promise<readonly string[]> {
  const { disk, root, name, owner } = place;
  const owned = new RegExp(`^${name}-(\\d+-\\d+)(?:\\.(\\d+))?$`);
  const folders = (await disk.list(root)).flatMap((folder) => {
    const [, id = '', part] = owned.exec(folder) ?? [];
    return id === '' ? [] : [{ folder, id, part }];
  });
  const mine = folders.filter(({ id, part }) => id === owner.id && part !== undefined);
  const claims = mine.map(({ folder }) => join(root, folder));
  let part = Math.max(0, ...mine.map((each) => Number(each.part)));
  for (const { folder, id } of folders) {
    if (id === owner.id || (await owner.isAlive(id))) continue;
    part += 1;
    const claim = `${folderOf(place)}.${part}`;
    try {
      await disk.move(join(root, folder), claim);
      claims.push(claim);
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return claims;
}

async function weigh(path: string, { disk, log }: Place): Promise<readonly LeftSegment[]> {
  try {
    const content = await disk.read(path);
    const bytes = content.lastIndexOf(NEWLINE) + 1;
    if (bytes < content.length)
      log.warn(
        { file: path, bytes: content.length - bytes },
        'the process died while it wrote the last line of this spool file: that line was never acknowledged, and is dropped',
      );
    let items = 0;
    for (let at = content.indexOf(NEWLINE); at >= 0; at = content.indexOf(NEWLINE, at + 1)) items += 1;
    if (items > 0) return [{ path, bytes, items }];
    await disk.remove(path);
  } catch (thrown) {
    log.error(
      { file: path, reason: messageOf(thrown) },
      'a spool file cannot be read and stays where it is: look after the disk, then restart',
    );
  }
  return [];
}
