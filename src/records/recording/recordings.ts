// Recordings: the sound of calls whose profile asks for it, caller and agent beside each other as the caller heard it. The parts put
// together; what each does is in the files beside this one.
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { CallRecordings, CallTaker, RecordedCall } from '../../call/call-recordings.ts';
import type { Database } from '../../store/database.ts';
import { installationName } from '../../store/installation.ts';
import { dataDirOf } from '../../store/nodes/nodes-table.ts';
import { processOwner } from '../../store/process-owner.ts';
import { CallRecorder, RECORDING_FAULTS, type RecordingFault } from './call-recorder.ts';
import { createDiskStorage, installationOf, isDisk } from './disk-storage.ts';
import { RecordingFolder } from './folder.ts';
import { Keeper } from './keeper.ts';
import { RECORDED_ID } from './note.ts';
import { placeOf } from './rows.ts';
import { createS3Storage } from './s3-storage.ts';
import type { S3Settings } from './s3-settings.ts';
import type { RecordingStorage } from './storage.ts';

export interface RecordedSound {
  /** Of the WAV file. */
  readonly bytes: number;
  /** From this byte to that one, both of them. */
  readonly read: (from: number, to: number, signal: AbortSignal) => Promise<Readable>;
}

export interface RecordingStore {
  /** Throws RECORD_UNKNOWN, saying why there is none; RECORDING_UNAVAILABLE where its storage does not answer. */
  find(id: CallId, signal: AbortSignal): Promise<RecordedSound>;
}

export interface RecordingCounts {
  readonly bytesWritten: number;
  readonly faults: Readonly<Record<RecordingFault, number>>;
}

export interface Recordings {
  readonly calls: CallRecordings;
  readonly store: RecordingStore;
  /** Since the start. */
  readonly counts: RecordingCounts;
  /** Of calls that have ended: what is under way has until then; the rest is taken up at the next start. */
  close(withinMs: number): Promise<void>;
}

export interface RecordingsOptions {
  readonly database: Database;
  readonly dataDir: string;
  /** Undefined: they stay in DATA_DIR. */
  readonly s3: S3Settings | undefined;
  readonly rehearsal: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export async function openRecordings(options: RecordingsOptions): Promise<Recordings> {
  const { database, dataDir, s3, rehearsal, clock, log } = options;
  const owner = await processOwner();
  const folder = new RecordingFolder(dataDir);
  const disk = createDiskStorage(folder, await installationName(dataDir, log));
  const elsewhere = s3 && createS3Storage(s3);
  const written = new Set<string>();
  const closing = new Set<Promise<void>>();
  const faults = Object.fromEntries(RECORDING_FAULTS.map((is) => [is, 0])) as Record<RecordingFault, number>;
  let bytesWritten = 0;
  const keeper = new Keeper({
    ...{ db: database.sql, ready: () => database.ready(), folder, disk, elsewhere, owner, clock, log },
    writes: (id) => written.has(id),
    onNotShipped: () => (faults['not-shipped'] += 1),
  });

  function open(call: RecordedCall): CallTaker {
    const { id } = call;
    let closed: (() => Promise<void>) | undefined;
    return new CallRecorder({
      ...{ call, rehearsal, owner: owner.id, clock },
      begin(note) {
        if (!RECORDED_ID.test(id)) throw new Error('the id of the call would be no name of a file');
        written.add(id);
        return folder.begin(note);
      },
      onWritten: (bytes) => (bytesWritten += bytes),
      onFault: (is) => (faults[is] += 1),
      onWhole: (note, { soundBytes }) => {
        // Whoever was forgotten meanwhile has no note any more.
        closed = async () => {
          if (soundBytes !== undefined && (await folder.noteOf(id))) await folder.note(note);
        };
      },
      onClosing: (whole) => {
        if (!whole) return;
        const done = whole
          .then(() => closed?.())
          .catch((thrown: unknown) =>
            call.log.error({ err: thrown }, 'the note of a recording cannot be written'),
          )
          .then(() => {
            written.delete(id);
            closing.delete(done);
            keeper.look();
          });
        closing.add(done);
      },
    });
  }

  return {
    calls: { open },
    store: recordingStore({ database, disk, elsewhere }),
    get counts() {
      return { bytesWritten, faults };
    },
    async close(withinMs) {
      const late = Promise.withResolvers<undefined>();
      const stopLate = clock.after(withinMs, () => late.resolve(undefined));
      await Promise.race([Promise.all(closing), late.promise]);
      stopLate();
      await keeper.close(withinMs);
      elsewhere?.close();
    },
  };
}

interface StoreOptions {
  readonly database: Database;
  readonly disk: RecordingStorage;
  readonly elsewhere: RecordingStorage | undefined;
}

function recordingStore({ database, disk, elsewhere }: StoreOptions): RecordingStore {
  return {
    async find(id, signal) {
      await database.ready();
      const place = RECORDED_ID.test(id) ? await placeOf(database.sql, id) : undefined;
      if (place === undefined)
        throw new LivelineError(
          'RECORD_UNKNOWN',
          'there is no recording of this call: its profile asks for none, it is not over yet, or it was deleted',
        );
      const storage = [disk, elsewhere].find((each) => each?.name === place);
      if (!storage)
        throw new LivelineError(
          'RECORD_UNKNOWN',
          isDisk(place)
            ? `the recording of this call is in ${await dataDirOf(database.sql, installationOf(place))}. With RECORDINGS_S3_BUCKET every node plays it`
            : `the recording of this call is in ${place}, and RECORDINGS_S3_… of this server name another place`,
        );
      const bytes = await available(storage.size(id, signal));
      if (bytes === undefined)
        throw new LivelineError(
          'RECORD_UNKNOWN',
          `the recording of this call is missing in ${storage === disk ? 'DATA_DIR' : place}`,
        );
      return { bytes, read: (from, to, until) => available(storage.read(id, from, to, until)) };
    },
  };
}

async function available<Found>(asked: Promise<Found>): Promise<Found> {
  try {
    return await asked;
  } catch (cause) {
    throw new LivelineError('RECORDING_UNAVAILABLE', 'the storage of recordings does not answer: try again', {
      cause,
    });
  }
}
