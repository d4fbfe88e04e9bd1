// The roster: who can answer just now, and with which sounds. Read from files, whole or not at all.
import { Worker } from 'node:worker_threads';
import { loadProfiles } from '../agents/load.ts';
import type { Profile } from '../agents/profile.ts';
import type { AudioFormat } from '../audio/format.ts';
import type { LocalTurnTaking } from '../audio/self-check.ts';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { promptsOf, readSounds, type Prompts, type Sounds } from './prompts.ts';

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
  const named = profiles.flatMap(({ comfortSound = [], greetingAudio = [] }) =>
    [comfortSound, greetingAudio].flat(),
  );
  return { profiles, sounds: readSounds(source.promptsDir, source.lineFormat, named) };
}

/** What the thread answers. */
export type Aside =
  | { readonly read: RosterFiles }
  | { readonly fault: { readonly code: ErrorCode | undefined; readonly message: string } };

/** As `readRoster`, on a thread of its own: it takes up to a quarter of a second a sound, in which no call may stand still. */
export function readRosterAside(source: RosterSource): Promise<RosterFiles> {
  const extension = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'));
  const thread = new Worker(new URL(`./roster-thread${extension}`, import.meta.url), { workerData: source });
  return new Promise((resolve, reject) => {
    thread.once('message', (aside: Aside) => {
      if ('read' in aside) return resolve(aside.read);
      const { code, message } = aside.fault;
      reject(code === undefined ? new Error(message) : new LivelineError(code, message));
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread that read the profiles ended early')));
  });
}
