// One call of no campaign: the same attempt, opt-outs and guard as any.
import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { singleCalls, type SingleCall } from '../../src/campaign/single-calls.ts';
import { CallRefused } from '../../src/carrier/call-refused.ts';
import { SECOND_MS, numberOf, rig, signal } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

const CALL: SingleCall = {
  ...{ to: numberOf(1), from: LINE, profile: 'Reminder', variables: { name: 'Ada' }, ringS: 25 },
  ...{ detectsMachines: 'off', askedBy: 'api' },
};

async function open(context: TestContext, guard: () => string | undefined = () => undefined) {
  const all = await rig(context);
  return { ...all, single: singleCalls({ ...all.optionsOf(), guard, closed: signal }) };
}

test('placed, answered, over: one attempt, and its lines name what was not asked', async (context) => {
  const { single, carrier, one, tell, spoke, pass, attempts, audit, expected, query } = await open(context);
  const { attempt, call } = await single.place(CALL, signal);
  expect(call).toBe(carrier.calls[0]!.id);
  expect(expected).toEqual([call]);
  expect(await one.placed.calls.find(attempt, call!, signal)).toEqual({
    ...{ attempt, profile: 'Reminder', campaign: undefined, variables: { name: 'Ada' } },
  });
  await spoke();
  await tell('completed');
  await pass(3 * SECOND_MS);
  expect(await attempts()).toEqual(['1 over completed human']);
  expect(await audit()).toEqual(['dial single', 'settle outcome.human']);
  expect(
    await query(
      `select facts->'notAsked' as not_asked, facts->>'askedBy' as by from liveline.dial_audit where rule = 'single'`,
    ),
  ).toEqual([{ not_asked: ['consent', 'hours', 'caps'], by: 'api' }]);
});

test('who opted out is not called, and the audit says so', async (context) => {
  const { single, carrier, database, audit } = await open(context);
  await sql`insert into liveline.opt_outs (number, reason) values (${CALL.to}, '')`.execute(database.sql);
  await expect(single.place(CALL, signal)).rejects.toMatchObject({ code: 'DIAL_REFUSED' });
  expect(carrier.asked).toEqual([]);
  expect(await audit()).toEqual(['never opt-out']);
});

test('a number that the guard knows is not called', async (context) => {
  const { single, carrier } = await open(context, () => 'an emergency number');
  await expect(single.place(CALL, signal)).rejects.toMatchObject({
    code: 'DIAL_REFUSED',
    message: 'an emergency number',
  });
  expect(carrier.asked).toEqual([]);
});

test('twice at once: one call', async (context) => {
  const { single, carrier, clock, one } = await open(context);
  await one.dialler.close(0);
  const placing = Promise.allSettled([single.place(CALL, signal), single.place(CALL, signal)]);
  // The second one waits for the pace of the account.
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  clock.advance(SECOND_MS);
  const both = await placing;
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(carrier.calls).toHaveLength(1);
});

test('nobody knows whether it was placed: said so, looked for, and not dialled again', async (context) => {
  const { single, carrier, pass, attempts } = await open(context);
  carrier.fate = () => 'accepts-and-loses-the-answer';
  expect(await single.place(CALL, signal)).toMatchObject({ call: undefined });
  await pass(30 * SECOND_MS);
  await pass(0);
  expect(await attempts()).toEqual(['1 placed queued']);
  expect(carrier.asked).toHaveLength(1);
});

test('never placed after all: void, and nobody dials it again', async (context) => {
  const { single, carrier, pass, attempts } = await open(context);
  carrier.fate = () => 'loses-the-request';
  await single.place(CALL, signal);
  await pass(30 * SECOND_MS);
  await pass(31 * SECOND_MS);
  await pass(60 * SECOND_MS);
  expect(await attempts()).toEqual(['1 void not-placed']);
  expect(carrier.asked).toHaveLength(1);
});

test('what the carrier says is passed on', async (context) => {
  const { single, carrier, attempts, pass } = await open(context);
  carrier.fate = () => 'unreachable';
  await expect(single.place(CALL, signal)).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
  await pass(SECOND_MS);
  carrier.fate = () => new CallRefused('number', 21_211, 'it is no number');
  await expect(single.place({ ...CALL, to: numberOf(2) }, signal)).rejects.toMatchObject({
    code: 'CARRIER_REFUSED',
  });
  await pass(0);
  expect((await attempts()).sort()).toEqual(['1 over failed failed', '1 void not-placed']);
});

test('the account begins as many calls as it may: who asks waits, and not for ever', async (context) => {
  const { optionsOf, carrier, clock, one } = await rig(context);
  await one.dialler.close(0);
  const single = singleCalls({ ...optionsOf(), guard: () => undefined, callsPerSecond: 0.1, closed: signal });
  await single.place(CALL, signal);
  const waiting = single.place({ ...CALL, to: numberOf(2) }, signal);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'CARRIER_BUSY' });
  for (let n = 0; n < 3; n += 1) {
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(2 * SECOND_MS);
  }
  await refused;
  expect(carrier.asked).toHaveLength(1);
});
