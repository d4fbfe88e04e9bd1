// Campaigns in a real database: made, started, paused, stopped, made again; refused where they must be, with the field named.
import { expect, test, type TestContext } from 'vitest';
import { campaigns } from '../../src/campaign/campaigns.ts';
import { createPostgresContacts } from '../../src/campaign/contacts/postgres.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import type { SettingsFacts } from '../../src/campaign/settings-faults.ts';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CAPACITY, HOUR_MS, SECOND_MS, easyRules, numberOf, rig } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

const FIRST_WORDS = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'You reach us at +15550100100.',
  optOut: 'Say stop, and we call no more.',
  recording: undefined,
};

const SETTINGS = {
  profile: 'Reminder',
  purpose: 'informational',
  caller_ids: [LINE],
  country: 'US',
  consent: { kind: 'express' },
};

const PROFILE = {
  direction: 'outbound',
  firstWords: FIRST_WORDS,
  announcesRecording: false,
  onVoicemail: 'leave-message',
  withoutOptOut: [],
} as const;
const FACTS: Omit<SettingsFacts, 'nowMs'> = { ownNumbers: [LINE], profile: PROFILE, canEverOpen: true };

/** What is refused is never stored: there is no database. */
function unstored(facts: Omit<SettingsFacts, 'nowMs'>) {
  const database = openDatabase({ url: 'postgres://127.0.0.1:1/none', dataDir: '', log: silentLog });
  const store = createCampaignStore(database, { account: 'AC1', node: 'node-1', rehearsal: false });
  return campaigns({ store, clock: new ManualClock(), facts: () => Promise.resolve(facts) });
}

async function rigged(context: TestContext) {
  const all = await rig(context);
  await all.one.dialler.close(0);
  const { store, clock } = all;
  const there = { ...FACTS };
  return { ...all, there, control: campaigns({ store, clock, facts: () => Promise.resolve(there) }) };
}

async function open(context: TestContext) {
  const all = await rigged(context);
  return {
    ...all,
    addContact: (id: string, n: number, state = 'waiting', outcome = 'null') =>
      all.query(
        `insert into liveline.campaign_contacts (campaign_id, to_number, state, outcome) values ('${id}', '${numberOf(n)}', '${state}', ${outcome})`,
      ),
  };
}

test('a draft, started, paused, resumed, stopped: each with its line, and no way back', async (context) => {
  const { control, addContact, contacts, store, query } = await open(context);
  const { id, state } = await control.create(' Reminders ', SETTINGS);
  expect(state).toBe('draft');
  await expect(control.start(id)).rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT' });
  await addContact(id, 1);
  for (const [how, becomes] of [
    ['start', 'running'],
    ['pause', 'paused'],
    ['resume', 'running'],
    ['stop', 'stopped'],
  ] as const)
    expect(await control[how](id), how).toMatchObject({ name: 'Reminders', state: becomes });
  expect(await contacts()).toEqual(['stopped 0 stopped']);
  for (const how of ['start', 'pause', 'resume', 'stop'] as const)
    await expect(control[how](id), how).rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT' });
  expect((await store.audit(id, '', 100)).map(({ rule }) => rule)).toEqual(
    ['created', 'started', 'paused', 'resumed', 'stopped'].map((rule) => `campaign.${rule}`),
  );
  const backwards = (after: string) => store.audit(id, after, 2, { newestFirst: true });
  const [stopped, resumed] = await backwards('');
  expect([stopped!.rule, resumed!.rule]).toEqual(['campaign.stopped', 'campaign.resumed']);
  expect((await backwards(resumed!.id)).map(({ rule }) => rule)).toEqual([
    'campaign.paused',
    'campaign.started',
  ]);
  expect(await store.audit(id, '', 100, { decisions: ['wait', 'never'] })).toEqual([]);
  expect(await store.audit(id, '', 100, { decisions: ['control'] })).toHaveLength(5);
  await expect(query('delete from liveline.dial_audit')).rejects.toThrow('only ever added to');
  await expect(query('truncate liveline.dial_audit')).rejects.toThrow('only ever added to');
});

test.each([
  ['consent', { consent: undefined }],
  ['caller_ids', { caller_ids: [] }],
  ['caller_ids[0]', { caller_ids: ['+15550100999'] }],
  ['pace.ring_s', { pace: { ring_s: 10 } }],
])('refused with its field: %s', async (field, over) => {
  await expect(unstored(FACTS).create('x', { ...SETTINGS, ...over })).rejects.toMatchObject({
    code: 'CAMPAIGN_INVALID',
    message: expect.stringContaining(`${field}: `) as string,
  });
});

