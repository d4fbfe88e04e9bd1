// What is told of an attempt after it was settled: it counts all the same, and a campaign that was done goes on for it.
import { describe, expect, test, type TestContext } from 'vitest';
import type { CallId } from '../../src/base/ids.ts';
import type { Placed } from '../../src/campaign/placed.ts';
import type { Disposition } from '../../src/tools/dispositions.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, rig, signal } from './rig.ts';

const said = (outcome: string): Disposition => ({ outcome, note: '' });

/** Its last contact was spoken with, and all is settled. */
async function done(context: TestContext) {
  const all = await rig(context);
  const { id } = await all.campaign();
  await all.pass(0);
  await all.tell('in-progress');
  await all.spoke();
  await all.tell('completed');
  await all.pass(3 * SECOND_MS);
  await all.pass(SECOND_MS);
  expect(await all.store.get(id)).toMatchObject({ state: 'done' });
  const [{ id: call, attempt }] = all.carrier.calls as [(typeof all.carrier.calls)[0]];
  return { ...all, id, call, attempt, placed: all.one.placed };
}

test('the last one is to be called again: the campaign goes on, and is done after it', async (context) => {
  const { rules, placed, call, pass, tell, store, id, contacts, carrier, query } = await done(context);
  rules.now = easyRules({
    next: (_, { disposition }, nowMs) =>
      disposition?.outcome === 'call-again'
        ? { then: 'retry', atMs: nowMs + MINUTE_MS, rule: 'r', why: 'they asked for it' }
        : { then: 'done', rule: 'r', why: 'spoken with' },
  });
  await placed.dispositions.record(call, said('call-again'), signal);
  await pass(SECOND_MS);
  expect(await contacts()).toEqual(['waiting 1 human']);
  expect(await store.get(id)).toMatchObject({ state: 'running', endedAtMs: undefined });
  await pass(MINUTE_MS);
  expect(carrier.calls).toHaveLength(2);
  await tell('completed');
  await pass(3 * SECOND_MS);
  await pass(SECOND_MS);
  expect(await store.get(id)).toMatchObject({ state: 'done' });
  const control = await query<{ rule: string }>(
    `select rule from liveline.dial_audit where decision = 'control' order by id`,
  );
  expect(control.map(({ rule }) => rule).slice(-3)).toEqual([
    'campaign.done',
    'campaign.goes-on',
    'campaign.done',
  ]);
});

test('of a campaign that is done, what changes nothing leaves it done', async (context) => {
  const { placed, call, pass, store, id, audit, attempts } = await done(context);
  await placed.dispositions.record(call, said('reached'), signal);
  await pass(SECOND_MS);
  expect(await store.get(id)).toMatchObject({ state: 'done' });
  expect(await attempts()).toEqual(['1 over completed human']);
  expect(await audit(), 'one line counts the attempt').toEqual([
    'dial all',
    'settle outcome.human',
    'settle outcome.again',
  ]);
});

describe('the outcome is what is known at last', () => {
  test('a machine, as the carrier says', async (context) => {
    const { placed, call, attempt, one, pass, attempts, contacts } = await done(context);
    placed.news.answered({ attempt, callId: call, by: 'machine' });
    await one.unwritten.write();
    await pass(SECOND_MS);
    expect(await attempts()).toEqual(['1 over completed machine']);
    expect(await contacts()).toEqual(['never 1 machine']);
  });

  test.for<[string, (placed: Placed, call: CallId) => void, string]>([
    ['a machine, as the call found out', ({ facts }, call) => facts.answeredBy(call, 'machine'), 'machine'],
    ['nobody spoke to them', ({ facts }, call) => facts.spoke(call, undefined), 'abandoned'],
    ['a message was left', ({ facts }, call) => facts.messageLeft?.(call), 'message-left'],
  ])('%s', async ([, tell, outcome], context) => {
    const { placed, call, one, pass, query, audit } = await done(context);
    tell(placed, call);
    tell(placed, call);
    await one.unwritten.write();
    await pass(SECOND_MS);
    expect(await query('select state, outcome from liveline.attempts')).toEqual([{ state: 'over', outcome }]);
    tell(placed, call);
    await one.unwritten.write();
    await pass(SECOND_MS);
    const again = (await audit()).filter((line) => line === 'settle outcome.again');
    expect(again, 'told again it is nothing new').toHaveLength(1);
  });
});

test('a wrong number is heeded though an attempt after it was void', async (context) => {
  const { campaign, pass, tell, carrier, rules, one, attempts, contacts } = await rig(context);
  await campaign();
  await pass(0);
  await tell('busy');
  await pass(3 * SECOND_MS);
  carrier.fate = () => 'unreachable';
  await pass(10 * MINUTE_MS);
  expect(await attempts()).toEqual(['1 over busy busy', '2 void not-placed']);
  rules.now = easyRules({
    next: (outcome, _, nowMs) =>
      outcome === 'wrong-number'
        ? { then: 'never', rule: 'r', why: outcome }
        : { then: 'retry', atMs: nowMs + HOUR_MS, rule: 'r', why: outcome },
  });
  await one.placed.dispositions.record(carrier.calls[0]!.id, said('wrong-number'), signal);
  await pass(0);
  expect(await contacts()).toEqual(['never 1 wrong-number']);
});

describe('canceled by us, and answered all the same', () => {
  const canceled = async (context: TestContext) => {
    const all = await rig(context);
    await all.campaign();
    await all.pass(0);
    const cancel = all.carrier.cancel.bind(all.carrier);
    all.rules.now = easyRules({
      hours: () => ({ may: 'wait', rule: 'hours.law', words: 'late', data: '', untilMs: undefined }),
    });
    all.carrier.cancel = () => Promise.resolve('canceled');
    await all.pass(6 * SECOND_MS);
    all.carrier.cancel = cancel;
    expect(await all.attempts()).toEqual(['1 placed canceled']);
    return all;
  };

  test('before it is settled: it goes on, and its end counts', async (context) => {
    const { tell, spoke, pass, one, carrier, attempts, contacts } = await canceled(context);
    const [call] = carrier.calls;
    expect(await one.placed.calls.find(call!.attempt, call!.id, signal)).toBeDefined();
    await pass(4 * SECOND_MS);
    expect(await attempts()).toEqual(['1 placed in-progress']);
    await spoke();
    await tell('completed');
    await pass(3 * SECOND_MS);
    expect(await attempts()).toEqual(['1 over completed human']);
    expect(await contacts()).toEqual(['done 1 human']);
  });

  test('after it is settled: it goes on, and they are not called meanwhile', async (context) => {
    const { tell, spoke, pass, carrier, rules, attempts } = await canceled(context);
    await pass(4 * SECOND_MS);
    expect(await attempts()).toEqual(['1 over canceled canceled']);
    await tell('in-progress');
    await spoke();
    rules.now = easyRules();
    carrier.statusOf = () => 'in-progress';
    await pass(20 * MINUTE_MS);
    expect(carrier.asked).toHaveLength(1);
    expect((await attempts())[0]).toMatch(/^1 placed in-progress/);
    carrier.statusOf = () => 'completed';
    await pass(20 * MINUTE_MS);
    await pass(3 * SECOND_MS);
    expect(await attempts()).toEqual(['1 over completed human']);
  });
});
