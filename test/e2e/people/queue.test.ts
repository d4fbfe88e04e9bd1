// Queues and callbacks in whole calls: who waits is told where they stand and served in order; who would rather be called
// back is, and is connected then.
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { rowsOf } from '../desk.ts';
import { wav } from '../rig.ts';
import {
  BILLING,
  CALLER,
  connected,
  heard,
  HERE,
  nth,
  openOffice,
  OURS,
  prompts,
  REASON,
  sends,
  spokenTo,
  table,
  transfer,
  type Office,
} from './office.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const row = table('queues and callbacks');

const PROFILE = `destinations:
  billing: { to: "${BILLING}", description: Invoices, transfer: queue, ring_s: 5, minutes_a_call: 2 }`;
const IMPATIENT = PROFILE.replace('minutes_a_call: 2', 'minutes_a_call: 1, longest_wait_min: 1');
const SORRY = 'They are all busy. Shall I take a message?';
const SCRIPT = sends([{ say: 'One moment.' }, transfer('billing')], [{ say: SORRY }]);
/** For waits of a minute. The pause before the same person is called again goes by the database, and so by the real time. */
const SPEED = 6;

const TAKES: Person = { number: BILLING, does: 'answers', keys: [{ press: '1', afterMs: 500 }] };

const saying = (call: PhoneCall, words: RegExp) =>
  call.until('said-by-carrier', ({ text }) => words.test(text));

test.concurrent(
  'two callers and one person: each is told their place, and served in order',
  async (context) => {
    const office = await openOffice(context, {
      profile: PROFILE.replace('ring_s: 5', 'ring_s: 60'),
      script: SCRIPT,
      people: [{ ...TAKES, ringsMs: 25_000, leavesAfterMs: 7_000 }],
    });
    const first = office.place();
    await saying(first, /^You are next in line\. The wait is about 2 minutes/);
    const second = office.place({ from: '+12025550144' });
    await saying(second, /^You are number 2 in line\. The wait is about 4 minutes/);
    const leg = await office.network.called(BILLING);
    expect(leg.from).toBe(OURS);
    await connected(first, leg);
    expect(heard(leg)[0]).toContain('waiting in the queue');
    const moved = await saying(second, /^You are next in line/);
    const taken = first.events.findLast(({ type }) => type === 'connected')!;
    row(
      'the one before is served',
      'their new place',
      moved.atMs + second.placedEpochMs - taken.atMs - first.placedEpochMs,
    );
    expect(second.events.some(({ type }) => type === 'connected')).toBe(false);
    expect(await first.done).toMatchObject({ hungUpBy: 'server', errors: [] });
    const again = await office.network.called(BILLING, 2);
    const [{ atMs }] = await connected(second, again);
    const over = leg.events.findLast(({ type }) => type === 'hungUp')!;
    row('the person is free', 'the person', atMs + second.placedEpochMs - over.atMs - leg.placedEpochMs);
    expect(await second.done).toMatchObject({ hungUpBy: 'server', errors: [] });
    expect(office.network.callsTo(BILLING)).toHaveLength(2);
    for (const call of [first, second])
      expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
  },
);

test.concurrent('the person is busy at first: rung again while the caller waits', async (context) => {
  const office = await openOffice(context, {
    profile: PROFILE,
    script: SCRIPT,
    people: [{ ...TAKES, does: 'busy', times: 1 }, TAKES],
    speed: SPEED,
  });
  const call = office.place();
  await office.network.called(BILLING);
  const again = await office.network.called(BILLING, 2);
  await connected(call, again);
  call.hangUp();
  await Promise.all([call.done, again.done]);
});

test.concurrent(
  'the person hangs up as soon as they have taken the call: the caller is back',
  async (context) => {
    const office = await openOffice(context, {
      profile: PROFILE,
      script: SCRIPT,
      people: [{ ...TAKES, leavesAfterMs: 1_000 }],
    });
    const call = office.place();
    const leg = await office.network.called(BILLING);
    await connected(call, leg);
    const { atMs } = await call.until('disconnected');
    row('hung up on at once', 'the agent', (await spokenTo(call, 2)) - atMs);
    expect(prompts(office).filter((text) => text.includes('broke off right after'))).toHaveLength(1);
    call.hangUp();
    await call.done;
  },
);

test.concurrent(
  'nobody comes for too long: the caller is back with the agent, who knows',
  async (context) => {
    const office = await openOffice(context, {
      profile: IMPATIENT,
      script: SCRIPT,
      people: [{ number: BILLING, does: 'no-answer' }],
      speed: SPEED,
    });
    const call = office.place();
    const queued = await call.until('queued');
    const back = await nth(call, 'streamOpened', 2);
    expect(back.atMs - queued.atMs).toBeGreaterThan(59_000);
    row('waited for too long', 'the agent', (await spokenTo(call, 2)) - back.atMs);
    await (await office.model.session(1)).until('said', ({ text }) => text === SORRY);
    expect(prompts(office).filter((text) => text.includes('as long as the queue lets them'))).toHaveLength(1);
    call.hangUp();
    await call.done;
  },
);

