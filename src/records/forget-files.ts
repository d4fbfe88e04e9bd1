// A phone number in the files of the data folder: removed from what dead processes left in the spool, and looked for in
// everything else. Does not look into the database's own files.
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Database } from '../store/database.ts';
import { processOwner } from '../store/process-owner.ts';
import { countsAsAlive } from '../store/spool/spool-adoption.ts';
import { realDisk } from '../store/spool/spool-disk.ts';
import { TRACE_CHARACTERS_AT_MOST, type Traces } from './number-traces.ts';

export interface InFiles {
  readonly spooled: number;
  readonly leftIn: readonly string[];
}

/** As spools name the folders of processes and the files in them. */
const SPOOL_FOLDER = /-(\d+-\d+(?:-[\da-f]+)?)(?:\.\d+)?$/;
const SEGMENT = /\.ndjson$/;
const WRITTEN_LATER =
  'the process it belongs to writes it to the database, or a later start does: run forget again then';

/** `forgotten`: calls that were deleted, whose every line goes. Rejects only when the data folder cannot be listed. */
export async function forgetInFiles(
  dataDir: string,
  size: Database['size'],
  forgotten: ReadonlySet<string>,
  traces: Traces,
  clock: Clock,
): Promise<InFiles> {
  const databaseDir = resolve(dataDir, 'postgres');
  const paths = await filesIn(resolve(dataDir), databaseDir);
  const leftIn: string[] = [];
  if (size === 'server' && paths.includes(databaseDir))
    leftIn.push(`${databaseDir}: an embedded database that is not in use; nobody has looked into it`);

  const spool = resolve(dataDir, 'spool');
  const segments = await deadSegments(spool, clock);
  const ids = new Set([...forgotten, ...(await callsOf(segments, traces))]);
  let spooled = 0;
  for (const path of segments)
    spooled += await forgetInSegment(path, ids, traces).catch((thrown: unknown) => {
      leftIn.push(`${path}: ${messageOf(thrown)}`);
      return 0;
    });
  for (const path of paths) {
    if (path === databaseDir || leftIn.some((left) => left.startsWith(`${path}:`))) continue;
    const why = traces.blank(path) === path ? await holds(path, traces) : 'its name';
    if (why === undefined) continue;
    const isWaiting = SEGMENT.test(path) && dirname(dirname(path)) === spool && !segments.includes(path);
    leftIn.push(`${path}: ${why}${isWaiting ? `; ${WRITTEN_LATER}` : ''}`);
  }
  return { spooled, leftIn };
}

/** The database's folder stands for all that is in it. Links are not followed. */
async function filesIn(dir: string, databaseDir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory() && path !== databaseDir) found.push(...(await filesIn(path, databaseDir)));
    else found.push(path);
  }
  return found.sort();
}

async function deadSegments(spool: string, clock: Clock): Promise<readonly string[]> {
  const here = { owner: await processOwner(), disk: realDisk, clock };
  const segments: string[] = [];
  for (const folder of await readdir(spool).catch(() => [])) {
    const owner = SPOOL_FOLDER.exec(folder)?.[1];
    if (owner === undefined || (await countsAsAlive(owner, join(spool, folder), here).catch(() => true)))
      continue;
    const files = await readdir(join(spool, folder)).catch(() => []);
    segments.push(...files.filter((file) => SEGMENT.test(file)).map((file) => join(spool, folder, file)));
  }
  return segments;
}

interface Line {
  readonly text: string;
  /** Undefined: it is no JSON. */
  readonly item: unknown;
}

async function linesOf(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return { text: line, item: JSON.parse(line) as unknown };
      } catch {
        return { text: line, item: undefined };
      }
    });
}

const field = (item: unknown, name: string): unknown =>
  item !== null && typeof item === 'object' ? (item as Readonly<Record<string, unknown>>)[name] : undefined;

/** Calls of that number which the database does not know yet. */
async function callsOf(segments: readonly string[], { isParty }: Traces): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const path of segments)
    for (const { item } of await linesOf(path).catch(() => [])) {
      const id = field(item, 'callId');
      const parties = ['callId', 'from', 'to'].map((name) => field(item, name));
      if (typeof id === 'string' && parties.some((party) => typeof party === 'string' && isParty(party)))
        ids.push(id);
    }
  return ids;
}

/** How many lines were removed or changed. The new file takes the old one's place whole. */
async function forgetInSegment(path: string, ids: ReadonlySet<string>, traces: Traces): Promise<number> {
  let changed = 0;
  const kept: string[] = [];
  for (const { text, item } of await linesOf(path)) {
    const blanked = item === undefined ? undefined : JSON.stringify(traces.blankJson(item));
    const isOfCall = ids.has(String(field(item, 'callId')));
    const isClean = blanked === undefined ? traces.blank(text) === text : blanked === JSON.stringify(item);
    if (isClean && !isOfCall) {
      kept.push(text);
      continue;
    }
    changed += 1;
    if (blanked !== undefined && !isOfCall) kept.push(blanked);
  }
  if (changed === 0) return 0;
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(kept.map((line) => `${line}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await (kept.length > 0 ? rename(next, path) : Promise.all([rm(next), rm(path)]));
  return changed;
}

/** Why it is left there; undefined: it is not in it. Backups are compressed. */
async function holds(path: string, { blank }: Traces): Promise<string | undefined> {
  const search = async (chunks: AsyncIterable<Buffer>): Promise<boolean> => {
    // A character may lie across two chunks.
    const decoder = new TextDecoder();
    let tail = '';
    let isFound = false;
    for await (const chunk of chunks) {
      const text = tail + decoder.decode(chunk, { stream: true });
      isFound ||= blank(text) !== text;
      tail = text.slice(-TRACE_CHARACTERS_AT_MOST);
    }
    return isFound;
  };
  try {
    const isCompressed = await isGzip(path);
    const file = createReadStream(path);
    const isFound = await (isCompressed ? pipeline(file, createGunzip(), search) : pipeline(file, search));
    return isFound ? 'it holds the number' : undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : `it could not be searched: ${messageOf(thrown)}`;
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}
