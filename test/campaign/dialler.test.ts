// The dialler on a real database: one attempt is one call, in whatever order the carrier tells of it.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { LARGEST } from '../doubles/databases.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, rig, signal } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

describe.each(LARGEST)('%s', (size) => {
  test('called, answered, talked with, done: with a line in the audit for each decision', async (context) => {
    const { campaign, pass, carrier, tell, one, attempts, contacts, audit, expected, store } = await rig(
      context,
      size,
    );
    const { id } = await campaign();
    await pass(0);
    expect(carrier.calls).toMatchObject([{ to: numberOf(1), from: LINE, ringS: 25, detectsMachines: 'on' }]);
    expect(expected).toEqual(['CA-1']);
    for (const status of ['queued', 'ringing'] as const) await tell(status);
    const [{ attempt, id: call }] = carrier.calls as [(typeof carrier.calls)[0]];
    expect(await one.placed.calls.find(attempt, call, signal)).toEqual({
      ...{ attempt, profile: 'Reminder', campaign: id, variables: { name: 'Ada' } },
      // The settings of this campaign cannot be read.
      machines: 'hang-up',
    });
    one.placed.facts.spoke(call, 300);
    one.placed.facts.answeredBy(call, 'human');
    await one.placed.dispositions.record(call, { outcome: 'confirmed', note: 'Comes at nine' });
    await tell('completed');
    await pass(2_999);
    expect(await attempts()).toEqual(['1 placed completed']);
    await pass(1);
    expect(await attempts()).toEqual(['1 over completed human']);
    expect(await contacts()).toEqual(['done 1 human']);
    expect(await audit()).toEqual(['dial all', 'settle outcome.human']);
    expect((await store.get(id))?.state).toBe('done');
    await pass(24 * HOUR_MS);
    expect(carrier.asked).toHaveLength(1);
  });

  test('busy, and nobody answers: called again when the rules say, as often as they say', async (context) => {
    const { campaign, pass, carrier, tell, attempts, contacts } = await rig(context, size);
    await campaign();
    await pass(0);
    await tell('busy');
    await pass(3 * SECOND_MS);
    await pass(10 * MINUTE_MS - 1);
    expect(carrier.asked).toHaveLength(1);
    await pass(1);
    expect(carrier.asked).toHaveLength(2);
    await tell('no-answer');
    await pass(3 * SECOND_MS);
    await pass(4 * HOUR_MS);
    await tell('no-answer');
    await pass(3 * SECOND_MS);
    expect(await attempts()).toEqual([
      '1 over busy busy',
      '2 over no-answer no-answer',
      '3 over no-answer no-answer',
    ]);
    expect(await contacts()).toEqual(['never 3 no-answer']);
    expect(new Set(carrier.asked).size, 'each attempt has an id of its own').toBe(3);
  });

  test('statuses in the wrong order and more than once change nothing', async (context) => {
    const { campaign, pass, tell, spoke, attempts } = await rig(context, size);
    await campaign();
    await pass(0);
    for (const status of ['ringing', 'completed', 'in-progress', 'queued', 'completed', 'busy'] as const)
      await tell(status);
    await spoke();
    expect(await attempts()).toEqual(['1 placed completed']);
    await pass(2 * SECOND_MS);
    await tell('completed');
    await tell('ringing');
    await pass(SECOND_MS);
    expect(await attempts(), 'a late copy does not put off the end').toEqual(['1 over completed human']);
  });

  test('the database refuses the claim to two diallers: each contact is called once', async (context) => {
    const { campaign, node, one, carrier, contacts, clock } = await rig(context, size);
    const two = node();
    await campaign('Reminders', 10);
    for (let n = 0; n < 4; n += 1) {
      await Promise.all([one.dialler.look(), two.dialler.look()]);
      clock.advance(SECOND_MS);
    }
    expect(carrier.calls.map(({ to }) => to).sort()).toEqual(
      Array.from({ length: 10 }, (_, n) => numberOf(n + 1)).sort(),
    );
    expect(await contacts()).toEqual(Array.from({ length: 10 }, () => 'dialling 1'));
  });

  test('the same number in two campaigns, on two nodes at once: one call at a time', async (context) => {
    const { campaign, node, one, carrier, audit, tell, pass } = await rig(context, size);
    const two = node();
    await campaign('First');
    await campaign('Second');
    await Promise.all([one.dialler.look(), two.dialler.look()]);
    await pass(SECOND_MS);
    expect(carrier.calls).toHaveLength(1);
    expect(await audit()).toContain('wait number.open');
    await tell('completed');
    await pass(MINUTE_MS);
    await pass(MINUTE_MS);
    expect(carrier.calls).toHaveLength(2);
  });

  test('settled by two processes at once: once', async (context) => {
    const { campaign, carrier, pass, tell, rules, store, clock, audit } = await rig(context, size);
    await campaign();
    await pass(0);
    await tell('completed');
    clock.advance(2 * SECOND_MS);
    const settle = () => store.settle(carrier.calls[0]!.attempt, () => rules.now, clock.epochMs());
    expect((await Promise.all([settle(), settle(), settle()])).sort()).toEqual([false, false, true]);
    expect((await audit()).filter((line) => line.startsWith('settle'))).toHaveLength(1);
  });

  test('an opt-out during a live call: the same number in two other campaigns is never dialled', async (context) => {
    const { campaign, carrier, tell, pass, database, contacts, audit } = await rig(context, size);
    for (const name of ['First', 'Second', 'Third']) await campaign(name);
    await pass(0);
    await tell('in-progress');
    await sql`insert into liveline.opt_outs (number, reason) values (${numberOf(1)}, 'said so')`.execute(
      database.sql,
    );
    await tell('completed');
    for (let n = 0; n < 5; n += 1) await pass(MINUTE_MS);
    expect(carrier.calls).toHaveLength(1);
    expect((await contacts()).sort()).toEqual(['never 0 opt-out', 'never 0 opt-out', 'never 1 opted-out']);
    expect((await audit()).filter((line) => line === 'never opt-out')).toHaveLength(2);
  });

  test('a rehearsal sees nothing of real campaigns, nor the other way round', async (context) => {
    const real = await rig(context, size);
    const rehearsed = await rig(context, size, true, real.database);
    await real.campaign('Real');
    await rehearsed.campaign('Rehearsed', 1, 50);
    await real.pass(0);
    await rehearsed.pass(0);
    expect(real.carrier.calls.map(({ to }) => to)).toEqual([numberOf(1)]);
    expect(rehearsed.carrier.calls.map(({ to }) => to)).toEqual([numberOf(50)]);
    const { attempt, id } = real.carrier.calls[0]!;
    expect(await rehearsed.one.placed.calls.find(attempt, id, signal)).toBeUndefined();
  });

  test('a disposition that comes after the end counts all the same', async (context) => {
    const { campaign, pass, tell, one, contacts, carrier, rules } = await rig(context, size);
    rules.now = easyRules({
      next: (outcome, { disposition }, nowMs) =>
        disposition?.callAgainEpochMs === undefined
          ? { then: 'done', rule: 'r', why: outcome }
          : { then: 'retry', atMs: nowMs + HOUR_MS, rule: 'r', why: 'asked for' },
    });
    await campaign();
    await pass(0);
    await tell('completed');
    await pass(3 * SECOND_MS);
    const call = carrier.calls[0]!.id;
    await one.placed.dispositions.record(call, { outcome: 'call-again', note: '', callAgainEpochMs: 1 });
    await pass(0);
    expect(await contacts()).toEqual(['waiting 1 human']);
    await expect(
      one.placed.dispositions.record(callId('CA-none'), { outcome: 'x', note: '' }),
    ).rejects.toMatchObject({
      code: 'CALL_UNKNOWN',
    });
  });
});

