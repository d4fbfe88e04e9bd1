// What dead processes left in the spool: their folders become ours, each by one atomic rename, so that two adopters never
// share one. Knows no items.
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { isMissing, type SpoolDisk } from './spool-disk.ts';
import { isOfPlace, type Owner } from '../process-owner.ts';

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
  readonly clock: Clock;
  readonly log: Log;
}

export interface Adopted {
  /** Oldest first. */
  readonly segments: readonly LeftSegment[];
  /** Whose they were: dead for certain, or silent for so long that they count as dead. */
  readonly dead: ReadonlySet<string>;
  /** Whose folder is there and shows life. */
  readonly living: ReadonlySet<string>;
  /** Why some stayed where they are, for now. */
  readonly trouble?: string;
}

export const SEGMENT = /^\d{15}-[\da-f]+\.ndjson$/;
const NEWLINE = 10;
/**
 * Of whom we cannot know whether they run, that is told by their folder: who lives touches it about each minute. To be
 * wrong costs repeats and order, never an item.
 */
const SILENT_FOR_MS = 10 * 60_000;

export const folderOf = ({ root, name, owner }: Place): string => join(root, `${name}-${owner.id}`);

/**
 * Shows that we live, and takes what the dead left. Never rejects: what cannot be taken now is there the next time; `said`
 * is the trouble of the last one, which is not said again.
 */
export async function adopt(
  place: Place,
  what: 'also our own' | 'of others' | 'nothing',
  said?: string,
): Promise<Adopted> {
  const { disk, root, log, clock } = place;
  const folder = folderOf(place);
  const files: string[] = [];
  const dead = new Set<string>();
  const living = new Set<string>();
  let trouble: string | undefined;
  try {
    await disk.touch(folder, clock.epochMs());
    if (what === 'also our own') files.push(...(await disk.list(folder)));
    for (const { claim, id } of what === 'nothing' ? [] : await claimDead(place, living)) {
      for (const file of await disk.list(claim)) {
        await disk.move(join(claim, file), join(folder, file));
        files.push(file);
      }
      await disk.removeFolder(claim);
      dead.add(id);
    }
  } catch (thrown) {
    trouble = messageOf(thrown);
  }
  const segments: LeftSegment[] = [];
  for (const file of files.filter((file) => SEGMENT.test(file)).sort())
    segments.push(...(await weigh(join(folder, file), place)));
  const items = segments.reduce((sum, segment) => sum + segment.items, 0);
  if (items > 0) log.info({ folder, items }, 'writes of an earlier process wait in the spool: they go first');
  if (trouble !== undefined && trouble !== said)
    log.error(
      { folder: root, reason: trouble },
      'the spool cannot be looked through: what earlier processes left there stays there. Make the folder writable: it is tried again each minute',
    );
  return { segments, dead, living, ...(trouble !== undefined && { trouble }) };
}

interface Claim {
  readonly claim: string;
  readonly id: string;
}

/** Folders under our name with a number behind: ours to empty, and found by the next one should we die over it. */
async function claimDead(place: Place, living: Set<string>): Promise<readonly Claim[]> {
  const { disk, root, name, owner } = place;
  const owned = new RegExp(`^${name}-(\\d+-\\d+(?:-[\\da-f]+)?)(?:\\.(\\d+))?$`);
  const folders = (await disk.list(root)).flatMap((folder) => {
    const [, id = '', part] = owned.exec(folder) ?? [];
    return id === '' ? [] : [{ folder, id, part }];
  });
  const mine = folders.filter(({ id, part }) => id === owner.id && part !== undefined);
  const claims: Claim[] = mine.map(({ folder, id }) => ({ claim: join(root, folder), id }));
  let part = Math.max(0, ...mine.map((each) => Number(each.part)));
  for (const { folder, id, part: claimed } of folders) {
    if (id === owner.id) continue;
    if (await countsAsAlive(id, join(root, folder), place)) {
      if (claimed === undefined) living.add(id);
      continue;
    }
    part += 1;
    const claim = `${folderOf(place)}.${part}`;
    try {
      await disk.move(join(root, folder), claim);
      claims.push({ claim, id });
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return claims;
}

/** Whether what is in that folder of that process is its own to write. Rejects when the folder cannot be looked at. */
export async function countsAsAlive(
  id: string,
  folder: string,
  { owner, disk, clock }: Pick<Place, 'owner' | 'disk' | 'clock'>,
): Promise<boolean> {
  if (isOfPlace(id, owner.id)) return owner.isAlive(id);
  // What it has claimed is as old as the dead one's that it was: life shows in the folder without a number behind.
  const touchedMs = (await disk.touchedMs(folder.replace(/\.\d+$/, ''))) ?? (await disk.touchedMs(folder));
  return touchedMs === undefined || clock.epochMs() - touchedMs < SILENT_FOR_MS;
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
