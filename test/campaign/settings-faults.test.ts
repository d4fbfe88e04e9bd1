// Settings beside the numbers, profiles and rules that there are.
import { expect, test } from 'vitest';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import { campaignSettings } from '../../src/campaign/settings.ts';
import type { ProfileFacts } from '../../src/campaign/profile-facts.ts';
import { faultsOf, type SettingsFacts } from '../../src/campaign/settings-faults.ts';

const OURS = parsePhoneNumber('+15550100100')!;
const PROFILE: ProfileFacts = {
  direction: 'both',
  firstWords: {
    identity: 'This is Harbour Dental.',
    assistant: 'I am an AI assistant.',
    callback: 'Our number is +1 555 010 0100.',
    optOut: 'Say stop, and we never call again.',
    recording: undefined,
  },
  announcesRecording: false,
  onVoicemail: 'hang-up',
  withoutOptOut: [],
};
const LAW = { consentNeeded: true, recordingAnnouncement: true };
const FREE = { consentNeeded: false, recordingAnnouncement: false };
const FACTS: SettingsFacts = { ownNumbers: [OURS], profile: PROFILE, canEverOpen: true, law: FREE, nowMs: 0 };

const faults = (facts: Partial<SettingsFacts>, written: object = {}) =>
  faultsOf(
    campaignSettings.parse({
      profile: 'reminder',
      caller_ids: [OURS],
      consent: { kind: 'written' },
      ...written,
    }),
    { ...FACTS, ...facts },
  ).map(({ field, words }) => `${field}: ${words}`);

test('nothing is wrong', () => {
  expect(faults({})).toEqual([]);
});

test.each<[string, Partial<SettingsFacts>, object?]>([
  ['caller_ids[0]: +15550100100 is neither', { ownNumbers: [] }],
  ['caller_ids[1]: +15550100199 is neither', {}, { caller_ids: [OURS, '+15550100199'] }],
  ['caller_ids[0]: nobody can say', { ownNumbers: undefined }],
  ['profile: there is no profile "reminder"', { profile: undefined }],
  ['profile: the profile "reminder" takes inbound', { profile: { ...PROFILE, direction: 'inbound' } }],
  ['first_words.recording is missing', { profile: { ...PROFILE, announcesRecording: true }, law: LAW }],
  [
    'first_words.opt_out is missing',
    { profile: { ...PROFILE, firstWords: { ...PROFILE.firstWords!, optOut: ' ' } } },
  ],
  [
    'profile: the profile "reminder" cannot keep that somebody is called no more',
    { profile: { ...PROFILE, withoutOptOut: ['reminder'] } },
  ],
  ['windows: these never open', { canEverOpen: false }],
  ['pace.calls_per_second: the account', { callsPerSecond: 0.5 }],
  ['ends_at: this is over', { nowMs: Date.UTC(2026, 0, 1) }, { ends_at: '2026-01-01T00:00:00Z' }],
  ['machines: the profile "reminder" has no message', {}, { machines: 'leave-message' }],
  ['consent.kind: marketing calls', {}, { country: 'US', consent: { kind: 'express' } }],
  ['consent.kind: marketing calls', {}, { consent: { kind: 'express' } }],
  [
    'suppression_lists: the list "national" was never imported',
    { lists: [{ name: 'state', asOfMs: 0, version: 1 }] },
    { suppression_lists: [{ name: 'state' }, { name: 'national' }] },
  ],
  [
    'consent.kind: marketing calls',
    {},
    { country: 'US', consent: { kind: 'none-needed', reason: 'they are all businesses' } },
  ],
  [
    'consent.kind: the calling rules',
    { law: LAW },
    { country: 'GB', consent: { kind: 'none-needed', reason: 'they are all businesses' } },
  ],
])('refused: %s', (words, facts, written) => {
  expect(faults(facts, written)).toEqual([expect.stringContaining(words)]);
});

test('a recording is announced where the law asks for it, or nobody can say', () => {
  const profile = { ...PROFILE, announcesRecording: true };
  expect(faults({ profile })).toEqual([]);
  expect(faults({ profile, law: undefined })).toEqual([expect.stringContaining('first_words.recording')]);
  expect(faults({ profile: { ...PROFILE, announcesRecording: false }, law: LAW })).toEqual([]);
});

test('a profile without any first words misses each of them', () => {
  expect(
    faults({ profile: { ...PROFILE, firstWords: undefined, announcesRecording: true }, law: LAW }),
  ).toHaveLength(5);
});

test('outside of the United States express consent is enough here: the law of each number is looked at as it is called', () => {
  const express = { consent: { kind: 'express' } };
  expect(faults({}, { country: 'GB', ...express })).toEqual([]);
  const toronto = parsePhoneNumber('+14165550100')!;
  expect(faults({ ownNumbers: [toronto] }, { caller_ids: [toronto], ...express })).toEqual([]);
});

test('calls that inform need no written consent in the United States', () => {
  expect(faults({}, { country: 'US', purpose: 'informational', consent: { kind: 'express' } })).toEqual([]);
});
