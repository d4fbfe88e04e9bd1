// Voicemails in the data folder: their sound, and those that the database does not know yet. Each file is there whole or
// not at all. Knows nothing of what they are for.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { leftSomewhere, message, RECORDING_ID, type Left, type Message } from './message.ts';

export type Note =
  | { readonly is: 'whole'; readonly message: Message }
  /** Whose it is has still to be looked up. */
  | { readonly is: 'unknown'; readonly left: Left }
  | { readonly is: 'unreadable'; readonly path: string };

export interface VoicemailDisk {
  /** Undefined: it is not here. */
  readSound(id: string): Promise<Uint8Array | undefined>;
  writeSound(id: string, wav: Uint8Array): Promise<void>;
  /** Also what killed writes have left of it. */
  removeSound(id: string): Promise<void>;
  /** Until it is in the database. What says less than is noted already changes nothing. */
  note(what: Message | Left): Promise<void>;
  noted(): Promise<readonly Note[]>;
  forgetNote(id: string): Promise<void>;
  /** Deletes what killed writes have left, once it is as old as that. How many files. */
  removeTorn(olderThanMs: number): Promise<number>;
}

/** As `write` names a file until it is whole. */
const TORN = /^[\w-]{1,64}\.(?:wav|due\.json)\.[\da-f-]{36}$/;
const NOTE = /^([\w-]{1,64})\.due\.json$/;

export const voicemailFolder = (dataDir: string): string => join(dataDir, 'voicemail');

export function createVoicemailDisk(dataDir: string): VoicemailDisk {
  const folder = voicemailFolder(dataDir);
  const sound = (id: string): string => join(folder, `${checked(id)}.wav`);
  const note = (id: string): string => join(folder, `${checked(id)}.due.json`);
  const names = async (): Promise<string[]> => (await unlessMissing(readdir(folder))) ?? [];
  const noteOf = async (id: string): Promise<Note | undefined> => {
    const text = await unlessMissing(readFile(note(id), 'utf8'));
    return text === undefined ? undefined : noteIn(text, note(id));
  };
  return {
    readSound: (id) => unlessMissing(readFile(sound(id))),
    writeSound: (id, wav) => write(folder, sound(id), wav),
    async removeSound(id) {
      // What is no name of a file has none.
      if (!RECORDING_ID.test(id)) return;
      const torn = (await names()).filter((name) => TORN.test(name) && name.startsWith(`${id}.wav.`));
      for (const name of [`${id}.wav`, ...torn]) await rm(join(folder, name), { force: true });
    },
    async note(what) {
      if (isWhole(what)) return write(folder, note(what.id), JSON.stringify(what));
      if ((await noteOf(what.id))?.is === 'whole') return;
      await write(folder, note(what.id), JSON.stringify({ ...what, about: 'unknown' }));
    },
    forgetNote: (id) => rm(note(id), { force: true }),
    async noted() {
      const ids = (await names()).flatMap((name) => NOTE.exec(name)?.[1] ?? []);
      return (await Promise.all(ids.map(noteOf))).filter((each) => each !== undefined);
    },
    async removeTorn(olderThanMs) {
      const paths = (await names()).filter((name) => TORN.test(name)).map((name) => join(folder, name));
      let removed = 0;
      for (const path of paths) {
        const found = await unlessMissing(stat(path));
        // As files are dated: by the machine.
        if (found === undefined || systemClock.epochMs() - found.mtimeMs < olderThanMs) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

const isWhole = (what: Message | Left): what is Message => 'deliverTo' in what;

function noteIn(text: string, path: string): Note {
  try {
    const json: unknown = JSON.parse(text);
    const whole = message.safeParse(json);
    if (whole.success) return { is: 'whole', message: whole.data };
    const { about: _, ...left } = leftSomewhere.parse(json);
    return { is: 'unknown', left };
  } catch {
    return { is: 'unreadable', path };
  }
}

function checked(id: string): string {
  if (!RECORDING_ID.test(id)) throw new TypeError('the id of a recording would be no name of a file');
  return id;
}

/** For the owner alone: it is somebody's voice. */
async function write(folder: string, path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
}

const unlessMissing = <Found>(reading: Promise<Found>): Promise<Found | undefined> =>
  reading.catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
