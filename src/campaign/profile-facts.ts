// What a profile must be for a campaign to call with it, and keep calling: it calls out, says first what has to be said, and can
// keep what it promises. Pure; where profiles are kept is not known here.
import type { FirstWords } from '../agents/first-words-settings.ts';
import type { Profile } from '../agents/profile.ts';
import type { Machines } from '../call/placed-calls.ts';
import { firstWordsFaults } from './first-words.ts';

export interface ProfileFacts {
  readonly direction: 'inbound' | 'outbound' | 'both';
  readonly firstWords: FirstWords | undefined;
  /** Its calls are recorded, so that this is said first where the law asks for it. */
  readonly announcesRecording: boolean;
  /** What it makes of machines. */
  readonly onVoicemail: Machines;
  /** Of it and of those that it may hand a call to, the ones that cannot put a number on the list of who is not called. */
  readonly withoutOptOut: readonly string[];
}

/** Each of them puts whoever asks for it on that list. */
const OPT_OUT_TOOLS: ReadonlySet<string> = new Set(['opt_out', 'record_outcome']);

/** Undefined: there is none of this name. */
export function profileFacts(
  name: string,
  profileNamed: (name: string) => Profile | undefined,
): ProfileFacts | undefined {
  const profile = profileNamed(name);
  return (
    profile && {
      direction: profile.direction,
      firstWords: profile.firstWords && {
        ...profile.firstWords,
        recording:
          profile.firstWords.recording ??
          (profile.recording === false ? undefined : profile.recording.announcement),
      },
      announcesRecording: profile.recording !== false,
      onVoicemail: profile.onVoicemail.do,
      withoutOptOut: speakersOf(profile, profileNamed)
        .filter(({ tools }) => !tools.some((tool) => tool.is === 'named' && OPT_OUT_TOOLS.has(tool.name)))
        .map((speaker) => speaker.name),
    }
  );
}

/** All that may come to speak in a call which this one begins. */
function speakersOf(first: Profile, profileNamed: (name: string) => Profile | undefined): Profile[] {
  const all = [first];
  for (const { handOverTo } of all)
    for (const { agent } of handOverTo) {
      const next = all.some(({ name }) => name === agent) ? undefined : profileNamed(agent);
      if (next) all.push(next);
    }
  return all;
}

/** In words for whoever runs the campaign; empty: it may call. `recording`: the law wants it said, where calls are recorded. */
export function profileFaults(
  name: string,
  profile: ProfileFacts | undefined,
  { recording }: { readonly recording: boolean },
): string[] {
  if (profile === undefined) return [`there is no profile "${name}"`];
  const faults: string[] = [];
  if (profile.direction === 'inbound')
    faults.push(`the profile "${name}" takes inbound calls alone: write direction: both or outbound`);
  faults.push(
    ...firstWordsFaults(profile.firstWords, { recording: recording && profile.announcesRecording }).map(
      (fault) => `the profile "${name}" does not say all that must be said first: ${fault}`,
    ),
  );
  faults.push(
    ...profile.withoutOptOut.map(
      (speaker) =>
        `the profile "${speaker}"${speaker === name ? '' : `, to which "${name}" may hand a call,`} cannot keep that somebody is called no more: add opt_out to its tools`,
    ),
  );
  return faults;
}
