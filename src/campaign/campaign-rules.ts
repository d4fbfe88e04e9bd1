// The rules of one campaign, joined from its settings, the law as data and what is known of the profile. What each of them says
// is in its own file.
import { LivelineError } from '../base/errors.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Machines } from '../call/placed-calls.ts';
import { SEND_WITHIN_MS } from './attempt-times.ts';
import type { Verdict } from './audit.ts';
import { breakerOf } from './breakers.ts';
import { mayRing } from './calling-hours.ts';
import { capsVerdict } from './caps.ts';
import { consentVerdict, type ConsentFacts } from './consent.ts';
import type { DialRules, DialSettings, DueContact, RulesOf, TriedContact } from './dial-rules.ts';
import { doNotCallVerdict } from './do-not-call.ts';
import { saysNumber } from './first-words.ts';
import { nextOf, outcomeOfEnded } from './outcome.ts';
import { chooseCallerId, howMany } from './pacing.ts';
import { profileFaults, type ProfileFacts } from './profile-facts.ts';
import { lawFor, type Law, type NoLaw, type RuleData } from './rules/rule-data.ts';
import { readSettings } from './settings-faults.ts';
import type { CampaignSettings } from './settings.ts';
import { whereIs } from './zones/where.ts';

export interface CampaignRulesOptions {
  readonly law: RuleData;
  readonly guard: (to: PhoneNumber, from: PhoneNumber | undefined) => string | undefined;
  /** As the profile of this name is now; undefined: there is none. Left out: whoever speaks is not looked at. */
  readonly profileOf?: ((name: string) => ProfileFacts | undefined) | undefined;
}

/** What it gives throws CAMPAIGN_INVALID for settings that cannot be read. */
export const campaignRules =
  (options: CampaignRulesOptions): RulesOf =>
  (written) => {
    const read = readSettings(written);
    if ('faults' in read)
      throw new LivelineError(
        'CAMPAIGN_INVALID',
        `the settings cannot be read: ${read.faults.map(({ field, words }) => `${field}: ${words}`).join('; ')}`,
      );
    return rulesFrom(read.settings, options);
  };

function rulesFrom(settings: CampaignSettings, { law, guard, profileOf }: CampaignRulesOptions): DialRules {
  const { consent, suppressionLists, caps, pace, breakers, callerIds } = settings;
  const zoneOf = ({ timeZone }: DueContact): string | undefined => timeZone ?? settings.timeZone;
  const lawOf = ({ to, region }: DueContact, nowMs: number): Law | NoLaw =>
    lawFor(whereIs(to, region), law, nowMs);
  // Until there is a profile again, nothing is settled for good.
  const machines = (): Machines =>
    settings.machines ?? profileOf?.(settings.profile)?.onVoicemail ?? 'call-again';
  return {
    get settings() {
      return dialSettings(settings, machines());
    },
    hours(contact, nowMs) {
      const outside = notDuring(settings, nowMs);
      if (outside) return outside;
      const { to, region: contactRegion } = contact;
      const asked = { to, contactZone: zoneOf(contact), contactRegion, own: settings.windows };
      return throughout((atMs) => mayRing({ ...asked, nowMs: atMs }, law), nowMs, settings.pace.ringS);
    },
    // Whom nobody could call back, or nobody speaks with, is refused along with it: neither is a matter of the hour.
    consent: (contact, facts, nowMs) =>
      (profileOf && unspoken(contact, settings, profileOf(settings.profile))) ??
      consentVerdict(consent, { ...facts, law: asked(settings, lawOf(contact, nowMs)) }, nowMs),
    doNotCall: (_, { lists }, nowMs) => doNotCallVerdict(suppressionLists, lists, nowMs),
    caps(contact, { past }, nowMs) {
      const there = lawOf(contact, nowMs);
      const { versions } = there;
      // Without a law nobody is called: the hours have said so before.
      const legal =
        'rule' in there ? { perDay: 0 } : { perDay: there.callsPerDay, per30Days: there.callsPer30Days };
      return capsVerdict(
        [
          { of: 'campaign', ...caps },
          { of: versions, ...legal },
        ],
        past,
        nowMs,
      );
    },
    callerId: ({ to }, { past }, uses) =>
      chooseCallerId(callerIds, uses, { to, seenBefore: seenBefore(settings, past) }),
    guard,
    howMany: ({ nowMs, startedAtMs, slots, open, ringing, capacity: { callsAtOnce, live, model } }) =>
      howMany({
        ...{ nowMs, pace, startedAtMs, slots, open },
        agent: { callsAtOnce, live, ringing: ringing.ofProfile },
        model: { ...model, ringing: ringing.ofAll },
      }),
    breaker: (facts) => (profileOf && faultOf(settings, profileOf)) ?? breakerOf({ breakers, ...facts }),
    outcome: outcomeOfEnded,
    next: (outcomeNow, tried, nowMs) =>
      nextOf(outcomeNow, contactFacts(tried, settings), { ...settings, machines: machines() }, nowMs),
  };
}

