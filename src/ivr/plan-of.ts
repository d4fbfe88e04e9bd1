// The plan of a call: what its profile says of the ways other than the agent, with this call's values in the words.
import { isOpenAt } from '../agents/hours.ts';
import { fillVariables, valuesFor } from '../agents/instructions.ts';
import type { Profile } from '../agents/profile.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Place } from '../tools/built-in/places.ts';
import type { Destination, Plan } from './plan.ts';

export type CallOfPlan = Pick<CarrierCall, 'from' | 'to'>;

export function planOf(profile: Profile, call: CallOfPlan, epochMs: number): Plan {
  const { name, language, timeZone, destinations, fallback, voicemail } = profile;
  return {
    ...{ profile: name, language, timeZone, destinations },
    ladder: fallback.steps,
    voicemail: voicemail && {
      greeting: filled(voicemail.greeting, profile, call, epochMs),
      longestS: voicemail.maxSeconds,
    },
  };
}

/** What the carrier says in the profile's own words. */
export const filled = (
  template: string,
  profile: Profile,
  { from, to }: CallOfPlan,
  epochMs: number,
): string => fillVariables(template, valuesFor(profile, { caller: from, called: to, epochMs }));

export const isThereAt = (
  { hours }: Destination,
  { timeZone }: Pick<Plan, 'timeZone'>,
  epochMs: number,
): boolean => hours === undefined || isOpenAt(hours, timeZone, epochMs);

/** As the tools of the agent know them. */
export const placesOf = ({ destinations, timeZone }: Pick<Profile, 'destinations' | 'timeZone'>): Place[] =>
  destinations.map((destination) => ({
    name: destination.name,
    description: destination.description,
    spoken: destination.spoken,
    isOpenAt: (epochMs) => isThereAt(destination, { timeZone }, epochMs),
  }));
