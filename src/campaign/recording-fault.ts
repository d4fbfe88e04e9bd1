// May a single call be recorded without a word? Only where the law of everywhere that the number may be lets us. Pure.
import type { Profile } from '../agents/profile.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import { lawFor, type RuleData } from './rules/rule-data.ts';
import { whereIs } from './zones/where.ts';

/** What is against it, for a person; undefined: nothing, or nothing is recorded. Where nobody knows the law, it must be said. */
export function recordingFault(
  to: PhoneNumber,
  { name, recording, firstWords }: Pick<Profile, 'name' | 'recording' | 'firstWords'>,
  law: RuleData,
  nowMs: number,
): string | undefined {
  if (recording === false) return undefined;
  if (recording.announcement !== undefined || firstWords?.recording !== undefined) return undefined;
  const rules = lawFor(whereIs(to, undefined), law, nowMs);
  if ('limits' in rules && !rules.recordingAnnouncement) return undefined;
  const why =
    'limits' in rules
      ? `the law of ${rules.countries.join(' or ')} wants it said first`
      : `${rules.words}, so that it must be said first`;
  return `the profile "${name}" records its calls, and does not say so: ${why}; write recording: { announcement: … } or turn it off`;
}
