// Between the decision to call and the ringing: who opts out, and a campaign that is stopped, are not called any more.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { SECOND_MS, easyRules, numberOf, rig, signal } from './rig.ts';

const optOut = async ({ sql: db }: Database, n = 1): Promise<void> => {
  await sql`insert into liveline.opt_outs (number, reason) values (${numberOf(n)}, '')`.execute(db);
};

test.for(['opted out', 'stopped', 'paused'] as const)(
  'claimed, and %s before the carrier is asked: not called',
  async (what, context) => {
    const { one, campaign, store, database, node, carrier, clock, attempts, audit } = await rig(context);
    await one.dialler.close(0);
    const { id } = await campaign();
    const slow = node({
      store: {
        ...store,
        async claim(question) {
          const claimed = await store.claim(question);
          if (claimed.is !== 'claimed') return claimed;
          const nowMs = clock.epochMs();
          if (what === 'opted out') await optOut(database);
          else await store.move(id, { from: ['running'], to: what, rule: `campaign.${what}`, nowMs });
          clock.advance(10 * SECOND_MS);
          return claimed;
        },
      },
    });
    await slow.dialler.look();
    expect(carrier.asked).toEqual([]);
    expect(await attempts()).toEqual(['1 void not-placed']);
    expect(await audit()).toContain('void claim.withdrawn');
  },
);

test('while the database does not say whether they may still be called, they are not', async (context) => {
  const { one, campaign, store, node, carrier } = await rig(context);
  await one.dialler.close(0);
  await campaign();
  const other = node({ store: { ...store, maySend: () => Promise.reject(new Error('no answer')) } });
  await other.dialler.look();
  expect(carrier.asked).toEqual([]);
});

test.for(['queued', 'ringing'] as const)(
  'who opts out while the call is %s at the carrier: it is canceled, and never made again',
  async (status, context) => {
    const { campaign, pass, tell, carrier, database, attempts, contacts } = await rig(context);
    await campaign();
    await pass(0);
    await tell(status);
    await optOut(database);
    await pass(6 * SECOND_MS);
    expect(carrier.canceled).toEqual([carrier.calls[0]!.id]);
    await pass(3 * SECOND_MS);
    expect(await attempts()).toEqual(['1 over canceled opted-out']);
    expect((await contacts())[0]).toMatch(/^never/);
  },
);

test('who opts out while it rings, and answers before it is canceled, is not talked with', async (context) => {
  const { campaign, pass, tell, carrier, database, one, audit, attempts, contacts } = await rig(context);
  await campaign();
  await pass(0);
  await optOut(database);
  const [call] = carrier.calls;
  expect(await one.placed.calls.find(call!.attempt, call!.id, signal)).toBeUndefined();
  expect(await audit()).toContain('void answered.opted-out');
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(await attempts()).toEqual(['1 over completed opted-out']);
  expect(await contacts()).toEqual(['never 1 opted-out']);
});

test('a single call to somebody who opts out meanwhile is canceled, and one to anybody else is not', async (context) => {
  const { store, clock, pass, database, carrier, one } = await rig(context);
  for (const n of [1, 2]) {
    const claimed = await store.claimSingle({
      ...{ rules: easyRules(), profile: 'Reminder', to: numberOf(n), variables: {} },
      ...{ nowMs: clock.epochMs(), accountCallsPerSecond: 100, facts: {} },
    });
    if (claimed.is !== 'claimed') throw new Error(claimed.is);
    const { id: attempt, to, from } = claimed.dial;
    const id = await carrier.dial({ to, from, attempt, ringS: 25, detectsMachines: 'off' });
    one.placed.news.status({ attempt, id, status: 'queued' });
    clock.advance(SECOND_MS);
  }
  await optOut(database, 2);
  await pass(6 * SECOND_MS);
  expect(carrier.canceled).toEqual([carrier.calls[1]!.id]);
});
