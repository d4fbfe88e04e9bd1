// The keeper of recordings: what is whole on disk is made known to the database and brought to where it is to stay; what a process
// that died has left is mended first. Notes on disk say what is due, so that it outlasts the process.
import type { Kysely } from 'kysely';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Tables } from '../../store/tables.ts';
import type { Owner } from '../../store/process-owner.ts';
import { isOfPlace } from '../../store/process-owner.ts';
import type { RecordingFolder } from './folder.ts';
import { soundMs } from './folder.ts';
import type { NotedRecording } from './folder.ts';
import type { RecordingNote } from './note.ts';
import { addRecording, deleteRecording, moveRecording, recordingsToDelete } from './rows.ts';
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
const LONGEST_WAIT_MS = 300_000;
const DELETED_AT_ONCE = 500;

interface Tried {
  readonly times: number;
  readonly afterMs: number;
}

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #closed = new AbortController();
  readonly #stops: readonly StopTimer[];
  readonly #tried = new Map<string, Tried>();
  #working: Promise<void> | undefined;
  #again = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock } = options;
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
        if (this.#again) this.look();
      });
    this.#again = false;
  }

  async close(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    for (const stop of this.#stops) stop();
    const late = Promise.withResolvers<undefined>();
    const stopLate = clock.after(withinMs, () => late.resolve(undefined));
    while (this.#working && !this.#closed.signal.aborted)
      await Promise.race([this.#working, late.promise.then(() => this.#closed.abort())]);
    this.#closed.abort();
    stopLate();
  }

  async #work(): Promise<void> {
    const { folder, ready } = this.#options;
    const due: RecordingNote[] = [];
    for (const noted of await folder.noted()) {
      const note = await this.#whole(noted);
      if (note) due.push(note);
    }
    if (due.length === 0) return;
    await ready();
    for (const note of due) if (this.#isDue(note)) await this.#keep(note);
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

  #isDue({ callId }: RecordingNote): boolean {
    return (this.#tried.get(callId)?.afterMs ?? 0) <= this.#options.clock.nowMs();
  }

  async #keep(note: RecordingNote): Promise<void> {
    const { db, folder, disk, elsewhere, onNotShipped, clock, log } = this.#options;
    const { callId } = note;
    const bytes =
      (await folder.size(callId)) ??
      (await elsewhere?.size(callId, this.#closed.signal).catch(() => undefined));
    // It was forgotten.
    if (bytes === undefined && !elsewhere) return folder.forgetNote(callId);
    if (bytes !== undefined) await addRecording(db, { ...note, durationMs: soundMs(bytes) }, disk.name);
    if (!elsewhere) return folder.forgetNote(callId);
    try {
      await elsewhere.put(callId, folder.soundPath(callId), this.#closed.signal);
    } catch (thrown) {
      if (this.#closed.signal.aborted) return;
      const times = (this.#tried.get(callId)?.times ?? 0) + 1;
      const waitMs = Math.min(LONGEST_WAIT_MS, LOOK_EVERY_MS * 2 ** (times - 1));
      this.#tried.set(callId, { times, afterMs: clock.nowMs() + waitMs });
      onNotShipped();
      log[times === 1 ? 'error' : 'debug'](
        { callId, storage: elsewhere.name, reason: messageOf(thrown), waitMs },
        'a recording cannot be brought to its storage: it stays in DATA_DIR, and is tried again',
      );
      return;
    }
    this.#tried.delete(callId);
    if (await moveRecording(db, callId, elsewhere.name))
      log.debug({ callId, storage: elsewhere.name }, 'a recording is in its storage');
    else {
      await elsewhere.remove(callId, this.#closed.signal);
      await deleteRecording(db, callId);
    }
    await folder.remove(callId);
  }

  async #expire(): Promise<void> {
    const { db, ready, disk, elsewhere, clock, log } = this.#options;
    const storages = new Map([disk, ...(elsewhere ? [elsewhere] : [])].map((each) => [each.name, each]));
    try {
      await ready();
      let deleted = 0;
      for (;;) {
        const some = await recordingsToDelete(db, [...storages.keys()], {
          ...{ now: new Date(clock.epochMs()), limit: DELETED_AT_ONCE },
        });
        for (const { callId, place } of some) {
          await storages.get(place)?.remove(callId, this.#closed.signal);
          await deleteRecording(db, callId);
          deleted += 1;
        }
        if (some.length < DELETED_AT_ONCE) break;
      }
      if (deleted > 0) log.info({ recordings: deleted }, 'recordings past their time were deleted');
    } catch (thrown) {
      if (this.#closed.signal.aborted) return;
      const isAway = thrown instanceof LivelineError && thrown.retryable;
      log[isAway ? 'debug' : 'warn'](
        { reason: messageOf(thrown) },
        'recordings past their time could not be deleted; it is tried again within the hour',
      );
    }
  }

  async #touch(): Promise<void> {
    const { folder, writes } = this.#options;
    for (const { note } of await folder.noted().catch(() => []))
      if (writes(note.callId)) await folder.touch(note.callId);
  }

  /** Whoever writes the records says already that the database is away. */
  #noDatabase(thrown: unknown): void {
    if (this.#closed.signal.aborted) return;
    const isAway = thrown instanceof LivelineError && thrown.retryable;
    this.#options.log[isAway ? 'debug' : 'warn'](
      { reason: messageOf(thrown) },
      'recordings wait in DATA_DIR to be written down; it is tried again',
    );
  }
}
