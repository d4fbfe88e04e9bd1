// A write-behind on a folder of its own, with a database that can be away, slow or picky, and a disk that can be full.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { realDisk, type SpoolDisk, type SpoolFile } from '../../../src/store/spool/spool-disk.ts';
import type { Owner } from '../../../src/store/process-owner.ts';
import { openSpool, type Spool } from '../../../src/store/spool/spool.ts';
import { WriteBehind, type WriteBehindLimits } from '../../../src/store/write-behind/write-behind.ts';
import { recordingLog } from '../../live/gemini/recording-log.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

export interface Item {
  readonly n: number;
  readonly bad?: boolean;
  readonly text?: string;
}

class Away extends Error {}
class Full extends Error {}

/** What the database was given and took, over restarts. */
export class PickyDatabase {
  mode: 'up' | 'away' | 'hangs' = 'up';
  isReady = true;
  readonly rows: number[] = [];
  readonly batches: number[] = [];
  asked = 0;
  readonly hanging: (() => void)[] = [];
  readonly isAway = (thrown: unknown): boolean => thrown instanceof Away;

  readonly ready = (): Promise<void> => {
    this.asked += 1;
    return this.isReady ? Promise.resolve() : Promise.reject(new Away('not there'));
  };

  readonly apply = async (items: readonly Item[]): Promise<void> => {
    this.batches.push(items.length);
    await turn();
    if (this.mode === 'hangs') await new Promise<void>((go) => this.hanging.push(go));
    else if (this.mode === 'away') throw new Away('gone');
    if (items.some(({ bad }) => bad)) throw new Error('a value the database refuses');
    this.rows.push(...items.map(({ n }) => n));
  };
}

export class FillableDisk implements SpoolDisk {
  isFull = false;
  /** Works of the real disk that are not done: time stands still meanwhile. */
  busy = 0;

  readonly makeFolder: SpoolDisk['makeFolder'] = (path) => this.#during(realDisk.makeFolder(path));
  readonly touch: SpoolDisk['touch'] = (path, atMs) => this.#during(realDisk.touch(path, atMs));
  readonly touchedMs: SpoolDisk['touchedMs'] = (path) => this.#during(realDisk.touchedMs(path));
  readonly list: SpoolDisk['list'] = (path) => this.#during(realDisk.list(path));
  readonly read: SpoolDisk['read'] = (path) => this.#during(realDisk.read(path));
  readonly move: SpoolDisk['move'] = (from, to) => this.#during(realDisk.move(from, to));
  readonly remove: SpoolDisk['remove'] = (path) => this.#during(realDisk.remove(path));
  readonly removeFolder: SpoolDisk['removeFolder'] = (path) => this.#during(realDisk.removeFolder(path));
  readonly setAside: SpoolDisk['setAside'] = (path, bytes) => this.#during(realDisk.setAside(path, bytes));

  readonly create: SpoolDisk['create'] = async (path) => {
    const file = await this.#during(realDisk.create(path));
    return {
      close: () => this.#during(file.close()),
      append: async (bytes) => {
        if (!this.isFull) return this.#during(file.append(bytes));
        // As a full disk does: what fits is written, and the rest is not.
        await this.#during(file.append(bytes.subarray(0, bytes.length >> 1)));
        throw new Full('ENOSPC: no space left on device');
      },
    };
  };

  async #during<Result>(work: Promise<Result>): Promise<Result> {
    this.busy += 1;
    try {
      return await work;
    } finally {
      this.busy -= 1;
    }
  }
}

