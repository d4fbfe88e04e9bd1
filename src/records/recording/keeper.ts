// The keeper of recordings: what is whole on disk is made known to the database and brought to where it is to stay; what a process
// that died has left is mended first. Notes on disk say what is due, so that it outlasts the process.
import type { Kysely } from 'kysely';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Tables } from '../../store/tables.ts';
import type { Owner } from '../../store/process-owner.ts';
import { isOfPlace } from '../../store/process-owner.ts';
import type { RecordingFolder } from './folder.ts';
import { soundMs } from './folder.ts';
import type { NotedRecording } from './folder.ts';
import type { RecordingNote } from './note.ts';
import { expireRecordings } from './expiry.ts';
import { addRecording } from './rows.ts';
import { isAway, Shipping } from './shipping.ts';
import type { RecordingStorage } from './storage.ts';

export interface KeeperOptions {
  readonly db: Kysely<Tables>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly folder: RecordingFolder;
  readonly disk: RecordingStorage;
  /** Where they go; undefined: they stay on the disk. */
  readonly elsewhere: RecordingStorage | undefined;
  readonly owner: Owner;
  /** Of calls that this process is in. */
  readonly writes: (callId: string) => boolean;
  readonly onNotShipped: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 3_600_000;
const TOUCH_EVERY_MS = 60_000;
/** Whoever writes it touches it every minute; of a process that nobody can see from here. */
const ABANDONED_AFTER_MS = 600_000;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #closed = new AbortController();
  readonly #stops: readonly StopTimer[];
  readonly #shipping: Shipping | undefined;
  /** How often each could not be mended or written down. */
  readonly #failed = new Map<string, number>();
  #working: Promise<void> | undefined;
  #expiring: Promise<void> | undefined;
  #again = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock, elsewhere } = options;
    const { signal } = this.#closed;
    this.#shipping = elsewhere && new Shipping({ ...options, elsewhere, signal });
    this.#stops = [
      clock.every(LOOK_EVERY_MS, () => this.look()),
      clock.every(EXPIRE_EVERY_MS, () => void this.#expire()),
      clock.every(TOUCH_EVERY_MS, () => void this.#touch()),
    ];
    this.look();
    void this.#expire();
  }

  /** There may be something to do. */
  look(): void {
    if (this.#closed.signal.aborted) return;
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#working = this.#work()
      .catch((thrown: unknown) => this.#noDatabase(thrown))
      .finally(() => {
        this.#working = undefined;
        this.#shipping?.go();
        if (this.#again) this.look();
      });
    this.#again = false;
  }

  async close(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    for (const stop of this.#stops) stop();
    const late = Promise.withResolvers<undefined>();
    const stopLate = clock.after(withinMs, () => late.resolve(undefined));
    for (let busy; (busy = this.#working ?? this.#shipping?.busy) && !this.#closed.signal.aborted;)
      await Promise.race([busy, late.promise.then(() => this.#closed.abort())]);
    this.#closed.abort();
    stopLate();
  }

  async #work(): Promise<void> {
    const { folder, ready } = this.#options;
    const noted = await folder.noted((id) => !this.#shipping?.has(id));
    const whole: RecordingNote[] = [];
    await this.#each(noted, async (each) => {
      const note = await this.#whole(each);
      if (note) whole.push(note);
    });
    if (whole.length === 0) return;
    await ready();
    await this.#each(whole, (note) => this.#writeDown(note));
  }

  /** One that fails keeps no other, unless the database is away. */
  async #each<One extends RecordingNote | NotedRecording>(
    all: readonly One[],
    what: (one: One) => Promise<void>,
  ): Promise<void> {
    for (const one of all) {
      try {
        await what(one);
      } catch (thrown) {
        if (isAway(thrown)) throw thrown;
        const { callId } = 'note' in one ? one.note : one;
        this.#options.log[this.#fails(callId) === 1 ? 'error' : 'debug'](
          { callId, reason: messageOf(thrown) },
          'a recording in DATA_DIR cannot be written down: it is tried again; look at its files',
        );
      }
    }
  }

  /** Undefined: it is still written, or there was nothing in it. */
  async #whole({ note, quietMs }: NotedRecording): Promise<RecordingNote | undefined> {
    const { folder, owner, writes, log } = this.#options;
    if (writes(note.callId)) return undefined;
    const isOwn = note.owner === owner.id;
    const isHere = isOfPlace(note.owner, owner.id);
    const isLeft = isOwn || (isHere ? !(await owner.isAlive(note.owner)) : quietMs > ABANDONED_AFTER_MS);
    if (!isLeft) return undefined;
    if (note.is === 'whole') return note;
    const bytes = await folder.repair(note.callId);
    if (bytes === undefined) {
      await folder.remove(note.callId);
      return undefined;
    }
    log.warn(
      { callId: note.callId, seconds: soundMs(bytes) / 1_000 },
      'the recording of a call whose process died was closed: it ends where the process did',
    );
    const whole: RecordingNote = { ...note, is: 'whole' };
    await folder.note(whole);
    return whole;
  }

  /** How often, with this time. */
  #fails(callId: string): number {
    const times = (this.#failed.get(callId) ?? 0) + 1;
    this.#failed.set(callId, times);
    return times;
  }

  async #writeDown(note: RecordingNote): Promise<void> {
    const { db, folder, disk } = this.#options;
    const { callId } = note;
    const bytes = await folder.size(callId);
    if (bytes !== undefined) await addRecording(db, { ...note, durationMs: soundMs(bytes) }, disk.name);
    this.#failed.delete(callId);
    if (this.#shipping) this.#shipping.add(callId);
    else await folder.forgetNote(callId);
  }

  #expire(): Promise<void> {
    const { disk, elsewhere } = this.#options;
    const storages = elsewhere ? [disk, elsewhere] : [disk];
    this.#expiring ??= expireRecordings({ ...this.#options, storages, signal: this.#closed.signal }).finally(
      () => {
        this.#expiring = undefined;
      },
    );
    return this.#expiring;
  }

  async #touch(): Promise<void> {
    const { folder, writes } = this.#options;
    for (const { note } of await folder.noted().catch(() => []))
      if (writes(note.callId)) await folder.touch(note.callId);
  }

  /** Whoever writes the records says already that the database is away. */
  #noDatabase(thrown: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#options.log[isAway(thrown) ? 'debug' : 'warn'](
      { reason: messageOf(thrown) },
      'recordings wait in DATA_DIR to be written down; it is tried again',
    );
  }
}
