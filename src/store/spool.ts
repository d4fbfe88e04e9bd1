// The spool: writes that wait on disk, in order, as lines of JSON in files of a few megabytes, in a folder of this process
// alone. A file goes once all of it was retired. Knows no database; one caller at a time.
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { adopt, folderOf, type Place } from './spool-adoption.ts';
import { decode, encode } from './spool-lines.ts';
import { isMissing, realDisk, type SpoolDisk, type SpoolFile } from './spool-disk.ts';
import { processOwner, type Owner } from './process-owner.ts';

export interface SpoolOptions {
  /** `DATA_DIR/spool`; made when it is not there. */
  readonly dir: string;
  /** Of what is in it: a later process adopts what a dead one left under the same name. Letters only. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** 64 MB when absent. */
  readonly maxBytes?: number;
  /** A file that has so many bytes is followed by another; 4 MB when absent. */
  readonly segmentBytes?: number;
  readonly disk?: SpoolDisk;
  readonly owner?: Owner;
}

/** So many from the front are safe; `why` the next one is not, if so. */
export interface Appended {
  readonly taken: number;
  readonly why?: 'full' | 'unwritable' | 'unserialisable';
}

interface Reading {
  readonly content: Buffer;
  at: number;
}

interface Segment {
  readonly path: string;
  bytes: number;
  /** Not yet retired. */
  items: number;
}

const MAX_BYTES = 64 * 1_048_576;
const SEGMENT_BYTES = 4 * 1_048_576;
/** Never rejects: while the folder cannot be written, nothing is taken, and calls go on. */
export async function openSpool<Item>(options: SpoolOptions): Promise<Spool<Item>> {
  const { dir, name, log, disk = realDisk } = options;
  const place: Place = { disk, root: dir, name, log, owner: options.owner ?? (await processOwner()) };
  return new Spool<Item>(options, place, await adopt(place));
}

export class Spool<Item> {
  readonly folder: string;
  readonly #place: Place;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  /** Of the last segment, while it may grow. */
  #file: SpoolFile | undefined;
  /** Of the first segment. */
  #reading: Reading | undefined;
  /** What `next` gave and nobody retired yet; `ends[i]`: where the line of `items[i]` ends. */
  #batch: { items: Item[]; ends: number[] } = { items: [], ends: [] };
  #items: number;
  #corrupt = 0;
  #trouble: string | undefined;
  #lastName = 0;

  /** Through `openSpool`. */
  constructor(options: SpoolOptions, place: Place, left: readonly Segment[]) {
    this.folder = folderOf(place);
    this.#place = place;
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#segments = left.map((segment) => ({ ...segment }));
    this.#items = left.reduce((sum, { items }) => sum + items, 0);
    this.#lastName = Number(basename(left.at(-1)?.path ?? '0').split('-')[0]);
  }

  /** Not yet retired. */
  get items(): number {
    return this.#items;
  }

  /** On disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Lines that were safe and cannot be read any more. */
  get corrupt(): number {
    return this.#corrupt;
  }

