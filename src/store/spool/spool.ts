// The spool: writes that wait on disk, in order, as lines of JSON in files of a few megabytes, in a folder of this process
// alone. A file goes once all of it was retired. Knows no database; one caller at a time.
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { adopt, folderOf, type Adopted, type Place } from './spool-adoption.ts';
import { decode, encode } from './spool-lines.ts';
import { MAX_BYTES, SEGMENT_BYTES, type Appended, type SpoolOptions } from './spool-options.ts';
import { isMissing, realDisk, type SpoolFile } from './spool-disk.ts';
import { processOwner } from '../process-owner.ts';

export type { Appended, SpoolOptions } from './spool-options.ts';

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

/** Never rejects: while the folder cannot be written, nothing is taken, and calls go on. */
export async function openSpool<Item>(options: SpoolOptions): Promise<Spool<Item>> {
  const { dir, name, log, clock, disk = realDisk } = options;
  const place: Place = { disk, root: dir, name, clock, log, owner: options.owner ?? (await processOwner()) };
  return new Spool<Item>(options, place, await adopt(place, 'also our own'));
}

export class Spool<Item> {
  readonly folder: string;
  readonly #place: Place;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #segments: Segment[] = [];
  /** Not yet among `segments`, where the first may be in use; oldest first. */
  readonly #adopted: Segment[] = [];
  #foundDead: ReadonlySet<string> = new Set();
  #untaken: string | undefined;
  /** Of the last segment, while it may grow. */
  #file: SpoolFile | undefined;
  /** Of the first segment. */
  #reading: Reading | undefined;
  /** What `next` gave and nobody retired yet; `ends[i]`: where the line of `items[i]` ends. */
  #batch: { items: Item[]; ends: number[] } = { items: [], ends: [] };
  #items = 0;
  #corrupt = 0;
  #trouble: string | undefined;
  #lastName = 0;

  /** Through `openSpool`. */
  constructor(options: SpoolOptions, place: Place, left: Adopted) {
    this.folder = folderOf(place);
    this.#place = place;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#take(left);
  }

  /** Not yet retired. */
  get items(): number {
    return this.#items;
  }

  /** On disk. */
  get bytes(): number {
    return [...this.#adopted, ...this.#segments].reduce((sum, { bytes }) => sum + bytes, 0);
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

  /** About each minute, as it shows others that we live. What is taken counts in `bytes`. Never rejects. */
  async adopt(what: 'of others' | 'nothing' = 'of others'): Promise<void> {
    this.#take(await adopt(this.#place, what, this.#untaken));
  }

  /** Whether that process was found dead when what it left was adopted, and has shown no life since. */
  foundDead(id: string): boolean {
    return this.#foundDead.has(id);
  }

  /** The oldest, up to so many and about so many bytes; again and again the same until they are retired. Never rejects. */
  async next(maxItems: number, maxBytes: number): Promise<readonly Item[]> {
    while (this.#batch.items.length === 0) {
      if (!this.#reading) this.#segments.unshift(...this.#adopted.splice(0));
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
    if (this.#segments.length + this.#adopted.length === 0)
      await this.#place.disk.removeFolder(this.folder).catch(() => undefined);
  }

  #take({ segments, dead, living, trouble }: Adopted): void {
    this.#adopted.push(...segments.map((segment) => ({ ...segment })));
    for (const { items, path } of segments) {
      this.#items += items;
      this.#lastName = Math.max(this.#lastName, Number(basename(path).split('-')[0]));
    }
    this.#foundDead = this.#foundDead.union(dead).difference(living);
    this.#untaken = trouble;
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
    this.#lastName = Math.max(Math.floor(this.#place.clock.epochMs()), this.#lastName + 1);
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
