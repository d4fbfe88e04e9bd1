// What a call shows of itself, and what its attempt, the audit, the export and the breakers make of it; what a call is told of
// its campaign.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import type { PlacedCall } from '../../src/call/placed-calls.ts';
import { breakerOf } from '../../src/campaign/breakers.ts';
import { campaignSettings } from '../../src/campaign/settings.ts';
import { MINUTE_MS, SECOND_MS, easyRules, rig, signal } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

const WRITTEN = { profile: 'Reminder', caller_ids: [LINE], consent: { kind: 'express' } };
const { breakers } = campaignSettings.parse(WRITTEN);

test.for<[string, [afterMs: number | undefined, waitedMs?: number], string]>([
  ['who is spoken to in time', [2_000], 'human'],
  ['who is spoken to too late', [2_001], 'abandoned'],
  ['who hangs up at once', [undefined, 300], 'human'],
  ['who hangs up after two seconds of nothing', [undefined, 2_001], 'abandoned'],
  ['whom we hang up on without a word', [undefined], 'abandoned'],
  ['of whom no number is told', [NaN], 'abandoned'],
])('%s', async ([, [afterMs, waitedMs], outcome], context) => {
  const { campaign, pass, tell, one, carrier, attempts } = await rig(context);
  await campaign();
  await pass(0);
  await tell('in-progress');
  one.placed.facts.spoke(carrier.calls[0]!.id, afterMs, waitedMs);
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(await attempts()).toEqual([`1 over completed ${outcome}`]);
});

test.for<['completed' | 'busy', CallStatus[], string]>([
  ['completed', [], 'abandoned'],
  ['completed', ['in-progress'], 'abandoned'],
  ['busy', [], 'busy'],
])(
  'of whom nobody tells that they were spoken to was abandoned, when they answered: %s after %j',
  async ([last, before, outcome], context) => {
    const { campaign, pass, tell, attempts } = await rig(context);
    await campaign();
    await pass(0);
    for (const status of before) await tell(status);
    await tell(last);
    await pass(3 * SECOND_MS);
    expect(await attempts()).toEqual([`1 over ${last} ${outcome}`]);
  },
);

test('that they were spoken to counts also when it is told after all else', async (context) => {
  const { campaign, pass, tell, spoke, rules, attempts, contacts, carrier, query } = await rig(context);
  rules.now = easyRules({
    next: (outcome, _, nowMs) =>
      outcome === 'human'
        ? { then: 'done', rule: 'r', why: outcome }
        : { then: 'retry', atMs: nowMs + MINUTE_MS, rule: 'r', why: outcome },
  });
  await campaign();
  await pass(0);
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(await contacts()).toEqual(['waiting 1 abandoned']);
  expect(
    await query(`select facts->>'cause' as cause from liveline.dial_audit where decision = 'settle'`),
  ).toEqual([
    { cause: 'nothing says that they were spoken to: the server that was to do it may have stopped' },
  ]);
  await spoke();
  await pass(SECOND_MS);
  expect(await attempts()).toEqual(['1 over completed human']);
  await pass(2 * MINUTE_MS);
  expect(carrier.calls).toHaveLength(1);
});

test('calls that nobody spoke on pause the campaign', async (context) => {
  const { campaign, pass, tell, rules, store, carrier } = await rig(context);
  rules.now = easyRules({
    howMany: ({ slots, open }) => ({ calls: Math.min(slots, 3 - open), because: '' }),
    breaker: (facts) => breakerOf({ breakers, ...facts }),
  });
  const { id } = await campaign('Reminders', 9);
  for (let n = 0; n < 3 && carrier.calls.length < 3; n += 1) await pass(SECOND_MS);
  for (const call of carrier.calls) await tell('completed', call);
  await pass(3 * SECOND_MS);
  await pass(MINUTE_MS);
  expect(await store.get(id)).toMatchObject({
    state: 'paused',
    pausedBy: expect.stringContaining('3 of 3 people who answered') as string,
  });
});

test('that somebody hung up before a word of ours is in the audit', async (context) => {
  const { campaign, pass, tell, one, carrier, query } = await rig(context);
  await campaign();
  await pass(0);
  await tell('in-progress');
  one.placed.facts.spoke(carrier.calls[0]!.id, undefined, 300);
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(
    await query(`select facts->>'cause' as cause from liveline.dial_audit where decision = 'settle'`),
  ).toEqual([{ cause: 'they hung up before a word of ours could be heard' }]);
});

