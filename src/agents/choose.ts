// Which profile takes a call. That no two profiles claim the same is checked when they are loaded.
import type { CarrierCall } from '../carrier/webhooks.ts';
import { numberOf } from './own-number.ts';
import type { Profile } from './profile.ts';

/** A call to be taken; `campaign`: for which it was placed, if for one. */
export interface Chosen extends Pick<CarrierCall, 'to' | 'direction' | 'profile'> {
  readonly campaign?: string | undefined;
}

/**
 * Of the profiles for calls of this direction: of one that came in, the one that names the number which was called; of one
 * that we placed, the one that names its campaign, then the one for any campaign. Else the one for any number, else none.
 * Where the caller chose a profile, that one or none.
 */
export function chooseProfile(
  profiles: readonly Profile[],
  { to, direction, campaign, profile: name }: Chosen,
): Profile | undefined {
  if (name !== undefined) return profiles.find((profile) => profile.name === name);
  const candidates = profiles.filter((profile) => ['both', direction].includes(profile.direction));
  return (
    (direction === 'inbound' ? byNumber(candidates, to) : byCampaign(candidates, campaign)) ??
    candidates.find(({ numbers }) => numbers === '*')
  );
}

function byNumber(profiles: readonly Profile[], to: string): Profile | undefined {
  const number = numberOf(to);
  return profiles.find(({ numbers }) => number !== undefined && numbers !== '*' && numbers.includes(number));
}

/** The number that we called is the other end's, and says nothing of us. */
function byCampaign(profiles: readonly Profile[], campaign: string | undefined): Profile | undefined {
  if (campaign === undefined) return undefined;
  return (
    profiles.find(({ campaigns }) => campaigns !== '*' && campaigns.includes(campaign)) ??
    profiles.find(({ campaigns }) => campaigns === '*')
  );
}
