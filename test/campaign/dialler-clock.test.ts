// Clocks that are wrong: a process whose clock is not the database's calls nobody, and gives nothing up; one that was set back
// goes on.
import type { TestContext } from 'vitest';
import { describe, expect, test } from 'vitest';
import { CLOCKS_MAY_DIFFER_MS } from '../../src/campaign/attempt-times.ts';
import type { DiallerOptions } from '../../src/campaign/dialler.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CAPACITY, HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, rig } from './rig.ts';

/** Like processes of a server, with the time of the database, which is that of this machine; or so much off it. */
async function nodes(context: TestContext) {
  const all = await rig(context);
  await all.one.dialler.close(0);
  const storeOf = (epochMs: () => number) =>
    createCampaignStore(all.database, {
      ...{ account: 'AC1', node: 'node-1', rehearsal: false },
      clock: { epochMs, mayDifferMs: CLOCKS_MAY_DIFFER_MS },
    });
  const off = (byMs: number, over: Partial<DiallerOptions> = {}) => {
    const clock = new ManualClock(Date.now() + byMs);
    const store = storeOf(() => clock.epochMs());
    return { clock, store, ...all.node({ clock, store, ...over }) };
  };
  return { ...all, storeOf, off };
}

describe('apart from the database', () => {
  test.for([-120, 120])('by %d s: nobody is called, and it is said once', async (s, context) => {
    const { campaign, off, carrier, attempts, lines } = await nodes(context);
    await campaign();
    const { dialler } = off(s * SECOND_MS);
    for (let n = 0; n < 3; n += 1) await dialler.look();
    expect(carrier.asked).toEqual([]);
    expect(await attempts()).toEqual([]);
    const said = lines.filter(
      ({ reason }) => String(reason).includes('s behind') || String(reason).includes('s ahead of'),
    );
    expect(said).toHaveLength(1);
    await off(0).dialler.look();
    expect(carrier.asked).toHaveLength(1);
  });

  test('a single call is refused with the reason', async (context) => {
    const { off } = await nodes(context);
    const asked = off(-HOUR_MS).store.claimSingle({
      ...{ rules: easyRules(), profile: 'Reminder', to: numberOf(1), variables: {} },
      ...{ nowMs: Date.now() - HOUR_MS, accountCallsPerSecond: 100, facts: {} },
    });
    await expect(asked).rejects.toMatchObject({ code: 'CLOCK_APART' });
  });

  test('what another process is placing just now is not given up, nor dialled again', async (context) => {
    const { campaign, off, carrier, attempts, storeOf, node } = await nodes(context);
    await campaign();
    const sent = Promise.withResolvers<undefined>();
    const dial = carrier.dial.bind(carrier);
    const slow = node({
      ...{ clock: new ManualClock(Date.now()), store: storeOf(() => Date.now()) },
      carrier: { ...carrier, dial: (call) => sent.promise.then(() => dial(call)) },
    });
    const looking = slow.dialler.look();
    await expect.poll(attempts).toEqual(['1 claimed']);
    const ahead = off(2 * MINUTE_MS);
    await ahead.dialler.look();
    await ahead.dialler.look();
    expect(await attempts()).toEqual(['1 claimed']);
    sent.resolve(undefined);
    await looking;
    expect(await attempts()).toEqual(['1 placed queued']);
    expect(carrier.calls).toHaveLength(1);
  });
});

