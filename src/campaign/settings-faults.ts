// What is wrong with the settings of a campaign, in words for whoever makes one: by themselves, and beside the numbers,
// profiles and rules that there are. Asks nobody for these facts.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { PhoneNumber } from '../base/phone-number.ts';
import { listFaults, type ListAge } from './do-not-call.ts';
import { profileFaults, type ProfileFacts } from './profile-facts.ts';
import type { Asks } from './rules/rule-data.ts';
import { campaignSettings, type CampaignSettings } from './settings.ts';

export interface SettingFault {
  /** As a path, such as `pace.ring_s`; empty for the settings as a whole. */
  readonly field: string;
  readonly words: string;
}

export type ReadSettings =
  { readonly settings: CampaignSettings } | { readonly faults: readonly SettingFault[] };

/** `written`: as JSON or YAML has it. Every fault at once. */
export function readSettings(written: unknown): ReadSettings {
  const checked = campaignSettings.safeParse(written);
  return checked.success
    ? { settings: checked.data }
    : { faults: checked.error.issues.flatMap((issue) => faultsIn(issue)) };
}

function faultsIn(issue: z.core.$ZodIssue): SettingFault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: z.core.toDotPath([...issue.path, key]),
      words: 'there is no such field',
    }));
  // Of several things that a field may be, the one whose inside was looked at is the one that was meant.
  const meant =
    issue.code === 'invalid_union'
      ? issue.errors.find((inner) =>
          inner.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
        )
      : undefined;
  if (meant && meant.length > 0)
    return meant.flatMap((inner) => faultsIn({ ...inner, path: [...issue.path, ...inner.path] }));
  return [{ field: z.core.toDotPath(issue.path), words: wordsOf(issue) }];
}

const PLAIN: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'fields',
  record: 'fields',
};

function wordsOf({ message }: z.core.$ZodIssue): string {
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) return message.replace(/^Invalid (input|option): /, '');
  const plain = `expected ${PLAIN[expected] ?? expected}`;
  return received === 'undefined' ? `${plain}, but it is missing` : plain;
}

export interface SettingsFacts {
  /** Undefined: nobody could say. */
  readonly ownNumbers: readonly PhoneNumber[] | undefined;
  /** Why nobody could. */
  readonly numbersUnknown?: string | undefined;
  /** Undefined: there is no profile of this name. */
  readonly profile: ProfileFacts | undefined;
  /** By the rule data and the windows of the campaign together. */
  readonly canEverOpen: boolean;
  /** Where the contacts most likely are. Undefined: nobody can say, so a recording is announced; consent is asked for at each call. */
  readonly law?: Asks | undefined;
  /** Of the account at the carrier. Undefined: the campaign's own counts. */
  readonly callsPerSecond?: number | undefined;
  /** Those that were imported. Undefined: they are not looked at; nobody is called without them all the same. */
  readonly lists?: readonly ListAge[] | undefined;
  readonly nowMs: number;
}

/** What must be mended before a campaign with these settings may exist; empty when nothing is. */
export function faultsOf(settings: CampaignSettings, facts: SettingsFacts): SettingFault[] {
  const faults: SettingFault[] = [];
  const fault = (field: string, words: string): void => {
    faults.push({ field, words });
  };
  settings.callerIds.forEach(({ number }, at) => {
    if (facts.ownNumbers === undefined)
      fault(
        `caller_ids[${at}]`,
        `nobody can say just now whether this number is yours: ${facts.numbersUnknown ?? 'try again'}`,
      );
    else if (!facts.ownNumbers.includes(number))
      fault(
        `caller_ids[${at}]`,
        `${number} is neither a number of the account at the carrier nor verified there: buy or verify it first`,
      );
  });
  faults.push(...faultsOfProfile(settings, facts));
  if (!facts.canEverOpen)
    fault(
      'windows',
      `these never open${settings.endsAtMs === undefined ? '' : ' before ends_at'}: within what the law allows where the contacts are, there is no minute left to call them`,
    );
  if (facts.lists !== undefined)
    for (const { words } of listFaults(settings.suppressionLists, facts.lists, facts.nowMs))
      fault('suppression_lists', words);
  const { callsPerSecond } = settings.pace;
  if (facts.callsPerSecond !== undefined && callsPerSecond > facts.callsPerSecond)
    fault('pace.calls_per_second', `the account may begin only ${facts.callsPerSecond} calls per second`);
  if (settings.endsAtMs !== undefined && settings.endsAtMs <= facts.nowMs)
    fault('ends_at', 'this is over already');
  // 47 CFR 64.1200(a)(2): telemarketing with an artificial voice.
  if (callsUnitedStates(settings) && settings.purpose === 'marketing' && settings.consent.kind !== 'written')
    fault(
      'consent.kind',
      'marketing calls by an artificial voice need written consent in the United States; if these are none, write purpose: informational, and if they go elsewhere, country',
    );
  else if (settings.consent.kind === 'none-needed' && facts.law?.consentNeeded)
    fault(
      'consent.kind',
      'the calling rules of where the contacts are ask for consent: nobody would be called; write express or written, or country if they are elsewhere',
    );
  return faults;
}

/** Where nothing else is said, from there one calls there; `+1` is theirs unless it is known to be of another country. */
const callsUnitedStates = ({ country, callerIds }: CampaignSettings): boolean =>
  country === undefined
    ? callerIds.some(
        ({ number }) =>
          number.startsWith('+1') && (parsePhoneNumberFromString(number)?.country ?? 'US') === 'US',
      )
    : country === 'US';

function faultsOfProfile(
  { profile: name, machines }: CampaignSettings,
  { profile, law }: SettingsFacts,
): SettingFault[] {
  const faults = profileFaults(name, profile, { recording: law?.recordingAnnouncement ?? true }).map(
    (words): SettingFault => ({ field: 'profile', words }),
  );
  if (machines === 'leave-message' && profile !== undefined && profile.onVoicemail !== 'leave-message')
    faults.push({
      field: 'machines',
      words: `the profile "${name}" has no message to leave: see on_voicemail`,
    });
  return faults;
}