test.each([
  ['name', ' ', FACTS],
  ['windows', 'x', { ...FACTS, canEverOpen: false }],
  ['caller_ids[0]', 'x', { ...FACTS, ownNumbers: undefined }],
  ['profile', 'x', { ...FACTS, profile: undefined }],
  ['profile', 'x', { ...FACTS, profile: { ...PROFILE, firstWords: undefined } }],
])('refused as things are: %s', async (field, name, facts) => {
  await expect(unstored(facts).create(name, SETTINGS)).rejects.toMatchObject({
    code: 'CAMPAIGN_INVALID',
    message: expect.stringContaining(`${field}: `) as string,
  });
});

test('what was missing at its creation or since: it does not start', async (context) => {
  const { control, addContact, there } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1);
  there.canEverOpen = false;
  await expect(control.start(id)).rejects.toMatchObject({ code: 'CAMPAIGN_INVALID' });
});

test('a name that is taken, and an id that there is none of', async (context) => {
  const { control } = await open(context);
  await control.create('Reminders', SETTINGS);
  await expect(control.create('Reminders', SETTINGS)).rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT' });
  for (const how of ['get', 'start', 'pause', 'resume', 'stop', 'progress'] as const)
    await expect(control[how]("none' --"), how).rejects.toMatchObject({ code: 'CAMPAIGN_UNKNOWN' });
  await expect(control.clone('none', 'Again', [])).rejects.toMatchObject({ code: 'CAMPAIGN_UNKNOWN' });
});

test('one that was done goes on with new contacts', async (context) => {
  const { control, addContact, store, clock, database } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1, 'done', "'human'");
  await store.move(id, { from: ['draft'], to: 'done', rule: 'campaign.done', nowMs: clock.epochMs() });
  await expect(control.start(id), 'nobody waits').rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT' });
  const contacts = createPostgresContacts(database);
  const imported = await contacts.begin(id, 'more.csv');
  const known = { timeZone: undefined, region: undefined, variables: {}, consent: undefined };
  await contacts.put(imported, [{ line: 2, to: numberOf(2), ...known }], []);
  expect(await contacts.finish(imported)).toMatchObject({ kept: 1 });
  expect(await control.start(id)).toMatchObject({ state: 'running', endedAtMs: undefined });
  await control.stop(id);
  await expect(contacts.begin(id, 'late.csv')).rejects.toMatchObject({ code: 'CONTACTS_INVALID' });
});

test('scheduled for later, and paused before', async (context) => {
  const { control, addContact, clock } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1);
  const atMs = clock.epochMs() + HOUR_MS;
  expect(await control.start(id, atMs)).toMatchObject({ state: 'scheduled', startsAtMs: atMs });
  expect(await control.pause(id)).toMatchObject({ state: 'paused' });
});

test('made again of those with these outcomes, with their variables, and of no others', async (context) => {
  const { control, addContact, query } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1, 'done', "'human'");
  await addContact(id, 2, 'never', "'no-answer'");
  await addContact(id, 3, 'never', "'busy'");
  await addContact(id, 4, 'never', "'opt-out'");
  const clone = await control.clone(id, 'Again', ['no-answer', 'busy']);
  expect(clone).toMatchObject({ name: 'Again', state: 'draft', clonedFrom: id, settings: SETTINGS });
  const rows = await query<{ to_number: string; state: string; attempts: number }>(
    `select to_number, state, attempts from liveline.campaign_contacts where campaign_id = '${clone.id}' order by id`,
  );
  expect(rows).toEqual([2, 3].map((n) => ({ to_number: numberOf(n), state: 'waiting', attempts: 0 })));
});

test('status, export, audit and database tell the same numbers', async (context) => {
  const { control, carrier, node, tell, spoke, clock, query, store, campaign } = await rigged(context);
  const one = node();
  const { id } = await campaign('Reminders', 6);
  for (let n = 0; n < 4; n += 1) {
    await one.dialler.look();
    clock.advance(SECOND_MS);
  }
  const ends = ['completed', 'busy', 'no-answer', 'failed', 'completed', 'in-progress'] as const;
  for (const [n, call] of carrier.calls.entries()) {
    await tell(ends[n]!, call, one);
    if (ends[n] === 'completed') await spoke(call, one);
  }
  clock.advance(3 * SECOND_MS);
  await one.dialler.look();
  const status = await control.progress(id);
  expect(status.contacts).toEqual({ done: 2, never: 1, waiting: 2, dialling: 1 });
  expect(status).toMatchObject({ remaining: 3, attempts: { over: 5, placed: 1 } });
  expect(status.outcomes).toEqual({ human: 2, busy: 1, 'no-answer': 1, failed: 1 });
  expect(status.estimateMs).toBeGreaterThan(0);
  let csv = '';
  for await (const line of control.results(id)) csv += line;
  const rows = csv
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
  const by = (column: number) =>
    Object.fromEntries(
      Map.groupBy(rows, (row) => row[column] ?? '')
        .entries()
        .map(([key, all]) => [key, all.length]),
    );
  expect(by(1)).toEqual(status.contacts);
  expect(by(2)).toEqual({ ...status.outcomes, '': 1 });
  const settled = (await store.audit(id, '', 1_000)).filter(({ decision }) => decision === 'settle');
  expect(settled).toHaveLength(5);
  expect(await query(`select id from liveline.attempts where state = 'over'`)).toHaveLength(5);
});

