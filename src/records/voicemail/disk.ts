// Voicemails in the data folder: their sound, and those that the database does not know yet. Each file is there whole or
// not at all. Knows nothing of what they are for.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { message, RECORDING_ID, type Message } from './message.ts';

export interface VoicemailDisk {
  /** Undefined: it is not here. */
  readSound(id: string): Promise<Uint8Array | undefined>;
  writeSound(id: string, wav: Uint8Array): Promise<void>;
  removeSound(id: string): Promise<void>;
  /** Until it is in the database. */
  note(message: Message): Promise<void>;
  noted(): Promise<readonly Message[]>;
  forgetNote(id: string): Promise<void>;
}

const NOTE = /^([\w-]{1,64})\.due\.json$/;

export const voicemailFolder = (dataDir: string): string => join(dataDir, 'voicemail');

export function createVoicemailDisk(dataDir: string): VoicemailDisk {
  const folder = voicemailFolder(dataDir);
  const sound = (id: string): string => join(folder, `${checked(id)}.wav`);
  const note = (id: string): string => join(folder, `${checked(id)}.due.json`);
  return {
    readSound: (id) => unlessMissing(readFile(sound(id))),
    writeSound: (id, wav) => write(folder, sound(id), wav),
    // What is no name of a file has none.
    removeSound: async (id) => {
      if (RECORDING_ID.test(id)) await rm(sound(id), { force: true });
    },
    note: (what) => write(folder, note(what.id), JSON.stringify(what)),
    forgetNote: (id) => rm(note(id), { force: true }),
    async noted() {
      const names = (await unlessMissing(readdir(folder))) ?? [];
      const ids = names.flatMap((name) => NOTE.exec(name)?.[1] ?? []);
      const texts = await Promise.all(ids.map((id) => unlessMissing(readFile(note(id), 'utf8'))));
      return texts.flatMap((text) => (text === undefined ? [] : messageIn(text)));
    },
  };
}

/** What is none is left where it is, for a person to look at. */
function messageIn(text: string): Message[] {
  try {
    return [message.parse(JSON.parse(text))];
  } catch {
    return [];
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