test.concurrent(
  'the caller hangs up while the person is asked: they hear so, and nobody is left on the line',
  async (context) => {
    const office = await openOffice(context, {
      profile: PROFILE,
      script: SCRIPT,
      people: [{ ...TAKES, keys: [{ press: '1', afterMs: 3_000 }] }],
    });
    const call = office.place();
    const leg = await office.network.called(BILLING);
    await leg.until('gathering');
    call.hangUp();
    await call.done;
    await leg.done;
    expect(leg.events.some(({ type }) => type === 'connected')).toBe(false);
    expect(heard(leg).at(-1)).toContain('the caller is no longer waiting');
    await vi.waitFor(() =>
      expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]),
    );
  },
);

interface CallbackRow {
  readonly state: string;
  readonly destination: string;
  readonly to: string;
  readonly unanswered: number;
  readonly dueMs: number;
  readonly nextMs: number;
}

const rows = ({ databaseUrl }: Office) =>
  rowsOf(
    databaseUrl,
    sql<CallbackRow>`
      select state, destination, to_number as "to", unanswered, (extract(epoch from due_at) * 1000)::float8 as "dueMs",
        (extract(epoch from next_at) * 1000)::float8 as "nextMs" from liveline.callbacks`,
  );

const settled = (office: Office, state: string) =>
  vi.waitFor(async () => expect(await rows(office)).toMatchObject([{ state }]), { timeout: 20_000 });

test.concurrent('press 1: a call is promised, and at its time the caller is connected', async (context) => {
  const office = await openOffice(context, {
    profile: PROFILE,
    script: SCRIPT,
    people: [
      { number: BILLING, does: 'answers', times: 1 },
      TAKES,
      { number: CALLER, does: 'answers', keys: [{ press: '1', afterMs: 300 }] },
    ],
    speed: SPEED,
  });
  const call = office.place({
    script: [{ say: wav('caller/yes') }, { press: '1', when: { spoken: /called back, press 1/ } }],
  });
  const pressed = await call.until('digit');
  const promised = await saying(call, /We will call you back/);
  row('asks to be called back', 'the promise', promised.atMs - pressed.atMs);
  expect(await call.done).toMatchObject({ hungUpBy: 'server' });
  const [kept, ...more] = await rows(office);
  expect(more).toEqual([]);
  expect(kept).toMatchObject({ state: 'due', destination: 'billing', to: CALLER });
  expect(office.network.callsTo(CALLER)).toEqual([]);

  await rowsOf(office.databaseUrl, sql`update liveline.callbacks set due_at = now(), next_at = now()`);
  const leg = await office.network.called(CALLER);
  expect(leg.from).toBe(OURS);
  await saying(leg, /You asked us to call you back/);
  await leg.until('queued');
  const person = await office.network.called(BILLING, 2);
  await connected(leg, person);
  await settled(office, 'done');
  person.hangUp();
  await leg.done;
  expect(office.network.callsTo(CALLER)).toHaveLength(1);
});

const CALLS_BACK = sends([
  { call: { name: 'call_back', args: { destination: 'billing', in_minutes: 1, reason: REASON } } },
  { say: HERE },
]);
const COLD = `destinations: { billing: { to: "${BILLING}", description: Invoices } }`;

async function promises(office: Office): Promise<CallbackRow> {
  const call = office.place();
  const session = await office.model.session(1);
  const { answer } = await session.until('toolAnswered');
  expect(JSON.stringify(answer.response)).toContain('Promised');
  call.hangUp();
  await call.done;
  const [kept] = await rows(office);
  expect(kept).toMatchObject({ state: 'due', unanswered: 0 });
  return kept!;
}

test.concurrent('the agent promises a call: dialled at its time, and connected', async (context) => {
  const office = await openOffice(context, {
    profile: COLD,
    script: CALLS_BACK,
    people: [
      { number: CALLER, does: 'answers', keys: [{ press: '1', afterMs: 300 }] },
      { number: BILLING, does: 'answers' },
    ],
    speed: SPEED,
  });
  const { dueMs } = await promises(office);
  const leg = await office.network.called(CALLER);
  expect(leg.placedEpochMs).toBeGreaterThanOrEqual(dueMs);
  row('the time has come', 'a call', leg.placedEpochMs - dueMs);
  await connected(leg, await office.network.called(BILLING));
  await settled(office, 'done');
  leg.hangUp();
  await leg.done;
  expect(office.network.callsTo(CALLER)).toHaveLength(1);
});

test.concurrent('nobody answers, or no key: called again later', async (context) => {
  const office = await openOffice(context, {
    profile: COLD,
    script: CALLS_BACK,
    people: [{ number: CALLER, does: 'answers' }],
    speed: SPEED,
  });
  await promises(office);
  const leg = await office.network.called(CALLER);
  await leg.done;
  await vi.waitFor(async () => expect(await rows(office)).toMatchObject([{ state: 'due', unanswered: 1 }]), {
    timeout: 20_000,
  });
  const [later] = await rows(office);
  expect(later!.nextMs - later!.dueMs).toBeGreaterThan(10 * 60_000);
  expect(office.network.callsTo(BILLING)).toEqual([]);
});
