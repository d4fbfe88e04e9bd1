// Which profile takes a call. That no two profiles claim the same is checked when they are loaded.
import type { CarrierCall } from '../carrier/webhooks.ts';
import { numberOf } from './own-number.ts';
import type { Profile } from './profile.ts';

/**
 * Of the profiles for calls of this direction: of one that came in, the one that names the number which was called. Else the one
 * for any number, else none. Calls that we place bring their profile with them. Where the caller chose a profile, that one or
 * none.
 */
export function chooseProfile(
  profiles: readonly Profile[],
  { to, direction, profile: name }: Pick<CarrierCall, 'to' | 'direction' | 'profile'>,
): Profile | undefined {
  if (name !== undefined) return profiles.find((profile) => profile.name === name);
  const candidates = profiles.filter((profile) => ['both', direction].includes(profile.direction));
  // The number of a call that goes out is the other end's, and says nothing of us.
  return (
    (direction === 'inbound' ? byNumber(candidates, to) : undefined) ??
    candidates.find(({ numbers }) => numbers === '*')
  );
}

function byNumber(profiles: readonly Profile[], to: string): Profile | undefined {
  const number = numberOf(to);
  return profiles.find(({ numbers }) => number !== undefined && numbers !== '*' && numbers.includes(number));
}
