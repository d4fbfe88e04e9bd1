// What may not hold up the dialler: an import that is being written, and campaigns of any size beside it.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { howMany } from '../../src/campaign/pacing.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { CAPACITY, SECOND_MS, easyRules, numberOf, rig, signal } from './rig.ts';

test('an import that is being written holds up no other campaign, no single call, and not its own', async (context) => {
  const { campaign, database, store, clock, one, carrier } = await rig(context);
  const { id } = await campaign('Growing', 1);
  await campaign('Other', 3, 10);
  const written = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  const importing = database.sql.transaction().execute(async (tx) => {
    await sql`
      insert into liveline.campaign_contacts (campaign_id, to_number, state)
      values (${id}, ${numberOf(500)}, 'waiting')`.execute(tx);
    begun.resolve(undefined);
    await written.promise;
  });
  await begun.promise;
  for (let n = 0; n < 8 && carrier.calls.length < 4; n += 1) {
    clock.advance(SECOND_MS);
    await one.dialler.look();
  }
  expect(new Set(carrier.calls.map(({ to }) => to)).size).toBe(4);
  clock.advance(SECOND_MS);
  const single = await store.claimSingle({
    ...{ rules: easyRules(), profile: 'Reminder', to: numberOf(900), variables: {} },
    ...{ nowMs: clock.epochMs(), accountCallsPerSecond: 100, facts: {} },
  });
  expect(single.is).toBe('claimed');
  written.resolve(undefined);
  await importing;
});

test('what the model can take is shared by all processes: who talks elsewhere takes a place', async (context) => {
  const { campaign, database, node, one, carrier, rules, tell, clock, pass } = await rig(context);
  await one.dialler.close(0);
  rules.now = easyRules({
    howMany: ({ nowMs, startedAtMs, slots, open, capacity, ringing }) =>
      howMany({
        ...{ nowMs, startedAtMs, slots, open },
        pace: { callsPerSecond: 100, concurrency: 50, rampMinutes: 0, ringS: 25 },
        agent: { callsAtOnce: capacity.callsAtOnce, live: capacity.live, ringing: ringing.ofProfile },
        model: { ...capacity.model, ringing: ringing.ofAll },
      }),
  });
  await campaign('Reminders', 10);
  const nodeOf = (name: string) => {
    const live = { now: 0 };
    const capacity = () => ({ ...CAPACITY, live: live.now, model: { most: 2, live: live.now } });
    const place = { account: 'AC1', node: name, rehearsal: false };
    return { live, ...node({ capacity, store: createCampaignStore(database, place) }) };
  };
  const [first, second] = [nodeOf('node-1'), nodeOf('node-2')];
  for (let n = 0; n < 4; n += 1) await pass(SECOND_MS, first);
  expect(carrier.calls).toHaveLength(2);
  const [first1, two] = carrier.calls;
  // Whoever placed them, each is answered on another.
  await first.placed.calls.find(first1!.attempt, first1!.id, signal);
  await second.placed.calls.find(two!.attempt, two!.id, signal);
  first.live.now = second.live.now = 1;
  for (const each of [first, second, first]) await pass(SECOND_MS, each);
  expect(carrier.calls, 'two talk').toHaveLength(2);
  await tell('completed', two, second);
  second.live.now = 0;
  clock.advance(SECOND_MS);
  await Promise.all([first.dialler.look(), second.dialler.look()]);
  expect(carrier.calls, 'one place is free').toHaveLength(3);
});

test('of a stopped campaign nobody waits any more, those of others do', async (context) => {
  const { campaign, store, clock, contacts } = await rig(context);
  await campaign('Large', 3);
  const { id } = await campaign('Small', 2, 20);
  const nowMs = clock.epochMs();
  await store.move(id, { from: ['running'], to: 'stopped', rule: 'campaign.stopped', nowMs });
  expect(await store.stopContacts(nowMs)).toBe(2);
  expect(await store.stopContacts(nowMs)).toBe(0);
  expect((await contacts()).toSorted()).toEqual([
    ...Array.from({ length: 2 }, () => 'stopped 0 stopped'),
    ...Array.from({ length: 3 }, () => 'waiting 0'),
  ]);
});
