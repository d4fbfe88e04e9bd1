// Whose message a recording is: what of the profile decides how it is kept and brought to people. Pure.
import type { Profile } from '../agents/profile.ts';
import type { Route } from './route.ts';

export interface LeftMessage {
  /** The profile's name. */
  readonly profile: string;
  readonly from: string;
  readonly to: string;
  readonly language: string;
  readonly timeZone: string;
  readonly model?: string;
  readonly deliverTo: string[];
  readonly transcribe: boolean;
  /** 0: until it was delivered. */
  readonly keepDays: number | 'forever';
}

/** `profile`: undefined when there is none of that name any more; the message is kept all the same. */
export function leftMessage(route: Pick<Route, 'profile' | 'from' | 'to'>, profile?: Profile): LeftMessage {
  const { from, to } = route;
  const whose = { profile: route.profile, from, to };
  if (profile === undefined)
    return { ...whose, language: 'en-US', timeZone: 'UTC', deliverTo: [], transcribe: false, keepDays: 90 };
  const { language, timeZone, model, voicemail, keepRecordsDays } = profile;
  return {
    ...{ ...whose, language, timeZone, model, keepDays: keepRecordsDays },
    deliverTo: [...(voicemail?.deliverTo ?? [])],
    transcribe: voicemail?.transcribe ?? false,
  };
}
