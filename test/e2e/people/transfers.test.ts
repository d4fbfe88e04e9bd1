// Cold transfers in whole calls: who is reached, and what becomes of a caller who reaches nobody.
import { expect, test, vi, type TestContext } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { wav } from '../rig.ts';
import {
  BILLING,
  CALLER,
  connected,
  HERE,
  nth,
  openOffice,
  OURS,
  prompts,
  SALES,
  sends,
  spokenTo,
  table,
  transfer,
} from './office.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const row = table('cold transfers');

const PROFILE = `destinations:
  billing: { to: "${BILLING}", description: Invoices, ring_s: 5 }
  sales: { to: "${SALES}", description: Offers, spoken: Sales and offers }`;

const SORRY = 'Nobody is there. Shall I try sales?';

const TWICE = sends([{ say: 'One moment.' }, transfer('billing')], [{ say: SORRY }], [transfer('sales')]);

test.concurrent('somebody answers: the agent is gone, and who hangs up hangs up both', async (context) => {
  const office = await openOffice(context, {
    profile: PROFILE,
    script: TWICE,
    people: [{ number: BILLING, does: 'answers' }],
  });
  const call = office.place();
  const leg = await office.network.called(BILLING);
  const [{ atMs: connectedMs }] = await connected(call, leg);
  const left = await call.until('streamClosed');
  row('answers', 'a person', connectedMs - left.atMs);
  const session = await office.model.session(1);
  await session.until('closed');
  expect(call.ended).toBe(false);
  expect(leg.from).toBe(CALLER);
  leg.hangUp();
  expect(await call.done).toMatchObject({ hungUpBy: 'server', status: 'completed', streams: 1, errors: [] });
  expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
  expect(office.told(call, 'routed')).toMatchObject([{ to: 'billing', why: 'cold' }, { to: 'goodbye' }]);
  expect(office.network.callsTo(BILLING)).toHaveLength(1);
  const record = await vi.waitFor(async () => {
    const kept = await office.app.records.get(callId(call.callSid));
    expect(kept?.endedAt).toEqual(expect.anything());
    return kept;
  });
  expect(record).toMatchObject({ outcome: 'transferred' });
});

const unreached: readonly { name: string; person: Omit<Person, 'number'>; why: RegExp }[] = [
  { name: 'busy', person: { does: 'busy' }, why: /line there is busy/ },
  { name: 'no answer', person: { does: 'no-answer' }, why: /nobody answered there/ },
  { name: 'fails', person: { does: 'fails' }, why: /did not come about/ },
  {
    name: 'hangs up at once',
    person: { does: 'answers', leavesAfterMs: 1_500 },
    why: /broke off right after/,
  },
];

test.concurrent.for(unreached)(
  '$name: the caller is back with the agent, who knows why, and then reaches somebody else',
  async ({ name, person, why }, context: TestContext) => {
    const office = await openOffice(context, {
      profile: PROFILE,
      script: TWICE,
      people: [
        { number: BILLING, ...person },
        { number: SALES, does: 'answers', leavesAfterMs: 6_000 },
      ],
    });
    const call = office.place();
    const first = await office.network.called(BILLING);
    await first.over;
    const atMs = await spokenTo(call, 2);
    const over = first.events.findLast(({ type }) => type === 'hungUp')!;
    row(name, 'the agent, who offers sales', atMs + call.placedEpochMs - over.atMs - first.placedEpochMs);
    const session = await office.model.session(1);
    await session.until('said', ({ text }) => text === SORRY);
    expect(office.model.sessions, 'the same conversation').toHaveLength(1);
    expect(prompts(office).filter((text) => why.test(text) && text.includes('"billing"'))).toHaveLength(1);
    expect(prompts(office).some((text) => text.includes('transfer_call to sales'))).toBe(true);
    await call.until('agentQuiet', (event) => event.atMs > atMs);
    call.say(wav('caller/yes'));
    const second = await office.network.called(SALES);
    await connected(call, second);
    expect(await call.done).toMatchObject({ hungUpBy: 'server', streams: 2, errors: [] });
    expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
    expect(office.told(call, 'departed').map(({ to }) => to)).toEqual(['billing', 'sales']);
    expect(office.told(call, 'returned')).toHaveLength(1);
  },
);

