import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Profile } from '../../src/agents/profile.ts';
import type { PhoneNumber } from '../../src/base/phone-number.ts';
import { recordingFault } from '../../src/campaign/recording-fault.ts';
import { loadRules } from '../../src/campaign/rules/load.ts';

const NOW = Date.parse('2026-11-23T15:00:00Z');
const law = await loadRules(resolve(import.meta.dirname, '../../fixtures/calling-rules'));
type Told = Pick<Profile, 'name' | 'recording' | 'firstWords'>;
const silent: Told = { name: 'Reminder', recording: { announcement: undefined }, firstWords: undefined };
const faultOf = (to: string, profile: Told): string | undefined =>
  recordingFault(to as PhoneNumber, profile, law, NOW);

test('recorded without a word only where no law wants it said', () => {
  // New York.
  expect(faultOf('+12125550123', silent)).toBeUndefined();
  // California.
  expect(faultOf('+12135550123', silent)).toMatch(/"Reminder" records its calls, and does not say so/);
  // Nobody knows the law there.
  expect(faultOf('+81312345678', silent)).toMatch(/no calling rules for JP, so that it must be said first/);
});

test('who says it, or records nothing, may call', () => {
  for (const to of ['+12135550123', '+81312345678']) {
    expect(faultOf(to, { ...silent, recording: false })).toBeUndefined();
    expect(faultOf(to, { ...silent, recording: { announcement: 'This call is recorded.' } })).toBeUndefined();
  }
});
