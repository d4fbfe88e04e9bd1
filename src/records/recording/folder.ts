// The recordings in the data folder: each a stereo WAV file for its owner alone, with its note beside it until the database knows
// of it. Knows nothing of calls or the database.
import { createReadStream } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LENGTH_UNKNOWN, wavHead } from '../../audio/wav.ts';
import { MULAW_8K, msOfBytes } from '../../audio/format.ts';
import { systemClock } from '../../base/clock.ts';
import { RECORDED_ID, recordingNote, type RecordingNote } from './note.ts';
import type { SoundFile } from './writer.ts';

const CHANNELS = 2;
const HEAD_BYTES = wavHead(MULAW_8K, CHANNELS, 0).length;

export const recordingFolder = (dataDir: string): string => join(dataDir, 'recordings');

export const soundMs = (fileBytes: number): number =>
  Math.max(0, Math.floor(msOfBytes(MULAW_8K, (fileBytes - HEAD_BYTES) / CHANNELS)));

export interface NotedRecording {
  readonly note: RecordingNote;
  /** Since whoever writes it said last that it does. */
  readonly quietMs: number;
}

export class RecordingFolder {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = recordingFolder(dataDir);
  }

  soundPath(id: string): string {
    return join(this.#folder, `${checked(id)}.wav`);
  }

  /** Rejects when there is one of this id already, or with what the disk says. Its head says "to the end" until it is whole. */
  async begin(note: RecordingNote): Promise<SoundFile> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(this.soundPath(note.callId), 'wx', 0o600);
    try {
      await file.write(wavHead(MULAW_8K, CHANNELS, LENGTH_UNKNOWN));
      await this.note(note);
    } catch (thrown) {
      await file.close();
      await rm(this.soundPath(note.callId), { force: true });
      throw thrown;
    }
    return {
      write: async (bytes) => {
        for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
      },
      close: async (soundBytes) => {
        try {
          await file.write(wavHead(MULAW_8K, CHANNELS, soundBytes), 0, HEAD_BYTES, 0);
          await file.sync();
        } finally {
          await file.close();
        }
      },
    };
  }

  /** Whole, or as it was. */
  async note(note: RecordingNote): Promise<void> {
    const path = this.#notePath(note.callId);
    await writeFile(`${path}.next`, JSON.stringify(note), { mode: 0o600 });
    await rename(`${path}.next`, path);
  }

  forgetNote(id: string): Promise<void> {
    return rm(this.#notePath(id), { force: true });
  }

  /** Somebody still writes it. */
  async touch(id: string): Promise<void> {
    const now = new Date(systemClock.epochMs());
    await utimes(this.#notePath(id), now, now).catch(() => undefined);
  }

  /** Undefined: nobody has noted it, or it was forgotten. */
  async noteOf(id: string): Promise<RecordingNote | undefined> {
    const text = await unlessMissing(readFile(this.#notePath(id), 'utf8'));
    return text === undefined ? undefined : recordingNote.safeParse(jsonOf(text)).data;
  }

  /** `isWanted`: the others are not read. */
  async noted(isWanted: (id: string) => boolean = () => true): Promise<readonly NotedRecording[]> {
    const found: NotedRecording[] = [];
    for (const name of (await unlessMissing(readdir(this.#folder))) ?? []) {
      const id = /^([\w-]{1,64})\.json$/.exec(name)?.[1];
      if (id === undefined || !isWanted(id)) continue;
      const note = await this.noteOf(id);
      // As files are dated: by the machine.
      const dated = await unlessMissing(stat(this.#notePath(id)));
      if (note && dated) found.push({ note, quietMs: systemClock.epochMs() - dated.mtimeMs });
    }
    return found;
  }

  /** Makes the head true of one that was broken off. How many bytes the file has; undefined: there is no sound in it. */
  async repair(id: string): Promise<number | undefined> {
    const path = this.soundPath(id);
    const bytes = await this.size(id);
    const sound = Math.floor(((bytes ?? 0) - HEAD_BYTES) / CHANNELS) * CHANNELS;
    if (sound <= 0) return undefined;
    await truncate(path, HEAD_BYTES + sound);
    const file = await open(path, 'r+');
    try {
      await file.write(wavHead(MULAW_8K, CHANNELS, sound), 0, HEAD_BYTES, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    return HEAD_BYTES + sound;
  }

  /** Of the file; undefined: it is not here. */
  async size(id: string): Promise<number | undefined> {
    return (await unlessMissing(stat(this.soundPath(id))))?.size;
  }

  /** From this byte to that one, both of them. */
  read(id: string, from: number, to: number): Readable {
    return createReadStream(this.soundPath(id), { start: from, end: to });
  }

  /** The sound with its note. Whoever is writing it writes to nothing any more. */
  async remove(id: string): Promise<void> {
    if (!RECORDED_ID.test(id)) return;
    await rm(this.soundPath(id), { force: true });
    await this.forgetNote(id);
  }

  #notePath(id: string): string {
    return join(this.#folder, `${checked(id)}.json`);
  }
}

function checked(id: string): string {
  if (!RECORDED_ID.test(id)) throw new TypeError('the id of a call would be no name of a file');
  return id;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unlessMissing = <Found>(reading: Promise<Found>): Promise<Found | undefined> =>
  reading.catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