test('after too many abandoned calls nothing goes on before they are long ago, neither it nor a clone of it', async (context) => {
  const { control, addContact, clock, query } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1);
  await addContact(id, 2, 'done', "'busy'");
  await control.start(id);
  await control.pause(id);
  const abandonedOnce = (n: number) =>
    query(`
      insert into liveline.attempts (id, campaign_id, contact_id, number, rehearsal, profile, to_number, from_number, state,
        node, look_at, claimed_at, outcome)
      select 'a${n}', '${id}', id, ${n}, false, 'Reminder', to_number, '${LINE}', 'over', 'node-1', now(),
        '${new Date(clock.epochMs()).toISOString()}', 'abandoned'
      from liveline.campaign_contacts where to_number = '${numberOf(2)}' and campaign_id = '${id}'`);
  await abandonedOnce(1);
  await control.resume(id);
  await control.pause(id);
  await abandonedOnce(2);
  const tooMany = { code: 'CAMPAIGN_CONFLICT', message: expect.stringMatching(/2 of 2 people/) as string };
  await expect(control.resume(id)).rejects.toMatchObject(tooMany);
  expect((await control.get(id)).state).toBe('paused');
  const clone = await control.clone(id, 'Again', ['busy']);
  await expect(control.start(clone.id)).rejects.toMatchObject(tooMany);
  clock.advance(31 * 24 * HOUR_MS);
  expect((await control.resume(id)).state).toBe('running');
});

test('stopped before the carrier was asked: the contact is stopped like those who waited, and can be cloned', async (context) => {
  const { control, store, rules, clock, campaign, contacts } = await rigged(context);
  const { id } = await campaign('Reminders', 3);
  const claimed = await store.claim({
    ...{ campaignId: id, rules: { ...rules.now, howMany: () => ({ calls: 1, because: '' }) }, contacts: 1 },
    ...{ nowMs: clock.epochMs(), capacity: CAPACITY, accountCallsPerSecond: 100 },
  });
  if (claimed.is !== 'claimed') throw new Error(`it is ${claimed.is}`);
  await control.stop(id);
  const nowMs = clock.epochMs();
  const why = { rule: 'claim.withdrawn', words: 'the campaign was stopped', againAtMs: nowMs };
  expect(await store.giveUp(claimed.dials[0]!.id, why, nowMs)).toBe(true);
  expect(await contacts()).toEqual(Array(3).fill('stopped 0 stopped'));
  const { outcomes } = await control.progress(id);
  expect(outcomes).toEqual({ stopped: 3 });
  const { remaining } = await control.progress((await control.clone(id, 'Again', ['stopped'])).id);
  expect(remaining).toBe(3);
});

test('who waits is counted by the rule that says so, until they are called', async (context) => {
  const { control, rules, pass, campaign, clock, node } = await rigged(context);
  const one = node();
  const { id } = await campaign('Reminders', 2);
  const words = 'the list was never imported';
  rules.now = easyRules({
    doNotCall: () => ({ may: 'wait', rule: 'suppression.missing', words, data: '', untilMs: undefined }),
  });
  await pass(0, one);
  const waiting = await control.progress(id);
  expect(waiting).toMatchObject({ waits: { 'suppression.missing': 2 }, contacts: { waiting: 2 } });
  expect(waiting.lastAtMs).toBeGreaterThan(clock.epochMs());
  expect(waiting.estimateMs).toBe(waiting.lastAtMs! - clock.epochMs());
  rules.now = easyRules();
  await pass(HOUR_MS, one);
  expect(await control.progress(id)).toMatchObject({ waits: {}, contacts: { dialling: 2 } });
});

test('a clone of nobody is not made, and its name stays free', async (context) => {
  const { control, addContact } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1, 'waiting', "'abandoned'");
  await expect(control.clone(id, 'Again', ['abandoned'])).rejects.toMatchObject({
    ...{
      code: 'CAMPAIGN_CONFLICT',
      message: expect.stringContaining('once the campaign is stopped') as string,
    },
  });
  await control.stop(id);
  expect(await control.clone(id, 'Again', ['abandoned'])).toMatchObject({ name: 'Again' });
});

test('one that is paused is not started: the way on is said', async (context) => {
  const { control, addContact } = await open(context);
  const { id } = await control.create('Reminders', SETTINGS);
  await addContact(id, 1);
  await control.start(id);
  await control.pause(id);
  await expect(control.start(id)).rejects.toThrow('goes on by resume, not by start');
});
