// The sounds that a profile names: found from where its file is, and fit to be played. Does not play them.
import { dirname, resolve } from 'node:path';
import { readWav } from '../audio/wav.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { NamedSound, ProfileFile } from './profile-file.ts';
import { readRegularFile } from './regular-file.ts';

const NONE = 'none';
const WHY: Readonly<Record<string, string>> = { ENOENT: 'does not exist' };

interface Limit {
  readonly seconds: number;
  readonly why: string;
  readonly bytes?: number;
}

const LIMITS: Readonly<Record<NamedSound['as'], Limit>> = {
  comfortSound: { seconds: 2, why: 'as the answer waits for its end' },
  greetingAudio: { seconds: 20, why: 'as nobody listens longer to a greeting' },
  // The carrier fetches it once, and plays it over and over.
  holdMusic: { seconds: Infinity, why: '', bytes: 2_000_000 },
};

/** With the whole paths of the sounds in its profile, or with more faults. `onBytes` gets what each of the files holds. */
export async function withNamedSounds(
  read: ProfileFile,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<ProfileFile> {
  let file = read;
  for (const sound of read.sounds ?? []) file = await withSound(file, sound, onBytes);
  return file;
}

async function withSound(
  read: ProfileFile,
  { as, path: written, at }: NamedSound,
  onBytes: (bytes: Uint8Array) => void,
): Promise<ProfileFile> {
  if (as === 'comfortSound' && written === NONE) return read;
  const { profile, faults } = read;
  const path = resolve(dirname(at.file), written);
  const why = await faultOf(path, LIMITS[as], onBytes);
  if (why !== undefined) return { ...read, profile: undefined, faults: [...faults, { ...at, words: why }] };
  return { ...read, profile: profile && { ...profile, [as]: path } };
}

async function faultOf(
  path: string,
  most: Limit,
  onBytes: (bytes: Uint8Array) => void,
): Promise<string | undefined> {
  try {
    const bytes = await readRegularFile(path, most.bytes);
    onBytes(bytes);
    const { channels, sampleRateHz } = readWav(bytes);
    const seconds = (channels[0]?.length ?? 0) / sampleRateHz;
    if (seconds === 0) return `${path} holds no sound`;
    if (seconds <= most.seconds) return undefined;
    // Rounded up, so that no sound of "2.0 s" is refused.
    const lasts = (Math.ceil(seconds * 10) / 10).toFixed(1);
    return `${path} lasts ${lasts} s; at most ${most.seconds} s, ${most.why}`;
  } catch (thrown) {
    if (thrown instanceof LivelineError && thrown.code === 'PROFILE_INVALID') return thrown.message;
    const { code } = thrown as NodeJS.ErrnoException;
    return `${path} ${(code !== undefined && WHY[code]) || `cannot be played: ${messageOf(thrown)}`}`;
  }
}
