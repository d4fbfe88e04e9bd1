// The rules of a campaign as they are joined: settings, law, lists, consent, caps and numbers, on the real rule data.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import { campaignRules } from '../../src/campaign/campaign-rules.ts';
import { decide, type DialQuestion } from '../../src/campaign/dial-decision.ts';
import type { RulesOf } from '../../src/campaign/dial-rules.ts';
import type { ProfileFacts } from '../../src/campaign/profile-facts.ts';
import { loadRules } from '../../src/campaign/rules/load.ts';

/** Monday, noon in New York. */
const NOON_MS = Date.UTC(2026, 10, 30, 17);
const DAY_MS = 86_400_000;
const FROM = parsePhoneNumber('+12125550100')!;
const TO = parsePhoneNumber('+12125550123')!;
const SETTINGS = {
  profile: 'Reminder',
  purpose: 'informational',
  caller_ids: [{ number: FROM, calls_per_day: 2 }],
  country: 'US',
  consent: { kind: 'express' },
  suppression_lists: [{ name: 'national', not_older_than_days: 31 }],
};
const SPEAKER: ProfileFacts = {
  direction: 'outbound',
  firstWords: {
    identity: 'We are Harbour.',
    assistant: 'I am an AI.',
    callback: 'Call +1 212 555 0100.',
    optOut: 'Press 9.',
    recording: undefined,
  },
  announcesRecording: false,
  onVoicemail: 'hang-up',
  withoutOptOut: [],
};
const consent = { id: '7', kind: 'express', givenAtMs: NOON_MS - DAY_MS, expiresAtMs: undefined, seller: '' };
const list = { name: 'national', asOfMs: NOON_MS - DAY_MS, version: 3, holdsNumber: false };

let rulesOf: RulesOf;
beforeAll(async () => {
  const law = await loadRules(join(import.meta.dirname, '../../fixtures/calling-rules'));
  rulesOf = campaignRules({ law, guard: (to) => (to.endsWith('911') ? 'an emergency number' : undefined) });
});

const ask = (
  over: Partial<DialQuestion['facts']> = {},
  question: Partial<DialQuestion> = {},
  settings: object = {},
) =>
  decide(rulesOf({ ...SETTINGS, ...settings }), {
    contact: { id: '1', to: TO, timeZone: undefined, region: undefined, variables: {}, attempts: 0 },
    facts: { consents: [consent], isOptedOut: false, lists: [list], past: [], isOpen: false, ...over },
    callerIds: new Map(),
    nowMs: NOON_MS,
    ...question,
  });

test('all is well: called, with the versions of all that was looked at', () => {
  const decision = ask();
  expect(decision).toMatchObject({ may: 'dial', from: FROM });
  expect(decision.data).toMatch(/US \d{4}-/);
  expect(decision.data).toContain('consent 7');
  expect(decision.data).toContain('national 3');
});

test.each([
  ['in the night', { nowMs: NOON_MS + DAY_MS / 2 }, {}, /^hours\./],
  ['without consent', {}, { consents: [] }, /^consent\.missing/],
  ['on the list', {}, { lists: [{ ...list, holdsNumber: true }] }, /^suppression\.listed/],
  ['a list that was never imported', {}, { lists: [] }, /^suppression\.missing/],
  [
    'a list that is stale',
    {},
    { lists: [{ ...list, asOfMs: NOON_MS - 32 * DAY_MS }] },
    /^suppression\.stale/,
  ],
  ['opted out', {}, { isOptedOut: true }, /^consent\.revoked/],
  [
    'called an hour ago',
    {},
    { past: [{ atMs: NOON_MS - 3_600_000, outcome: 'no-answer', from: FROM }] },
    /^caps\./,
  ],
  ['being called', {}, { isOpen: true }, /^number\.open/],
  [
    'our number has called enough',
    { callerIds: new Map([[FROM, { calls: 2, firstAtMs: NOON_MS }]]) },
    {},
    /^caller-id\.none/,
  ],
] as const)('not called: %s', (_, question, facts, rule) => {
  const decision = ask(facts, question);
  expect(decision.may).not.toBe('dial');
  expect('rule' in decision ? decision.rule : '').toMatch(rule);
});

const contactOf = (to: string, region?: string) => ({
  ...{ id: '1', to: parsePhoneNumber(to)!, timeZone: undefined, region, variables: {}, attempts: 0 },
});
const NONE_NEEDED = { kind: 'none-needed', reason: 'because we would like to do so today' };