test.concurrent('the caller hangs up while it rings: it rings no more', async (context) => {
  const office = await openOffice(context, {
    profile: PROFILE,
    script: TWICE,
    people: [{ number: BILLING, does: 'no-answer' }],
  });
  const call = office.place();
  const leg = await office.network.called(BILLING);
  await call.until('dialling');
  call.hangUp();
  await Promise.all([call.done, leg.done]);
  expect(leg.events.some(({ type }) => type === 'pickedUp')).toBe(false);
  await vi.waitFor(() => expect(office.app.callCount).toBe(0));
  await vi.waitFor(() =>
    expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]),
  );
  expect(office.network.callsTo(SALES)).toEqual([]);
});

test.concurrent('who is closed is not called: the agent says who is there', async (context) => {
  const office = await openOffice(context, {
    profile: `time_zone: UTC
destinations:
  billing: { to: "${BILLING}", description: Invoices, hours: ${closedToday()} }
  sales: { to: "${SALES}", description: Offers }`,
    script: sends([transfer('billing'), { say: HERE }]),
    people: [{ number: BILLING, does: 'answers' }],
  });
  const call = office.place();
  const session = await office.model.session(1);
  const { answer } = await session.until('toolAnswered');
  expect(JSON.stringify(answer.response)).toMatch(/sales/);
  await session.until('said', ({ text }) => text === HERE);
  expect(office.told(call, 'departed')).toEqual([]);
  expect(office.network.callsTo(BILLING)).toEqual([]);
  call.hangUp();
  await call.done;
});

test.concurrent.for([
  { caller_id: 'ours', from: CALLER, sees: OURS },
  { caller_id: 'caller', from: CALLER, sees: CALLER },
  { caller_id: 'caller', from: 'anonymous', sees: OURS },
])(
  'caller_id $caller_id of $from: they see $sees',
  async ({ caller_id, from, sees }, context: TestContext) => {
    const office = await openOffice(context, {
      profile: `destinations: { billing: { to: "${BILLING}", description: Bills, caller_id: ${caller_id} } }`,
      script: sends([transfer('billing')]),
      people: [{ number: BILLING, does: 'answers' }],
    });
    const call = office.place({ from });
    const leg = await office.network.called(BILLING);
    expect(leg.from).toBe(sees);
    await connected(call, leg);
    call.hangUp();
    await Promise.all([call.done, leg.done]);
  },
);

const SIP = 'sip:billing@example.com';

test.concurrent('a SIP address is dialled', async (context) => {
  const office = await openOffice(context, {
    profile: `destinations: { billing: { to: "${SIP}", description: Bills } }`,
    script: sends([transfer('billing')]),
    people: [{ number: SIP, does: 'answers', leavesAfterMs: 6_000 }],
  });
  const call = office.place();
  await connected(call, await office.network.called(SIP));
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
});

const REFER = {
  profile: `destinations: { billing: { to: "${SIP}", description: Bills, transfer: refer } }`,
  script: sends([transfer('billing')], [{ say: SORRY }]),
};

test.concurrent('a caller on SIP is referred, and then we are out of it', async (context) => {
  const office = await openOffice(context, { ...REFER, people: [{ number: SIP, does: 'answers' }] });
  const call = office.place({ from: 'sip:ada@example.com' });
  expect(await call.until('referred')).toMatchObject({ to: SIP });
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
  expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
  expect(office.network.callsTo(SIP)).toEqual([]);
});

test.concurrent('a caller on SIP whose telephone cannot be referred is back', async (context) => {
  const office = await openOffice(context, { ...REFER, people: [{ number: SIP, does: 'busy' }] });
  const call = office.place({ from: 'sip:ada@example.com' });
  const { atMs } = await call.until('referred');
  const back = await nth(call, 'streamOpened', 2);
  row('refer refused', 'the agent', back.atMs - atMs);
  await (await office.model.session(1)).until('said', ({ text }) => text === SORRY);
  call.hangUp();
  await call.done;
});

test.concurrent('a caller on a telephone cannot be referred: dialled instead', async (context) => {
  const office = await openOffice(context, {
    ...REFER,
    people: [{ number: SIP, does: 'answers', leavesAfterMs: 6_000 }],
  });
  const call = office.place();
  await connected(call, await office.network.called(SIP));
  expect(call.events.some(({ type }) => type === 'referred')).toBe(false);
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
});

/** The days around now: a test that runs at midnight is as closed as any. */
function closedToday(): string {
  const dates = [-1, 0, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
  return `{ every_day: "00:00-24:00", dates: { ${dates.map((date) => `"${date}": closed`).join(', ')} } }`;
}
