// The sound that a profile names: found from where its file is, and fit to be played. Does not play it.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readWav } from '../audio/wav.ts';
import { messageOf } from '../base/errors.ts';
import type { ProfileFile } from './profile-file.ts';

const NONE = 'none';
/** What the model says when it is back waits for the end of the sound. */
const MAX_SECONDS = 2;
const WHY: Readonly<Record<string, string>> = { ENOENT: 'does not exist', EISDIR: 'is a folder' };

/** With the sound's whole path in its profile, or with one fault more. */
export async function withComfortSound(read: ProfileFile): Promise<ProfileFile> {
  const { profile, faults, comfortSound } = read;
  if (comfortSound === undefined || comfortSound.path === NONE) return read;
  const path = resolve(dirname(comfortSound.at.file), comfortSound.path);
  const why = await faultOf(path);
  if (why !== undefined)
    return { ...read, profile: undefined, faults: [...faults, { ...comfortSound.at, words: why }] };
  return { ...read, profile: profile && { ...profile, comfortSound: path } };
}

async function faultOf(path: string): Promise<string | undefined> {
  try {
    const { channels, sampleRateHz } = readWav(await readFile(path));
    const seconds = (channels[0]?.length ?? 0) / sampleRateHz;
    if (seconds === 0) return `${path} holds no sound`;
    if (seconds <= MAX_SECONDS) return undefined;
    // Rounded up, so that no sound of "2.0 s" is refused.
    const lasts = (Math.ceil(seconds * 10) / 10).toFixed(1);
    return `${path} lasts ${lasts} s; at most ${MAX_SECONDS} s, as the answer waits for its end`;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return `${path} ${(code !== undefined && WHY[code]) || `cannot be played: ${messageOf(thrown)}`}`;
  }
}