test.each(['+12125550123', '+442079460958', '+33123456789'])(
  'where the law asks for consent, a campaign that says it needs none calls nobody: %s',
  (to) => {
    const nowMs = Date.UTC(2026, 10, 30, 15);
    const decision = ask({ consents: [] }, { contact: contactOf(to), nowMs }, { consent: NONE_NEEDED });
    expect(decision).toMatchObject({ may: 'never', rule: 'consent.law' });
  },
);

test('marketing to American numbers needs written consent, whatever country the campaign names', () => {
  const marketing = { purpose: 'marketing', country: 'DE' };
  expect(ask({}, {}, marketing)).toMatchObject({ may: 'never', rule: 'consent.kind' });
  expect(ask({ consents: [{ ...consent, kind: 'written' }] }, {}, marketing)).toMatchObject({ may: 'dial' });
  const inBerlin = contactOf('+493012345678');
  const nowMs = Date.UTC(2026, 10, 30, 15);
  expect(ask({}, { contact: inBerlin, nowMs }, marketing)).toMatchObject({ may: 'dial' });
  const moved = { ...contactOf('+14165550123', 'NY'), timeZone: 'America/New_York' };
  expect(ask({}, { contact: moved }, marketing)).toMatchObject({ may: 'never', rule: 'consent.kind' });
});

test('who had the number of somebody else is not called on the old consent', () => {
  const past = [{ atMs: NOON_MS - DAY_MS / 2, outcome: 'wrong-number', from: FROM }] as const;
  expect(ask({ past })).toMatchObject({ may: 'never', rule: 'consent.not-theirs' });
});

test('in France nobody is called a fifth time in 30 days', () => {
  const nowMs = Date.UTC(2026, 10, 30, 15);
  const past = [28, 20, 15, 9].map((days) => ({
    ...{ atMs: nowMs - days * DAY_MS, outcome: 'no-answer' as const, from: FROM },
  }));
  const contact = contactOf('+33123456789');
  expect(ask({ past: past.slice(1) }, { contact, nowMs })).toMatchObject({ may: 'dial' });
  expect(ask({ past }, { contact, nowMs })).toMatchObject({
    ...{ may: 'wait', rule: 'caps.month', untilMs: nowMs + 2 * DAY_MS },
  });
});

test('nobody is called before the campaign starts, nor once it has ended', () => {
  const at = (ms: number) => new Date(ms).toISOString();
  expect(ask({}, {}, { starts_at: at(NOON_MS) })).toMatchObject({ may: 'dial' });
  expect(ask({}, {}, { starts_at: at(NOON_MS + 1_000) })).toMatchObject({
    ...{ may: 'wait', rule: 'hours.campaign', untilMs: NOON_MS + 1_000 },
  });
  expect(ask({}, {}, { ends_at: at(NOON_MS + 1_000) })).toMatchObject({ may: 'dial' });
  expect(ask({}, {}, { ends_at: at(NOON_MS) })).toMatchObject({
    ...{ may: 'wait', rule: 'hours.campaign', untilMs: undefined },
  });
});

test('the days off of the campaign count', () => {
  expect(ask({}, {}, { holidays: ['2026-11-30'] })).toMatchObject({ may: 'wait', rule: 'hours.campaign' });
});

test('a country without rules is never called', () => {
  const contact = {
    id: '1',
    to: parsePhoneNumber('+819012345678')!,
    timeZone: undefined,
    region: undefined,
    variables: {},
    attempts: 0,
  };
  expect(ask({}, { contact })).toMatchObject({ may: 'never', rule: 'rules.missing' });
});

test('whom nobody could call back is not called: a value of the contact stands where the number was to be', async () => {
  const law = await loadRules(join(import.meta.dirname, '../../fixtures/calling-rules'));
  const words = { identity: 'We.', assistant: 'An AI.', optOut: 'Say stop.', recording: undefined };
  let callback = 'Call us: {{campaign.branch | +1 212 555 0100}}.';
  const profileOf = () => ({ ...SPEAKER, firstWords: { ...words, callback } });
  const rules = campaignRules({ law, guard: () => undefined, profileOf })(SETTINGS);
  const facts = { consents: [consent], isOptedOut: false, lists: [list], past: [], isOpen: false };
  const decision = (variables: Record<string, string>) =>
    decide(rules, {
      ...{ contact: { ...contactOf(TO), variables }, facts, callerIds: new Map(), nowMs: NOON_MS },
    });
  expect(decision({ branch: '+1 212 555 0177' })).toMatchObject({ may: 'dial' });
  expect(decision({})).toMatchObject({ may: 'dial' });
  expect(decision({ branch: 'Ada' })).toMatchObject({ may: 'never', rule: 'first-words.callback' });
  callback = 'Call us.';
  expect(decision({ branch: 'Ada' })).toMatchObject({ may: 'wait', rule: 'first-words.callback' });
});