describe('apart from the database, a process decides nothing by its clock', () => {
  const DAY_MS = 24 * HOUR_MS;

  test('what is scheduled for tomorrow is not started, what ends tomorrow not ended', async (context) => {
    const { campaign, off, store } = await nodes(context);
    const nowMs = Date.now();
    const { id: scheduled } = await campaign('Scheduled');
    const startsAtMs = nowMs + 20 * HOUR_MS;
    await store.move(scheduled, { from: ['running'], to: 'scheduled', rule: 'r', nowMs, startsAtMs });
    const { id: running } = await campaign('Running', 1, 10);
    const rules = easyRules({}, { endsAtMs: startsAtMs });
    await off(DAY_MS, { rulesOf: () => rules }).dialler.look();
    expect((await store.get(scheduled))?.state).toBe('scheduled');
    expect((await store.get(running))?.state).toBe('running');
  });

  test('calls that wait at the carrier are not canceled by its hours', async (context) => {
    const { campaign, off, carrier } = await nodes(context);
    await campaign();
    const untilMs = Date.now() + HOUR_MS;
    const rules = easyRules({
      hours: (_, nowMs) =>
        nowMs < untilMs
          ? { may: 'ring', data: '' }
          : { may: 'wait', rule: 'hours.law', words: 'late', data: '', untilMs: undefined },
    });
    await off(0, { rulesOf: () => rules }).dialler.look();
    await off(2 * HOUR_MS, { rulesOf: () => rules }).dialler.look();
    expect(carrier.calls).toHaveLength(1);
    expect(carrier.canceled).toEqual([]);
  });

  test('what was lost is looked for as soon as before', async (context) => {
    const { campaign, off, carrier, query } = await nodes(context);
    await campaign();
    carrier.fate = () => 'loses-the-request';
    await off(0).dialler.look();
    const looks = 'select look_at from liveline.attempts';
    const before = await query(looks);
    await off(365 * DAY_MS).dialler.look();
    expect(await query(looks)).toEqual(before);
  });

  test.for([-5 * HOUR_MS, 365 * DAY_MS])(
    'what it is told is written down by the time of the database: %d ms off',
    async (byMs, context) => {
      const { campaign, off, carrier, query } = await nodes(context);
      await campaign();
      await off(0).dialler.look();
      const [call] = carrier.calls;
      const bad = off(byMs);
      bad.placed.news.status({ attempt: call!.attempt, id: call!.id, status: 'busy' });
      await bad.unwritten.write();
      await bad.dialler.look();
      expect(
        await query(`
          select state, look_at between now() and now() + interval '3 s' as look,
            ended_at between now() - interval '1 min' and now() as ended from liveline.attempts`),
      ).toEqual([{ state: 'placed', look: true, ended: true }]);
      await query(`update liveline.attempts set look_at = now() - interval '1 s'`);
      await off(0).dialler.look();
      const due = await query(
        `select state, next_at > now() + interval '9 min' as later from liveline.campaign_contacts`,
      );
      expect(due).toEqual([{ state: 'waiting', later: true }]);
    },
  );
});

test('who had to wait for the database is not taken for somebody with a wrong clock', async (context) => {
  const { storeOf } = await nodes(context);
  const asked = storeOf(() => Date.now()).claimSingle({
    ...{ rules: easyRules(), profile: 'Reminder', to: numberOf(1), variables: {} },
    ...{ nowMs: Date.now() - 4 * SECOND_MS, accountCallsPerSecond: 100, facts: {} },
  });
  expect((await asked).is).toBe('claimed');
});

test('the pace of the account has one clock, by however much those of processes differ', async (context) => {
  const { campaign, storeOf } = await nodes(context);
  const { id: campaignId } = await campaign('Reminders', 5);
  const rules = easyRules({ howMany: ({ slots }) => ({ calls: Math.min(1, slots), because: '' }) });
  const claim = async (offMs: number) => {
    const epochMs = () => Date.now() + offMs;
    const of = { campaignId, rules, contacts: 8, capacity: CAPACITY, accountCallsPerSecond: 1 / 60 };
    return (await storeOf(epochMs).claim({ ...of, nowMs: epochMs() })).is;
  };
  expect(await claim(0)).toBe('claimed');
  for (let n = 0; n < 2; n += 1) for (const offMs of [-2_900, 2_900]) expect(await claim(offMs)).toBe('full');
});

test('set back by an hour, or after one call by a clock that is an hour ahead, the pace goes on', async (context) => {
  const { campaign, one, store, clock } = await rig(context);
  await one.dialler.close(0);
  const { id: campaignId } = await campaign('Reminders', 5);
  const rules = easyRules({ howMany: ({ slots }) => ({ calls: Math.min(1, slots), because: '' }) });
  const claim = async (nowMs: number) =>
    (
      await store.claim({
        campaignId,
        rules,
        contacts: 8,
        nowMs,
        capacity: CAPACITY,
        accountCallsPerSecond: 1,
      })
    ).is;
  const nowMs = clock.epochMs();
  expect(await claim(nowMs + HOUR_MS)).toBe('claimed');
  expect(await claim(nowMs)).toBe('full');
  expect(await claim(nowMs + SECOND_MS), 'the pace of the campaign was ahead too').toBe('full');
  expect(await claim(nowMs + 2 * SECOND_MS)).toBe('claimed');
  expect(await claim(nowMs + 2.5 * SECOND_MS), 'no faster than before').toBe('full');
});