/** Turned round, so that no clock is no time to call. */
function notDuring({ startsAtMs, endsAtMs }: CampaignSettings, nowMs: number): Verdict | undefined {
  const wait = (words: string, untilMs: number | undefined): Verdict => {
    return { may: 'wait', rule: 'hours.campaign', words, data: '', untilMs };
  };
  if (startsAtMs !== undefined && !(nowMs >= startsAtMs))
    return wait('the campaign has not started', startsAtMs);
  if (endsAtMs !== undefined && !(nowMs < endsAtMs)) return wait('the campaign has ended', undefined);
  return undefined;
}

/** Telemarketing with an artificial voice needs it in writing in the United States: 47 CFR 64.1200(a)(2). */
function asked({ purpose }: CampaignSettings, law: Law | NoLaw): ConsentFacts['law'] {
  if ('rule' in law || (purpose === 'marketing' && law.countries.includes('US'))) return 'written';
  return law.consentNeeded ? 'express' : 'none';
}

/** The carrier is asked a while later, and then it rings: both end within the hours in which it may. */
function throughout(mayRingAt: (atMs: number) => Verdict, nowMs: number, ringS: number): Verdict {
  const first = mayRingAt(nowMs);
  if (first.may !== 'ring') return first;
  const last = mayRingAt(nowMs + SEND_WITHIN_MS + ringS * 1_000);
  return last.may === 'ring' ? first : { ...last, words: `it might ring too late: ${last.words}` };
}

/** A value of the contact may stand where the number was to be; what a profile lacks can be mended, and is waited for. */
function unspoken(
  { variables }: DueContact,
  { profile: name }: CampaignSettings,
  profile: ProfileFacts | undefined,
): Verdict | undefined {
  const callback = profile?.firstWords?.callback;
  if (callback !== undefined && !saysNumber(callback, variables)) {
    const of = { rule: 'first-words.callback', data: '' };
    return saysNumber(callback)
      ? { may: 'never', ...of, words: 'first_words.callback takes a value of this contact that is no number' }
      : { may: 'wait', ...of, words: 'there is no number in first_words.callback', untilMs: undefined };
  }
  const [words] = profileFaults(name, profile, { recording: true });
  return words === undefined
    ? undefined
    : { may: 'wait', rule: UNSPOKEN, words, data: '', untilMs: undefined };
}

/** What must be said would not be said to anybody: a person mends the profile, and goes on. */
const UNSPOKEN = 'first-words.missing';

function faultOf(
  { profile: name }: CampaignSettings,
  profileOf: (name: string) => ProfileFacts | undefined,
): { readonly rule: string; readonly words: string } | undefined {
  const faults = profileFaults(name, profileOf(name), { recording: true });
  return faults.length === 0
    ? undefined
    : { rule: UNSPOKEN, words: `${faults.join('; ')}; resume it once this is mended` };
}

const dialSettings = (
  { profile, callerIds, suppressionLists, pace, machines, endsAtMs, breakers }: CampaignSettings,
  inForce: Machines,
) =>
  ({
    profile,
    callerIds: callerIds.map(({ number }) => number),
    suppressionLists: suppressionLists.map(({ name }) => name),
    callsPerSecond: pace.callsPerSecond,
    ringS: pace.ringS,
    detectsMachines: inForce === 'leave-message' ? 'message-end' : 'on',
    machines,
    endsAtMs,
    breakerOver: breakers.over,
  }) satisfies DialSettings;

/** The last one of this campaign's pool. */
const seenBefore = (
  { callerIds }: CampaignSettings,
  past: readonly { readonly from: PhoneNumber }[],
): PhoneNumber | undefined =>
  past.findLast(({ from }) => callerIds.some(({ number }) => number === from))?.from;

function contactFacts({ contact, history, disposition }: TriedContact, settings: CampaignSettings) {
  // For parts of the day alone, whether it may ring then is asked again.
  const zone = contact.timeZone ?? settings.timeZone ?? whereIs(contact.to).zones[0] ?? 'UTC';
  return { to: contact.to, history, zone, disposition };
}
