// What may not hold up the dialler: an import that is being written, and campaigns of any size beside it.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { howMany } from '../../src/campaign/pacing.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import type { Database } from '../../src/store/database.ts';
import { LEASE_MS } from '../../src/campaign/attempt-times.ts';
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

/** An import that is being written holds the contact of this campaign until `done`. */
async function held(database: Database, campaignId: string) {
  const done = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  const importing = database.sql.transaction().execute(async (tx) => {
    await sql`
      insert into liveline.campaign_contacts as c (campaign_id, to_number, state)
      values (${campaignId}, ${numberOf(1)}, 'waiting')
      on conflict (campaign_id, to_number) do update set variables = c.variables || excluded.variables`.execute(
      tx,
    );
    begun.resolve(undefined);
    await done.promise;
  });
  await begun.promise;
  return async (): Promise<void> => {
    done.resolve(undefined);
    await importing;
  };
}

test('who is imported again while a call to them ends holds up nobody else, and is settled after it', async (context) => {
  const { campaign, database, pass, tell, spoke, carrier, contacts } = await rig(context);
  const { id } = await campaign('Growing', 1);
  await pass(0);
  await spoke();
  await tell('completed');
  const release = await held(database, id);
  await campaign('Other', 3, 10);
  for (let n = 0; n < 8 && carrier.calls.length < 4; n += 1) await pass(4 * SECOND_MS);
  expect(carrier.calls).toHaveLength(4);
  expect(await contacts()).toContain('dialling 1');
  await release();
  await pass(LEASE_MS);
  expect(await contacts()).toContain('done 1 human');
});

test('nor while their call cannot be placed: it is looked for, and given up later', async (context) => {
  const { campaign, database, pass, tell, carrier, store, clock, one, attempts } = await rig(context);
  const { id } = await campaign('Growing', 1);
  const sent = Promise.withResolvers<undefined>();
  const dial = carrier.dial.bind(carrier);
  carrier.fate = (_, asked) => (asked === 1 ? 'unreachable' : 'accepts');
  carrier.dial = (call) => sent.promise.then(() => dial(call));
  const looking = one.dialler.look();
  await expect.poll(attempts).toEqual(['1 claimed']);
  const release = await held(database, id);
  sent.resolve(undefined);
  await looking;
  expect(await attempts()).toEqual(['1 claimed']);
  const { id: other } = await campaign('Other', 1, 10);
  await pass(4 * SECOND_MS);
  await tell('busy');
  await pass(4 * SECOND_MS);
  expect((await store.progress(other, clock.epochMs())).outcomes).toEqual({ busy: 1 });
  await release();
  for (let n = 0; n < 4; n += 1) await pass(LEASE_MS);
  expect(await attempts()).toContain('1 void not-placed');
});

test('nor does what is told late of them: it counts once they are free', async (context) => {
  const { campaign, database, pass, tell, spoke, one, carrier, attempts, contacts } = await rig(context);
  const { id } = await campaign('Growing', 1);
  await campaign('Other', 1, 10);
  await pass(0);
  await pass(SECOND_MS);
  const first = carrier.calls.find(({ to }) => to === numberOf(1))!;
  const other = carrier.calls.find(({ to }) => to === numberOf(10))!;
  await spoke(first);
  await tell('completed', first);
  await pass(3 * SECOND_MS);
  const release = await held(database, id);
  one.placed.facts.answeredBy(first.id, 'machine');
  await tell('busy', other);
  await pass(3 * SECOND_MS);
  expect((await attempts()).toSorted()).toEqual(['1 over busy busy', '1 over completed human']);
  await release();
  await pass(SECOND_MS);
  await pass(SECOND_MS);
  expect((await contacts()).toSorted()).toEqual(['never 1 machine', 'waiting 1 busy']);
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
