// Which of the carrier's calls is the one that was lost: of those that nobody else owns, the first after the claim.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { CLOCKS_APART_MS } from '../../src/campaign/attempt-times.ts';
import { MINUTE_MS, SECOND_MS, numberOf, rig } from './rig.ts';
import { LINE, type CarriersCall } from './scripted-carrier.ts';

/** From our line to the same number, by somebody else on the account. */
const other = (atMs: number, status: CarriersCall['status']): CarriersCall => ({
  ...{
    to: numberOf(1),
    from: LINE,
    id: callId('CA-other'),
    attempt: 'none',
    ringS: 25,
    detectsMachines: 'off',
  },
  ...{ atMs, status },
});

test('a call from before is not taken for it: they are called after all', async (context) => {
  const { campaign, pass, carrier, clock, attempts } = await rig(context);
  carrier.calls.push(other(clock.epochMs() - CLOCKS_APART_MS - SECOND_MS, 'completed'));
  carrier.fate = (_, asked) => (asked === 1 ? 'loses-the-request' : 'accepts');
  await campaign();
  await pass(0);
  await pass(30 * SECOND_MS);
  await pass(31 * SECOND_MS);
  await pass(SECOND_MS);
  expect(await attempts()).toEqual(['1 void not-placed', '2 placed queued']);
});

test('of two the one after the claim is ours, and the other goes on', async (context) => {
  const { campaign, pass, tell, carrier, clock, attempts, query } = await rig(context);
  carrier.calls.push(other(clock.epochMs() - 3 * SECOND_MS, 'in-progress'));
  carrier.fate = () => 'accepts-and-loses-the-answer';
  await campaign();
  await pass(0);
  await pass(30 * SECOND_MS);
  expect(await query('select call_id from liveline.attempts')).toEqual([{ call_id: 'CA-2' }]);
  await tell('ringing');
  expect(await attempts()).toEqual(['1 placed ringing']);
  expect([carrier.canceled, carrier.hungUp]).toEqual([[], []]);
});

test('alone, one that clocks may have put before the claim is ours: nobody is called twice', async (context) => {
  const { campaign, pass, carrier, attempts } = await rig(context);
  carrier.fate = () => 'accepts-and-loses-the-answer';
  await campaign();
  await pass(0);
  const [lost] = carrier.calls;
  carrier.calls[0] = { ...lost!, atMs: lost!.atMs - CLOCKS_APART_MS + SECOND_MS };
  await pass(30 * SECOND_MS);
  expect(await attempts()).toEqual(['1 placed queued']);
});

test('one by which a caller is called back is not ours', async (context) => {
  const { campaign, pass, carrier, clock, attempts, database } = await rig(context);
  const now = new Date(clock.epochMs());
  await sql`
    insert into liveline.callbacks (id, key, rehearsal, call_id, profile, to_number, from_number, destination, reason,
      due_at, next_at, state, leg_id)
    values ('c1', 'k1', false, 'CA-0', 'Reminder', ${numberOf(1)}, ${LINE}, '', '', ${now}, ${now}, 'done', 'CA-other')`.execute(
    database.sql,
  );
  carrier.calls.push(other(clock.epochMs(), 'completed'));
  carrier.fate = () => 'loses-the-request';
  await campaign();
  await pass(0);
  await pass(30 * SECOND_MS);
  expect(await attempts()).toEqual(['1 claimed']);
});

test('a queued call that the carrier does not know any more may have rung: it counts as one that nobody answered', async (context) => {
  const { campaign, pass, carrier, attempts, contacts } = await rig(context);
  await campaign();
  await pass(0);
  carrier.lists = 'nothing';
  await pass(3 * MINUTE_MS);
  await pass(4 * SECOND_MS);
  expect(await attempts()).toEqual(['1 over no-answer no-answer']);
  expect(await contacts()).toEqual(['waiting 1 no-answer']);
});
