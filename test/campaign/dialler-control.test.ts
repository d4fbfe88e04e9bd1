// What holds the dialler back: pace, agents, windows, breakers, faults in settings, and people.
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { LARGEST } from '../doubles/databases.ts';
import { CAPACITY, HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, rig } from './rig.ts';

const closed = { may: 'wait', rule: 'hours.law', words: 'too late', data: '', untilMs: undefined } as const;

describe.each(LARGEST)('%s', (size) => {
  test('no faster than the account may, over all nodes and campaigns', async (context) => {
    const { campaign, node, carrier, clock, one } = await rig(context, size);
    await one.dialler.close(0);
    const nodes = [node({ callsPerSecond: 1 }), node({ callsPerSecond: 1 })];
    await campaign('First', 5);
    await campaign('Second', 5, 20);
    const start = clock.epochMs();
    for (let n = 0; n < 32; n += 1) {
      await Promise.all(nodes.map(({ dialler }) => dialler.look()));
      clock.advance(250);
    }
    const times = carrier.calls.map(({ atMs }) => atMs - start);
    expect(times.length).toBeGreaterThanOrEqual(8);
    for (const [at, ms] of times.entries())
      if (at > 0) expect(ms - times[at - 1]!).toBeGreaterThanOrEqual(1_000);
  });

  test('the window ends: a call that waits at the carrier is canceled, one that rings goes on', async (context) => {
    const { campaign, carrier, pass, tell, rules, attempts } = await rig(context, size);
    await campaign('Reminders', 2);
    await pass(0);
    await pass(SECOND_MS);
    const [ringing, queued] = carrier.calls;
    await tell('ringing', ringing);
    await pass(6 * SECOND_MS);
    expect(carrier.canceled).toEqual([]);
    rules.now = easyRules({ hours: () => closed });
    await pass(6 * SECOND_MS);
    expect(carrier.canceled).toEqual([queued!.id]);
    await pass(3 * SECOND_MS);
    expect((await attempts()).sort()).toEqual(['1 over canceled canceled', '1 placed ringing']);
  });

  test('stopped: what waits or rings is canceled, who talks goes on; paused: all go on', async (context) => {
    const { campaign, carrier, pass, tell, spoke, store, clock, contacts, attempts } = await rig(
      context,
      size,
    );
    const { id } = await campaign('Reminders', 4);
    await pass(0);
    for (let n = 0; n < 3 && carrier.calls.length < 3; n += 1) await pass(SECOND_MS);
    const [queued, ringing, talking] = carrier.calls;
    await tell('ringing', ringing);
    await tell('in-progress', talking);
    await spoke(talking);
    const nowMs = clock.epochMs();
    await store.move(id, { from: ['running'], to: 'paused', rule: 'campaign.paused', nowMs });
    await pass(10 * SECOND_MS);
    expect(carrier.canceled).toEqual([]);
    await store.move(id, { from: ['paused'], to: 'stopped', rule: 'campaign.stopped', nowMs });
    await pass(10 * SECOND_MS);
    expect(carrier.canceled).toEqual(expect.arrayContaining([queued!.id, ringing!.id]));
    expect(carrier.canceled).not.toContain(talking!.id);
    await tell('completed', talking);
    await pass(3 * SECOND_MS);
    expect((await contacts()).filter((line) => line.startsWith('waiting'))).toEqual([]);
    expect((await attempts()).filter((line) => line.includes('over completed human'))).toHaveLength(1);
  });

  test('what is wrong with one campaign pauses it, with the reason, and holds up no other', async (context) => {
    const { campaign, carrier, pass, one, optionsOf, node, store } = await rig(context, size);
    await one.dialler.close(0);
    const { id } = await campaign('Faulty');
    await campaign('Sound', 1, 10);
    const faulty = easyRules({
      howMany() {
        throw new TypeError('out of order');
      },
    });
    const other = node(
      optionsOf({
        store: { ...store, claim: (of) => store.claim(of.campaignId === id ? { ...of, rules: faulty } : of) },
      }),
    );
    for (let n = 0; n < 2; n += 1) await pass(SECOND_MS, other);
    expect(carrier.calls.map(({ to }) => to)).toEqual([numberOf(10)]);
    expect(await store.get(id)).toMatchObject({
      state: 'paused',
      pausedBy: expect.stringContaining('out of order') as string,
    });
  });

  test('a rule that throws is one that says no', async (context) => {
    const { campaign, carrier, pass, rules, audit, contacts } = await rig(context, size);
    rules.now = easyRules({
      consent() {
        throw new Error('out of order');
      },
    });
    await campaign();
    await pass(0);
    expect(carrier.asked).toEqual([]);
    expect(await audit()).toEqual(['wait rules.faulty']);
    expect(await contacts()).toEqual(['waiting 0']);
  });

  test('settings that cannot be read pause the campaign, with the reason', async (context) => {
    const { campaign, optionsOf, node, store } = await rig(context, size);
    const { id } = await campaign();
    const other = node(
      optionsOf({
        rulesOf() {
          throw new LivelineError('CAMPAIGN_INVALID', 'pace.ring_s: expected seconds');
        },
      }),
    );
    await other.dialler.look();
    expect(await store.get(id)).toMatchObject({ state: 'paused', pausedBy: 'pace.ring_s: expected seconds' });
  });

  test('the breaker pauses it, and says why', async (context) => {
    const { campaign, pass, rules, store, carrier } = await rig(context, size);
    rules.now = easyRules({ breaker: () => ({ rule: 'breaker.failures', words: 'too much fails' }) });
    const { id } = await campaign();
    await pass(0);
    expect(await store.get(id)).toMatchObject({ state: 'paused', pausedBy: 'too much fails' });
    expect(carrier.asked).toEqual([]);
  });

  test('the profile has no free agent: nobody is dialled', async (context) => {
    const { campaign, carrier, node } = await rig(context, size);
    await campaign();
    const seen: unknown[] = [];
    const full = node({
      capacity: () => ({ ...CAPACITY, callsAtOnce: 2, live: 2 }),
      rulesOf: () =>
        easyRules({
          howMany: ({ capacity }) => {
            seen.push(capacity.live);
            return { calls: (capacity.callsAtOnce ?? 0) - capacity.live, because: '' };
          },
        }),
    });
    await full.dialler.look();
    expect(seen).toEqual([2]);
    expect(carrier.asked).toEqual([]);
  });

  test('scheduled: it starts at its time, and not with faults', async (context) => {
    const { campaign, pass, store, clock, faults, carrier } = await rig(context, size);
    const { id } = await campaign();
    const startsAtMs = clock.epochMs() + HOUR_MS;
    const move = {
      from: ['running'],
      to: 'scheduled',
      rule: 'r',
      nowMs: clock.epochMs(),
      startsAtMs,
    } as const;
    await store.move(id, move);
    await pass(HOUR_MS - 1);
    expect(carrier.asked).toEqual([]);
    faults.now = ['profile: it is gone'];
    await pass(1);
    expect(await store.get(id)).toMatchObject({ state: 'paused', pausedBy: 'profile: it is gone' });
    faults.now = [];
    await store.move(id, { ...move, from: ['paused'] });
    await pass(SECOND_MS);
    await pass(SECOND_MS);
    expect(await store.get(id)).toMatchObject({ state: 'running', pausedBy: undefined });
    expect(carrier.asked).toHaveLength(1);
  });

  test('the campaign comes to the end that its settings name: nobody waits any more', async (context) => {
    const { campaign, carrier, pass, rules, clock, contacts, store } = await rig(context, size);
    rules.now = easyRules(
      { howMany: ({ open }) => ({ calls: 1 - open, because: '' }) },
      { endsAtMs: clock.epochMs() + 10 * SECOND_MS },
    );
    const { id } = await campaign('Reminders', 3);
    await pass(0);
    await pass(10 * SECOND_MS);
    await pass(5 * SECOND_MS);
    expect(await store.get(id)).toMatchObject({ state: 'stopped' });
    expect(carrier.canceled).toEqual([carrier.calls[0]!.id]);
    await pass(3 * SECOND_MS);
    expect((await contacts()).sort()).toEqual([
      'stopped 0 stopped',
      'stopped 0 stopped',
      'stopped 1 canceled',
    ]);
    await pass(HOUR_MS);
    expect(carrier.asked).toHaveLength(1);
  });

  test('while a file of contacts is read it is not done', async (context) => {
    const { campaign, pass, query, store } = await rig(context, size);
    const { id } = await campaign('Reminders', 0);
    await query(
      `insert into liveline.contact_imports (id, campaign_id, file, state) values ('i', '${id}', 'a.csv', 'reading')`,
    );
    await pass(MINUTE_MS);
    expect(await store.get(id)).toMatchObject({ state: 'running' });
    await query(`update liveline.contact_imports set state = 'done'`);
    await pass(MINUTE_MS);
    expect(await store.get(id)).toMatchObject({ state: 'done' });
  });

  test('a carrier that is asked to cancel and cannot: it is asked again, and nothing else waits for it', async (context) => {
    const { campaign, carrier, node, one, store, clock, contacts } = await rig(context, size);
    await one.dialler.close(0);
    const away = { cancels: 0 };
    const other = node({
      carrier: {
        ...carrier,
        cancel(call) {
          away.cancels += 1;
          return away.cancels === 1 ? Promise.reject(new Error('no answer')) : carrier.cancel(call);
        },
      },
    });
    const { id } = await campaign();
    await other.dialler.look();
    await store.move(id, {
      from: ['running'],
      to: 'stopped',
      rule: 'campaign.stopped',
      nowMs: clock.epochMs(),
    });
    for (let n = 0; n < 4; n += 1) {
      clock.advance(5 * SECOND_MS);
      await other.dialler.look();
    }
    expect(away.cancels).toBe(2);
    expect(await contacts()).toEqual(['stopped 1 canceled']);
  });

  test('late, it does not send: whoever stood still for 15 s gives its claim back', async (context) => {
    const { campaign, carrier, clock, store, optionsOf, attempts, node, one } = await rig(context, size);
    await one.dialler.close(0);
    await campaign();
    const slow = node(
      optionsOf({
        store: {
          ...store,
          async claim(question) {
            const claimed = await store.claim(question);
            if (claimed.is === 'claimed') clock.advance(15_001);
            return claimed;
          },
        },
      }),
    );
    await slow.dialler.look();
    expect(carrier.asked).toEqual([]);
    expect(await attempts()).toEqual(['1 void not-placed']);
  });
});