  /** Why it takes nothing more, in words for the log; undefined: it takes. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Safe (fdatasync) once resolved: the first `taken` of them. Never rejects. */
  async append(items: readonly Item[]): Promise<Appended> {
    const { content, count, why } = await encode(items, this.#maxBytes - this.bytes);
    this.#trouble = why === 'full' ? `the spool holds its ${this.#maxBytes} bytes` : undefined;
    try {
      if (count > 0) await this.#write(content, count);
    } catch (thrown) {
      this.#trouble = `the spool cannot be written: ${messageOf(thrown)}`;
      return { taken: 0, why: 'unwritable' };
    }
    return why === undefined ? { taken: count } : { taken: count, why };
  }

  /** The oldest, up to so many and about so many bytes; again and again the same until they are retired. Never rejects. */
  async next(maxItems: number, maxBytes: number): Promise<readonly Item[]> {
    while (this.#batch.items.length === 0) {
      const segment = this.#segments[0];
      if (!segment) return [];
      if (this.#segments.length === 1) await this.#seal();
      this.#reading ??= await this.#read(segment);
      if (!this.#reading) continue;
      await this.#parse(segment, this.#reading, maxItems, maxBytes);
    }
    return this.#batch.items;
  }

  /** So many of what `next` gave, from its front, need not be kept any more. Never rejects. */
  async retire(count: number): Promise<void> {
    const end = this.#batch.ends[count - 1];
    const segment = this.#segments[0];
    if (end === undefined || !this.#reading || !segment) return;
    this.#batch = { items: this.#batch.items.slice(count), ends: this.#batch.ends.slice(count) };
    this.#reading.at = end;
    this.#items -= count;
    segment.items -= count;
    if (end >= segment.bytes) await this.#finish(segment);
  }

  /** What is in it stays for the next process. */
  async close(): Promise<void> {
    await this.#seal();
    if (this.#segments.length === 0) await this.#place.disk.removeFolder(this.folder).catch(() => undefined);
  }

  async #write(content: Buffer, items: number): Promise<void> {
    if ((this.#segments.at(-1)?.bytes ?? 0) >= this.#segmentBytes) await this.#seal();
    const fresh = this.#file ? undefined : await this.#begin();
    const segment = fresh ?? this.#segments.at(-1)!;
    try {
      await this.#file?.append(content);
    } catch (thrown) {
      // After a failed sync nobody knows what the file holds behind the part that was safe (fsync(2)): it grows no more.
      await this.#seal();
      if (fresh) await this.#place.disk.remove(fresh.path).catch(() => undefined);
      throw thrown;
    }
    if (fresh) this.#segments.push(fresh);
    segment.bytes += content.length;
    segment.items += items;
    this.#items += items;
  }

  /** Names sort by age, also when the wall clock goes back, and are nobody else's. */
  async #begin(): Promise<Segment> {
    this.#lastName = Math.max(Math.floor(this.#clock.epochMs()), this.#lastName + 1);
    const name = `${String(this.#lastName).padStart(15, '0')}-${randomBytes(6).toString('hex')}.ndjson`;
    const path = join(this.folder, name);
    await this.#place.disk.makeFolder(this.folder);
    this.#file = await this.#place.disk.create(path);
    return { path, bytes: 0, items: 0 };
  }

  async #seal(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  /** Undefined: it cannot be read, and is out of the way. */
  async #read(segment: Segment): Promise<Reading | undefined> {
    const { disk, log } = this.#place;
    try {
      return { content: (await disk.read(segment.path)).subarray(0, segment.bytes), at: 0 };
    } catch (thrown) {
      this.#segments.shift();
      this.#items -= segment.items;
      const facts = { file: segment.path, items: segment.items, reason: messageOf(thrown) };
      if (isMissing(thrown)) {
        log.warn(facts, 'a spool file was taken by another process, which writes its items');
      } else {
        this.#corrupt += segment.items;
        log.error(
          facts,
          'a spool file cannot be read and stays where it is: look after the disk, then restart',
        );
      }
      return undefined;
    }
  }

  async #parse(segment: Segment, from: Reading, maxItems: number, maxBytes: number): Promise<void> {
    const { items, ends, corrupt, end } = decode<Item>(from.content, from.at, maxItems, maxBytes);
    this.#batch = { items, ends };
    if (corrupt.length > 0) await this.#setAside(segment, corrupt);
    // A file that has become shorter than it was ends where it ends.
    if (end === from.at) segment.bytes = end;
    if (items.length > 0) return;
    from.at = end;
    if (end >= segment.bytes) await this.#finish(segment);
  }

  async #setAside(segment: Segment, lines: readonly Buffer[]): Promise<void> {
    const { disk, root, name, log } = this.#place;
    this.#items -= lines.length;
    segment.items -= lines.length;
    this.#corrupt += lines.length;
    const file = join(root, `${name}.corrupt`);
    await disk.setAside(file, Buffer.concat(lines)).catch(() => undefined);
    log.error(
      { file: segment.path, lines: lines.length, setAsideIn: file },
      'lines of a spool file cannot be read: these writes are lost, the rest is used. Look after the disk',
    );
  }

  async #finish(segment: Segment): Promise<void> {
    const { disk, log } = this.#place;
    this.#segments.shift();
    this.#reading = undefined;
    if (segment.items > 0) {
      this.#items -= segment.items;
      this.#corrupt += segment.items;
      log.error(
        { file: segment.path, items: segment.items },
        'a spool file is shorter than it was: these writes are lost. Look after the disk',
      );
    }
    await disk
      .remove(segment.path)
      .catch((thrown: unknown) =>
        log.warn(
          { file: segment.path, reason: messageOf(thrown) },
          'a spool file that is done with cannot be removed: remove it, or the next start writes it again',
        ),
      );
  }
}
