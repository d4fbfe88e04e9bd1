// Clocks that are wrong: a process whose clock is not the database's calls nobody, and gives nothing up; one that was set back
// goes on.
import type { TestContext } from 'vitest';
import { describe, expect, test } from 'vitest';
import { CLOCKS_MAY_DIFFER_MS } from '../../src/campaign/attempt-times.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { CAPACITY, HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, rig } from './rig.ts';

/** Like processes of a server, with the time of the database, which is that of this machine; or so much off it. */
async function nodes(context: TestContext) {
  const all = await rig(context);
  await all.one.dialler.close(0);
  const store = createCampaignStore(all.database, {
    ...{ account: 'AC1', node: 'node-1', rehearsal: false, clocksMayDifferMs: CLOCKS_MAY_DIFFER_MS },
  });
  const off = (byMs: number) => {
    const clock = new ManualClock(Date.now() + byMs);
    return { clock, ...all.node({ clock, store }) };
  };
  return { ...all, store, off };
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
    const { store } = await nodes(context);
    const asked = store.claimSingle({
      ...{ rules: easyRules(), profile: 'Reminder', to: numberOf(1), variables: {} },
      ...{ nowMs: Date.now() - HOUR_MS, accountCallsPerSecond: 100, facts: {} },
    });
    await expect(asked).rejects.toMatchObject({ code: 'CLOCK_APART' });
  });

  test('what another process is placing just now is not given up, nor dialled again', async (context) => {
    const { campaign, off, carrier, attempts, store, node } = await nodes(context);
    await campaign();
    const sent = Promise.withResolvers<undefined>();
    const dial = carrier.dial.bind(carrier);
    const slow = node({
      ...{ clock: new ManualClock(Date.now()), store },
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
