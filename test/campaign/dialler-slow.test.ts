// A carrier that answers slowly, or refuses one number with an answer that nobody knows: everybody else goes on.
import { expect, test } from 'vitest';
import { CallRefused } from '../../src/carrier/call-refused.ts';
import { MINUTE_MS, SECOND_MS, easyRules, numberOf, rig } from './rig.ts';

/** What a look has begun is begun. */
const turns = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

test('no call is canceled twice at once, and more than one at once are', async (context) => {
  const { campaign, pass, carrier, store, clock, one } = await rig(context);
  const { id } = await campaign('Reminders', 6);
  for (let n = 0; n < 10 && carrier.calls.length < 6; n += 1) await pass(SECOND_MS);
  expect(carrier.calls).toHaveLength(6);
  const nowMs = clock.epochMs();
  await store.move(id, { from: ['running'], to: 'stopped', rule: 'campaign.stopped', nowMs });
  const gate = Promise.withResolvers<undefined>();
  const asked: string[] = [];
  carrier.cancel = async (call) => {
    asked.push(call);
    await gate.promise;
    return 'too-late';
  };
  clock.advance(5 * SECOND_MS);
  await expect.poll(() => asked.length).toBe(6);
  for (let n = 0; n < 3; n += 1) {
    clock.advance(5 * SECOND_MS);
    await turns();
  }
  expect(asked.toSorted()).toEqual(carrier.calls.map((call) => String(call.id)).toSorted());
  gate.resolve(undefined);
  await one.dialler.look();
});

test('an attempt in doubt is asked about, however many calls are being placed', async (context) => {
  const { campaign, pass, carrier, rules, clock, query } = await rig(context);
  carrier.fate = () => 'accepts-and-loses-the-answer';
  await campaign();
  await pass(0);
  const gate = Promise.withResolvers<undefined>();
  const dial = carrier.dial.bind(carrier);
  let placing = 0;
  carrier.dial = async (call) => {
    placing += 1;
    await gate.promise;
    return dial(call);
  };
  rules.now = easyRules({ howMany: ({ slots }) => ({ calls: slots, because: '' }) });
  await campaign('Many', 30, 10);
  for (let n = 0; n < 40 && placing < 25; n += 1) {
    clock.advance(250);
    await turns();
  }
  expect(placing).toBeGreaterThanOrEqual(25);
  clock.advance(30 * SECOND_MS);
  await expect
    .poll(
      () => (
        clock.advance(250),
        query(`select state from liveline.attempts where to_number = '${numberOf(1)}'`)
      ),
    )
    .toEqual([{ state: 'placed' }]);
  gate.resolve(undefined);
});

test('refused for whatever reason, a contact comes after all others: the campaign can be resumed', async (context) => {
  const { campaign, pass, carrier, rules, store, clock, contacts } = await rig(context);
  const { id } = await campaign('Reminders', 3);
  rules.now = easyRules({ howMany: () => ({ calls: 1, because: '' }) });
  carrier.fate = ({ to }) =>
    to === numberOf(1) ? new CallRefused('account', 99_999, 'new to us') : 'accepts';
  await pass(0);
  await pass(SECOND_MS);
  expect(await store.get(id)).toMatchObject({ state: 'paused' });
  const nowMs = clock.epochMs();
  await store.move(id, { from: ['paused'], to: 'running', rule: 'campaign.resumed', nowMs });
  for (let n = 0; n < 4; n += 1) await pass(MINUTE_MS);
  expect(await store.get(id)).toMatchObject({ state: 'running' });
  expect((await contacts()).map((line) => line.split(' ')[0])).toEqual(['waiting', 'dialling', 'dialling']);
});