test('first words that were left out are in the audit and the export; of two calls they pause the campaign', async (context) => {
  const { campaign, pass, tell, one, carrier, query, store, rules } = await rig(context);
  rules.now = easyRules({
    howMany: ({ slots, open }) => ({ calls: Math.min(slots, 1 - open), because: '' }),
    breaker: (facts) => breakerOf({ breakers, ...facts }),
  });
  const { id } = await campaign('Reminders', 9);
  const state = async () => (await store.get(id))?.state;
  const talk = async (): Promise<void> => {
    await pass(MINUTE_MS);
    await tell('in-progress');
    const { id: call } = carrier.calls.at(-1)!;
    one.placed.facts.spoke(call, 300);
    one.placed.facts.firstWordsMissing?.(call, ['assistant', 'optOut']);
    await tell('completed');
    await pass(3 * SECOND_MS);
    await pass(MINUTE_MS);
  };
  await talk();
  expect(await state()).toBe('running');
  expect(carrier.calls).toHaveLength(2);
  expect(
    await query(
      `select facts->>'firstWordsMissing' as parts from liveline.dial_audit where decision = 'settle'`,
    ),
  ).toEqual([{ parts: 'assistant, optOut' }]);
  const [row] = await store.results(id, '', 1);
  expect(row?.lastAttempt?.cause).toBe('the agent left out first words: assistant, optOut');
  await talk();
  expect(await store.get(id)).toMatchObject({
    state: 'paused',
    pausedBy: expect.stringContaining('in 2 of the last calls the agent left out first words') as string,
  });
  const calls = carrier.calls.length;
  await tell('busy');
  await pass(MINUTE_MS);
  expect(carrier.calls).toHaveLength(calls);
});

test('first words that were left out are settled again when they are told late', async (context) => {
  const { campaign, pass, tell, spoke, one, carrier, audit } = await rig(context);
  await campaign();
  await pass(0);
  await spoke();
  await tell('completed');
  await pass(3 * SECOND_MS);
  for (let times = 0; times < 2; times += 1) {
    one.placed.facts.firstWordsMissing?.(carrier.calls[0]!.id, ['identity']);
    await one.unwritten.write();
    await pass(3 * SECOND_MS);
  }
  expect(await audit()).toEqual(['dial all', 'settle outcome.human', 'settle outcome.again']);
});

test.for([
  [3_400, undefined, undefined, 'the first word came 3.4 s after they had answered'],
  [undefined, 5_200, undefined, 'they hung up after 5.2 s without a word'],
  [undefined, undefined, undefined, 'the call ended before a word could be heard'],
  [undefined, undefined, 'its profile was gone', 'its profile was gone'],
] as const)('why somebody was abandoned is told: %j', async ([afterMs, waitedMs, cause, why], context) => {
  const { campaign, pass, one, carrier, tell, query, store } = await rig(context);
  const { id } = await campaign();
  await pass(0);
  await tell('in-progress');
  one.placed.facts.spoke(carrier.calls[0]!.id, afterMs, waitedMs, cause);
  await one.unwritten.write();
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(await query('select outcome, cause from liveline.attempts')).toEqual([
    { outcome: 'abandoned', cause: why },
  ]);
  expect((await store.audit(id, '', 100)).find(({ decision }) => decision === 'settle')?.facts).toMatchObject(
    {
      cause: why,
    },
  );
});

test.for([
  [{ ...WRITTEN, machines: 'leave-message' }, 'leave-message'],
  [{ ...WRITTEN, machines: 'hang-up' }, 'hang-up'],
  [WRITTEN, undefined],
  [{ ...WRITTEN, machines: 'sing' }, 'hang-up'],
])('a call is told what its campaign makes of machines: %j', async ([settings, machines], context) => {
  const { campaign, pass, one, carrier, database } = await rig(context);
  const { id } = await campaign();
  await sql`update liveline.campaigns set settings = ${JSON.stringify(settings)}::jsonb where id = ${id}`.execute(
    database.sql,
  );
  await pass(0);
  const [{ attempt, id: call }] = carrier.calls as [(typeof carrier.calls)[0]];
  expect((await one.placed.calls.find(attempt, call, signal))?.machines).toBe(machines);
});

test('the session that waits while it rings is told it too', async (context) => {
  const { campaign, node } = await rig(context);
  await campaign();
  const expected: PlacedCall[] = [];
  const rules = easyRules({}, { machines: 'call-again' });
  await node({ expect: (_, placed) => void expected.push(placed), rulesOf: () => rules }).dialler.look();
  expect(expected).toMatchObject([{ machines: 'call-again' }]);
});
