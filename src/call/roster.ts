// The roster: who can answer just now, and with which sounds. Read from files, whole or not at all.
import { Worker } from 'node:worker_threads';
import { loadProfiles } from '../agents/load.ts';
import type { Profile } from '../agents/profile.ts';
import { otherFilesOf } from '../agents/holiday-files.ts';
import type { AudioFormat } from '../audio/format.ts';
import type { LocalTurnTaking } from '../audio/self-check.ts';
import type { Clock } from '../base/clock.ts';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { promptsOf, readSounds, type Prompts, type Sounds } from './prompts.ts';

/** As a profile says that it wants none. */
const NO_SOUND = 'none';

export interface Roster {
  readonly profiles: readonly Profile[];
  readonly prompts: Prompts;
}

export interface RosterSource {
  readonly agentsDir: string;
  readonly promptsDir: string;
  readonly lineFormat: AudioFormat;
  readonly defaultModel: string | undefined;
  readonly localTurnTaking: LocalTurnTaking;
  /** Destinations in other countries are faults; left out: none are. */
  readonly dialCountries?: ReadonlySet<string> | undefined;
}

/** Plain data: it may come from another thread. */
export interface RosterFiles {
  readonly profiles: readonly Profile[];
  readonly sounds: Sounds;
}

export const rosterOf = ({ profiles, sounds }: RosterFiles): Roster => ({
  profiles,
  prompts: promptsOf(sounds),
});

/** Throws PROFILE_INVALID, WAV_INVALID or the file system's error. */
export async function readRoster(source: RosterSource): Promise<RosterFiles> {
  const profiles = await loadProfiles(source.agentsDir, source);
  return {
    profiles,
    sounds: readSounds(source.promptsDir, source.lineFormat, soundsNamedBy(profiles), musicOf(profiles)),
  };
}

/** Whole paths. */
export const soundsNamedBy = (profiles: readonly Profile[]): readonly string[] =>
  profiles
    .flatMap(({ comfortSound = NO_SOUND, greetingAudio = NO_SOUND }) => [comfortSound, greetingAudio])
    .filter((sound) => sound !== NO_SOUND);

const musicOf = (profiles: readonly Profile[]): readonly string[] => [
  ...new Set(profiles.flatMap(({ holdMusic }) => holdMusic ?? [])),
];

/** Whatever else, beside the profiles themselves, a change of which changes them. Whole paths. */
export const filesNamedBy = (profiles: readonly Profile[]): readonly string[] => [
  ...soundsNamedBy(profiles),
  ...profiles.flatMap(otherFilesOf),
];

/** What the thread answers. */
export type Aside =
  | { readonly read: RosterFiles }
  | { readonly fault: { readonly code: ErrorCode | undefined; readonly message: string } };

/** Two hundred sounds take less; a file system that hangs never answers. */
const READ_WITHIN_MS = 30_000;

export interface AsideOptions {
  readonly clock: Clock;
  /** Gives up, and ends the thread. */
  readonly signal: AbortSignal;
}

/**
 * As `readRoster`, on a thread of its own: it takes up to a quarter of a second a sound, in which no call may stand still.
 * Rejects also after 30 s, when it is given up, and while a thread that was given up still stands in the file system.
 */
export function asideReader(
  source: RosterSource,
  { clock, signal }: AsideOptions,
): () => Promise<RosterFiles> {
  const extension = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'));
  const program = new URL(`./roster-thread${extension}`, import.meta.url);
  const hangs = `the profiles in ${source.agentsDir} could not be read within ${READ_WITHIN_MS / 1_000} s: does the disk that holds them or their sounds answer?`;
  let standing: Worker | undefined;

  return async () => {
    if (standing) throw new Error(hangs);
    const thread = new Worker(program, { workerData: source });
    standing = thread;
    const answer = Promise.withResolvers<RosterFiles>();
    const reading = { hasAnswered: false };
    thread.once('message', (aside: Aside) => {
      reading.hasAnswered = true;
      if ('read' in aside) return answer.resolve(aside.read);
      const { code, message } = aside.fault;
      answer.reject(code === undefined ? new Error(message) : new LivelineError(code, message));
    });
    thread.once('error', answer.reject);
    thread.once('exit', () => {
      standing = undefined;
      answer.reject(new Error('the thread that read the profiles ended early'));
    });
    const giveUp = (): void => answer.reject(new Error('the reading of the profiles was given up'));
    signal.addEventListener('abort', giveUp, { once: true });
    const stopTimer = clock.after(READ_WITHIN_MS, () => answer.reject(new Error(hangs)));
    try {
      if (signal.aborted) giveUp();
      return await answer.promise;
    } finally {
      stopTimer();
      signal.removeEventListener('abort', giveUp);
      const gone = thread.terminate();
      // One that has answered stands nowhere: the next reading must not find it on its way out and take it for one that hangs.
      if (reading.hasAnswered) await gone;
    }
  };
}