test('the database is away: nobody is dialled, it is said once, and it goes on by itself', async (context) => {
  const { campaign, store, node, optionsOf, carrier, lines, clock } = await rig(context);
  await campaign();
  const state = { away: true };
  const away = () => Promise.reject(Object.assign(new Error('gone'), { code: '57P01' }));
  const other = node(
    optionsOf({ store: { ...store, list: (states) => (state.away ? away() : store.list(states)) } }),
  );
  for (let n = 0; n < 5; n += 1) {
    clock.advance(0);
    await other.dialler.look();
  }
  expect(carrier.asked).toEqual([]);
  state.away = false;
  await other.dialler.look();
  expect(carrier.asked).toHaveLength(1);
  expect(lines.map(({ msg }) => msg).filter((msg) => String(msg).startsWith('the database'))).toEqual([
    'the database does not say who is to be called: no campaign calls anybody until it comes back',
    'the database says again who is to be called: campaigns go on',
  ]);
});

test('by itself, four times a second while a campaign runs, until it is closed', async (context) => {
  const { campaign, carrier, clock, one } = await rig(context);
  await campaign();
  clock.advance(250);
  await expect.poll(() => carrier.asked.length).toBe(1);
  await one.dialler.close(1_000);
  expect(clock.pending).toBe(0);
  await one.dialler.look();
});