/** The disk as one process has it: what that begins once it is dead is never done. */
function mortal(disk: SpoolDisk, isAlive: () => boolean, opened: SpoolFile[]): SpoolDisk {
  const never = <Result>(): Promise<Result> => new Promise(() => {});
  return {
    makeFolder: (path) => (isAlive() ? disk.makeFolder(path) : never()),
    touch: (path, atMs) => (isAlive() ? disk.touch(path, atMs) : never()),
    touchedMs: (path) => (isAlive() ? disk.touchedMs(path) : never()),
    list: (path) => (isAlive() ? disk.list(path) : never()),
    read: (path) => (isAlive() ? disk.read(path) : never()),
    move: (from, to) => (isAlive() ? disk.move(from, to) : never()),
    remove: (path) => (isAlive() ? disk.remove(path) : never()),
    removeFolder: (path) => (isAlive() ? disk.removeFolder(path) : never()),
    setAside: (path, bytes) => (isAlive() ? disk.setAside(path, bytes) : never()),
    async create(path) {
      const file = await (isAlive() ? disk.create(path) : never<SpoolFile>());
      opened.push(file);
      return {
        append: (bytes) => (isAlive() ? file.append(bytes) : never()),
        close: () => file.close(),
      };
    },
  };
}

export interface Rig {
  readonly clock: ManualClock;
  readonly database: PickyDatabase;
  readonly disk: FillableDisk;
  readonly lines: ReturnType<typeof recordingLog>['lines'];
  readonly lost: number[];
  readonly safe: number[];
  readonly dir: string;
  spool: Spool<Item>;
  behind: WriteBehind<Item>;
  /** As if the process had died and another had come. */
  restart(): Promise<void>;
  /** Time passes, and what it sets off is done, until so. */
  until(isSo: () => boolean, stepMs?: number): Promise<void>;
  dispose(): Promise<void>;
}

export interface RigOptions {
  readonly limits?: Partial<WriteBehindLimits>;
  readonly spoolBytes?: number;
  readonly segmentBytes?: number;
}

export async function createRig({
  limits,
  spoolBytes = 1_000_000,
  segmentBytes = 400,
}: RigOptions = {}): Promise<Rig> {
  const dir = await mkdtemp(join(tmpdir(), 'liveline-spool-'));
  const clock = new ManualClock();
  const database = new PickyDatabase();
  const disk = new FillableDisk();
  const { log, lines } = recordingLog();
  const lost: number[] = [];
  const safe: number[] = [];
  let life = 0;
  const opened: SpoolFile[] = [];
  const open = async (): Promise<{ spool: Spool<Item>; behind: WriteBehind<Item> }> => {
    const mine = (life += 1);
    const owner: Owner = { id: `${mine}-1`, isAlive: (id) => Promise.resolve(id === `${mine}-1`) };
    const alive = (): boolean => mine === life;
    const spool = await openSpool<Item>({
      ...{ dir, name: 'test', clock, log, maxBytes: spoolBytes, segmentBytes, owner },
      disk: mortal(disk, alive, opened),
    });
    const behind = new WriteBehind<Item>({
      // The dead ask and write nothing.
      apply: (items) => (alive() ? database.apply(items) : new Promise(() => {})),
      ready: () => (alive() ? database.ready() : new Promise(() => {})),
      isAway: database.isAway,
      ...{ spool, clock, log },
      ...(limits && { limits }),
      onLost: (items) => lost.push(...items.map(({ n }) => n)),
      onSafe: (items) => alive() && safe.push(...items.map(({ n }) => n)),
    });
    return { spool, behind };
  };
  const rig: Rig = {
    ...{ clock, database, disk, lines, lost, safe, dir },
    ...(await open()),
    async restart() {
      Object.assign(rig, await open());
    },
    async until(isSo, stepMs = 50) {
      for (let round = 0; round < 20_000; round += 1) {
        if (isSo()) return;
        clock.advance(stepMs);
        for (let quiet = 0; quiet < 6; quiet = disk.busy > 0 ? 0 : quiet + 1) await turn();
      }
      throw new Error(`not so after ${clock.nowMs()} ms: ${JSON.stringify(rig.behind.backlog)}`);
    },
    async dispose() {
      // The spools of the dead wait for what is never done.
      await rig.spool.close();
      for (const file of opened) await file.close().catch(() => undefined);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return rig;
}

export const numbers = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, at) => ({ n: from + at }));

/** Each once, where it came first. */
export const firsts = (rows: readonly number[]): number[] => [...new Set(rows)];
