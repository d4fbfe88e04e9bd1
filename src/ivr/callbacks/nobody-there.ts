// Whether somebody is there with whom a called-back caller can talk: callers are not rung up to hear that nobody is. Pure.
import type { Profile } from '../../agents/profile.ts';
import type { PromisedCallback } from '../../tools/callbacks.ts';
import { isThereAt } from '../plan-of.ts';

/** Why nobody is, in words; undefined: somebody is. `profiles`: as they are in force then. */
export function nobodyThere(
  { profile: name, destination }: Pick<PromisedCallback, 'profile' | 'destination'>,
  profiles: readonly Pick<Profile, 'name' | 'destinations' | 'timeZone'>[],
  epochMs: number,
): string | undefined {
  const profile = profiles.find((one) => one.name === name);
  if (!profile) return 'its profile is no longer there, or has another name';
  const place = profile.destinations.find((one) => one.name === destination);
  if (!place) return 'its destination is no longer in the profile';
  return isThereAt(place, profile, epochMs) ? undefined : 'nobody is there at this hour';
}
