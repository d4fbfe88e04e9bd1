// Calls that nobody answers, and calls that somebody does: what is told of how they begin, and to the caller in the carrier's
// own voice.
import { fillVariables, valuesFor } from '../agents/instructions.ts';
import { KEEP_RECORDS_DAYS, type Profile } from '../agents/profile.ts';
import type { CarrierCall, Verb } from '../carrier/webhooks.ts';
import { numberOfThem, numberOfUs } from './known-caller.ts';
import type { Refusal } from './notices.ts';
import type { PlacedCall } from './placed-calls.ts';

const CANNOT_CONTINUE = 'We are sorry. We cannot continue this call. Please call again in a few minutes.';
export const REFUSALS = {
  'not-in-service': 'We are sorry. This number is not in service.',
  'lines-busy': 'We are sorry. All our lines are busy. Please call again in a few minutes.',
  'no-session': CANNOT_CONTINUE,
  'server-stopping': CANNOT_CONTINUE,
} as const satisfies Partial<Record<Refusal, string>>;

/** Who calls, and who answers or would have; the latter empty for nobody. `begunBy`: who answered first, whose the record is. */
export const about = (
  { id, from, to, direction }: CarrierCall,
  profile: Profile | undefined,
  begunBy = profile,
) => ({
  ...{ callId: id, from, to, direction },
  profile: profile?.name ?? '',
  profileVersion: profile?.version ?? '',
  model: profile?.model ?? '',
  keepDays: begunBy?.keepRecordsDays ?? KEEP_RECORDS_DAYS,
  logCalls: begunBy?.logsCalls ?? false,
});

/** To somebody whom we called and nobody talks with: who that was, in the profile's own words, if it has any. */
export function notTalkedTo(
  call: CarrierCall,
  profile: Profile | undefined,
  { variables }: PlacedCall,
  epochMs: number,
): Verb {
  if (!profile?.firstWords) return { do: 'hang-up' };
  const { identity, callback, optOut } = profile.firstWords;
  const values = valuesFor(profile, {
    ...{ caller: numberOfThem(call), called: numberOfUs(call), epochMs, campaign: variables },
  });
  const text = [identity, callback, optOut].map((words) => fillVariables(words, values)).join(' ');
  return { do: 'say-and-hang-up', text, language: profile.language };
}

export const sayAndHangUp = (text: string): Verb => ({ do: 'say-and-hang-up', text, language: 'en-US' });

export const NOT_IN_SERVICE = sayAndHangUp(REFUSALS['not-in-service']);