test.each<[string, ProfileFacts | undefined, string]>([
  ['is gone', undefined, 'there is no profile "Reminder"'],
  ['takes inbound calls', { ...SPEAKER, direction: 'inbound' }, 'takes inbound calls alone'],
  ['has lost its first words', { ...SPEAKER, firstWords: undefined }, 'first_words.identity is missing'],
  [
    'has lost one of them',
    { ...SPEAKER, firstWords: { ...SPEAKER.firstWords!, optOut: ' ' } },
    'first_words.opt_out is missing',
  ],
  ['can keep no opt-out', { ...SPEAKER, withoutOptOut: ['Reminder'] }, 'add opt_out to its tools'],
])('nobody is called while the profile %s, and the campaign pauses and says why', async (_, now, words) => {
  const law = await loadRules(join(import.meta.dirname, '../../fixtures/calling-rules'));
  let profile: ProfileFacts | undefined = SPEAKER;
  const rules = campaignRules({ law, guard: () => undefined, profileOf: () => profile })(SETTINGS);
  const facts = { consents: [consent], isOptedOut: false, lists: [list], past: [], isOpen: false };
  const asked = { contact: contactOf(TO), facts, callerIds: new Map(), nowMs: NOON_MS };
  const counts = { recent: [], withoutFirstWords: 0, month: { answered: 0, abandoned: 0 } };
  expect(decide(rules, asked)).toMatchObject({ may: 'dial' });
  expect(rules.breaker(counts)).toBeUndefined();
  profile = now;
  expect(decide(rules, asked)).toMatchObject({
    ...{ may: 'wait', rule: 'first-words.missing', words: expect.stringContaining(words) as string },
  });
  expect(rules.breaker(counts)).toMatchObject({
    ...{ rule: 'first-words.missing', words: expect.stringContaining(words) as string },
  });
});

test('a call that might still ring outside of the hours is not begun', () => {
  const nine = Date.UTC(2026, 11, 1, 2);
  const ringS = 30;
  const lastMs = nine - 15_000 - ringS * 1_000 - 1;
  const at = (nowMs: number, contact = contactOf('+12065550123')) =>
    ask({}, { nowMs, contact }, { pace: { ring_s: ringS } });
  const eastern = contactOf(TO);
  expect(at(lastMs, eastern)).toMatchObject({ may: 'dial' });
  expect(at(lastMs + 1, eastern)).toMatchObject({
    ...{ may: 'wait', rule: 'hours.law', untilMs: nine + 11 * 3_600_000 },
  });
  expect(at(lastMs + 1)).toMatchObject({ may: 'dial' });
});

test('settings that cannot be read are named', () => {
  expect(() => rulesOf({ profile: 'x' })).toThrow(/caller_ids: /);
});

test.each([
  ['leave-message', 'message-end'],
  ['hang-up', 'on'],
  ['call-again', 'on'],
] as const)(
  '%s: the carrier is asked for who answers as %s, and the call is told',
  (machines, detectsMachines) => {
    expect(rulesOf({ ...SETTINGS, machines }).settings).toMatchObject({ machines, detectsMachines });
  },
);

test.each([
  ['hang-up', 'done', 'on'],
  ['leave-message', 'retry', 'message-end'],
  ['call-again', 'retry', 'on'],
] as const)(
  'without a word in the settings machines are as the profile has them now: %s',
  (onVoicemail, then, detectsMachines) => {
    const outbound = { law: new Map(), guard: () => undefined };
    let speaker: ProfileFacts | undefined = { ...SPEAKER, onVoicemail: 'hang-up' };
    const rules = campaignRules({ ...outbound, profileOf: () => speaker })(SETTINGS);
    const written = campaignRules({ ...outbound, profileOf: () => speaker })({
      ...SETTINGS,
      machines: 'hang-up',
    });
    speaker = { ...SPEAKER, onVoicemail };
    const tried = {
      contact: contactOf(TO),
      history: [{ atMs: NOON_MS, outcome: 'machine' as const }],
      disposition: undefined,
    };
    expect(rules.next('machine', tried, NOON_MS)).toMatchObject({ then });
    // Without a word here, the call itself goes by its profile.
    expect(rules.settings).toMatchObject({ detectsMachines, machines: undefined });
    expect(written.next('machine', tried, NOON_MS)).toMatchObject({ then: 'done' });
    expect(written.settings).toMatchObject({ detectsMachines: 'on', machines: 'hang-up' });
    speaker = undefined;
    expect(rules.next('machine', tried, NOON_MS)).toMatchObject({ then: 'retry' });
  },
);
