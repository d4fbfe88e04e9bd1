// Questions of the carrier that come twice, late, in the wrong order, or to a server that knows nothing: nothing is done
// twice, and nobody hears silence.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { expect, test, vi, type TestContext } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { startModel } from '../../../src/simulator/model/server.ts';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { CallFaults } from '../../../src/simulator/phone/faults.ts';
import { startNetwork, type PhoneNetwork } from '../../../src/simulator/phone/network.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { freshDataDir, migratedDatabaseUrl } from '../../doubles/databases.ts';
import { freePort } from '../../doubles/free-port.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { profileOf, rowsOf, scriptFrom } from '../desk.ts';
import { ACCOUNT, AUTH_TOKEN, wav } from '../rig.ts';
import {
  BILLING,
  CALLER,
  connected,
  heard,
  openOffice,
  OURS,
  SALES,
  sends,
  spokenTo,
  table,
  transfer,
  type Office,
} from './office.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const row = table('questions that come twice, late, or to a new server');

const PROFILE = `destinations:
  billing: { to: "${BILLING}", description: Invoices, transfer: warm, ring_s: 5 }
  sales: { to: "${SALES}", description: Offers }
voicemail: { greeting: Leave a message for the office. }`;
const SORRY = 'Nobody is there. Shall I try sales?';
const SCRIPT = sends([{ say: 'One moment.' }, transfer('billing')], [{ say: SORRY }], [transfer('sales')]);

const TWICE: CallFaults = { duplicateActions: true, duplicateCallbacks: true };
const TWICE_AND_SWAPPED: CallFaults = { ...TWICE, swapStatuses: true };

const people: readonly Person[] = [
  { number: BILLING, does: 'answers', keys: [{ press: '2', afterMs: 500 }] },
  { number: SALES, does: 'answers', leavesAfterMs: 6_000 },
];

test.concurrent(
  'all that is asked and told comes twice, in pairs swapped: each person is called once',
  async (context) => {
    const office = await openOffice(context, {
      ...{ profile: PROFILE, script: SCRIPT, people },
      faults: { legs: TWICE_AND_SWAPPED },
    });
    const call = office.place({ faults: TWICE });
    await spokenTo(call, 2);
    await (await office.model.session(1)).until('turnComplete', ({ atMs }) => atMs > 0);
    await call.until(
      'agentQuiet',
      ({ atMs }) => atMs > (call.events.find(({ type }) => type === 'redirected')?.atMs ?? 0),
    );
    call.say(wav('caller/yes'));
    const leg = await office.network.called(SALES);
    await connected(call, leg);
    expect(await call.done).toMatchObject({ hungUpBy: 'server', streams: 2 });
    expect(office.network.callsTo(BILLING)).toHaveLength(1);
    expect(office.network.callsTo(SALES)).toHaveLength(1);
    expect(office.model.sessions).toHaveLength(1);
    expect(office.told(call, 'departed').map(({ to }) => to)).toEqual(['billing', 'sales']);
    expect(office.told(call, 'returned')).toHaveLength(1);
    expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
    expect(office.network.alone()).toEqual([]);
  },
);

test.concurrent('a queue whose questions come twice: taken once', async (context) => {
  const office = await openOffice(context, {
    profile: `destinations: { billing: { to: "${BILLING}", description: Invoices, transfer: queue } }`,
    script: sends([transfer('billing')]),
    people: [
      { number: BILLING, does: 'answers', keys: [{ press: '1', afterMs: 500 }], leavesAfterMs: 7_000 },
    ],
    faults: { legs: TWICE_AND_SWAPPED },
  });
  const call = office.place({ faults: TWICE });
  const leg = await office.network.called(BILLING);
  await connected(call, leg);
  expect(await call.done).toMatchObject({ hungUpBy: 'server' });
  expect(office.network.callsTo(BILLING)).toHaveLength(1);
  expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
});

const formOf = (
  call: Pick<PhoneCall, 'callSid' | 'from' | 'to'>,
  more: Readonly<Record<string, string>> = {},
) => ({
  ...{ AccountSid: ACCOUNT, CallSid: call.callSid, From: call.from, To: call.to },
  ...{ Direction: 'inbound', CallStatus: 'in-progress', ApiVersion: '2010-04-01' },
  ...more,
});

const routeOf = async ({ databaseUrl }: Pick<Office, 'databaseUrl'>, call: PhoneCall): Promise<unknown> =>
  (
    await rowsOf(
      databaseUrl,
      sql<{ route: unknown }>`select route from liveline.routes where call_id = ${call.callSid}`,
    )
  )[0]?.route;

test.concurrent(
  'an action of an old step comes late: answered as before, and nothing changes',
  async (context) => {
    const office = await openOffice(context, { profile: PROFILE, script: SCRIPT, people });
    const call = office.place();
    const left = await call.until('held');
    const told = await office.post('/twilio/after-stream?step=1', formOf(call));
    expect(told).toContain(`<Conference`);
    expect(told).toContain(left.conference);
    await spokenTo(call, 2);
    const before = { notices: office.notices.length, calls: office.network.calls.size };
    const route = await vi.waitFor(async () => {
      const kept = await routeOf(office, call);
      expect(kept).toMatchObject({ step: 3, where: { at: 'agent' } });
      return kept;
    });
    const late = await office.post('/twilio/after-stream?step=2', formOf(call, { DialCallStatus: 'busy' }));
    expect(late).toContain('<Stream');
    const later = await office.post(
      '/twilio/after-stream?step=1',
      formOf(call, { DialCallStatus: 'completed' }),
    );
    expect(later).toContain('<Stream');
    expect(await routeOf(office, call)).toEqual(route);
    const changed = office.notices
      .slice(before.notices)
      .filter(({ type }) => /routed|returned|departed|line|ended|person/.test(type));
    expect(changed).toEqual([]);
    expect(office.network.calls.size).toBe(before.calls);
    // Of the person who is no longer waited for.
    const errand = encodeURIComponent(`transfer:${call.callSid}:1`);
    const stranger = { callSid: `CA${'e'.repeat(32)}`, from: OURS, to: BILLING };
    const key = { Digits: '1', Direction: 'outbound-api' };
    expect(await office.post(`/twilio/person?for=${errand}&asked=1`, formOf(stranger, key))).not.toContain(
      '<Conference',
    );
    expect(await routeOf(office, call)).toEqual(route);
    await call.until('agentQuiet', ({ atMs }) => atMs > left.atMs);
    expect(call.ended).toBe(false);
    call.hangUp();
    await call.done;
  },
);

test.concurrent('a call that nobody knows: the ladder of its number, whatever it asks', async (context) => {
  const office = await openOffice(context, { profile: PROFILE, script: SCRIPT, people });
  const stranger = (digit: string) => ({ callSid: `CA${digit.repeat(32)}`, from: CALLER, to: OURS });
  for (const [step, form] of [
    ['1', {}],
    ['7', { DialCallStatus: 'busy' }],
    ['3', { QueueResult: 'leave' }],
    ['2', { Digits: '' }],
  ] as const) {
    const twiml = await office.post(`/twilio/after-stream?step=${step}`, formOf(stranger(step), form));
    expect(twiml).toContain('Our assistant is not available just now.');
    expect(twiml).toContain('Leave a message for the office.');
    expect(twiml).toContain('<Record');
    // Asked again, it is the same.
    expect(await office.post(`/twilio/after-stream?step=0`, formOf(stranger(step), form))).toBe(twiml);
  }
  expect(await office.post('/twilio/after-stream', formOf(stranger('9')))).toContain('<Record');
  const waits = `/twilio/wait?call=CA${'8'.repeat(32)}&step=2`;
  expect(
    await office.post(
      waits,
      formOf(stranger('8'), { QueuePosition: '1', QueueTime: '3', AvgQueueTime: '0' }),
    ),
  ).toMatch(/<(Play|Leave)/);
  const person = `/twilio/person?for=${encodeURIComponent(`transfer:CA${'8'.repeat(32)}:1`)}`;
  expect(await office.post(person, formOf(stranger('a'), { Direction: 'outbound-api' }))).toMatch(
    /<Say|<Hangup/,
  );
});

interface Servers {
  readonly databaseUrl: string;
  readonly network: PhoneNetwork;
  readonly place: () => PhoneCall;
  /** Killed as kill -9 does, and another on the same port and database. */
  readonly restart: () => Promise<void>;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');

/** A process of its own, which can be killed; in real time. */
async function servers(
  context: TestContext,
  {
    profile,
    people: there,
    script = SCRIPT,
  }: { profile: string; people: readonly Person[]; script?: ScriptSource },
): Promise<Servers> {
  const [dir, dataDir, cwd] = [freshFolder(context), freshDataDir(context), freshFolder(context)];
  writeFileSync(join(dir, 'office.yaml'), profileOf(`tools: [transfer_call]\n${profile}`));
  const model = await startModel({ script: scriptFrom(script) });
  const network = await startNetwork({
    ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: systemClock, people: there },
  });
  const port = await freePort();
  const databaseUrl = await migratedDatabaseUrl(context);
  const baseUrl = `http://127.0.0.1:${port}`;
  const env = {
    ...{ PATH: process.env['PATH'], PORT: String(port), DATABASE_URL: databaseUrl },
    ...{ DATA_DIR: dataDir, AGENTS_DIR: dir, GEMINI_BASE_URL: model.url, TWILIO_API_BASE_URL: network.url },
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: AUTH_TOKEN, LOG_LEVEL: 'warn' },
  };
  const said = join(cwd, 'server.log');
  const output = openSync(said, 'a');
  const start = async () => {
    const child = spawn(process.execPath, [MAIN], { cwd, env, stdio: ['ignore', output, output] });
    await vi.waitFor(
      async () => {
        const fault = `it ended with ${child.exitCode ?? child.signalCode}: ${readFileSync(said, 'utf8')}`;
        expect(hasEnded(child), fault).toBe(false);
        expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200);
      },
      { timeout: 50_000, interval: 500 },
    );
    return child;
  };
  const kill = async (child: ChildProcess) => {
    if (hasEnded(child)) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  let running = await start();
  context.onTestFinished(async () => {
    await network.close();
    await kill(running);
    await model.close();
  });
  return {
    ...{ network, databaseUrl },
    place: () =>
      network.placeCall({
        ...{ baseUrl, from: CALLER, to: OURS, patienceMs: 60_000, script: [{ say: wav('caller/yes') }] },
      }),
    restart: async () => {
      await kill(running);
      running = await start();
    },
  };
}

test.concurrent(
  'a new server while it rings: nobody comes, and the caller is back with the agent',
  async (context) => {
    const { place, network, restart } = await servers(context, {
      profile: PROFILE.replace('transfer: warm, ring_s: 5', 'ring_s: 60'),
      people: [{ number: BILLING, does: 'busy', ringsMs: 15_000 }],
    });
    const call = place();
    const leg = await network.called(BILLING);
    await leg.until('ringing');
    await restart();
    await leg.over;
    await spokenTo(call, 2);
    call.hangUp();
    await call.done;
    expect(network.callsTo(BILLING)).toHaveLength(1);
    expect(network.alone()).toEqual([]);
  },
);

test.concurrent(
  'a new server that may not go on with calls of others: the ladder of the stored route',
  async (context) => {
    const { place, network, restart } = await servers(context, {
      profile: `${PROFILE.replace('transfer: warm, ring_s: 5', 'ring_s: 60')}\nrejoin: { most: 0 }`,
      people: [{ number: BILLING, does: 'busy', ringsMs: 15_000 }],
    });
    const call = place();
    const leg = await network.called(BILLING);
    await leg.until('ringing');
    await restart();
    await leg.over;
    await call.until('said-by-carrier', ({ text }) => text.includes('nobody is available for billing'));
    expect(heard(call).join(' ')).toContain('Leave a message for the office.');
    await call.until('recording');
    const over = leg.events.findLast(({ type }) => type === 'hungUp')!;
    const said = call.events.find(
      ({ type, atMs }) => type === 'document' && atMs + call.placedEpochMs >= over.atMs + leg.placedEpochMs,
    );
    row(
      'killed while it rings',
      'voicemail',
      (said?.atMs ?? NaN) + call.placedEpochMs - over.atMs - leg.placedEpochMs,
    );
  },
);

test.concurrent('a new server while the person is told: 1 connects them', async (context) => {
  const { place, network, restart } = await servers(context, {
    profile: PROFILE,
    people: [{ number: BILLING, does: 'answers' }],
  });
  const call = place();
  const leg = await network.called(BILLING);
  await leg.until('gathering');
  await restart();
  const pressed = Date.now();
  leg.press('1');
  await connected(call, leg);
  row('killed while the person is told', 'the person', Date.now() - pressed);
  // Who leaves so soon has talked with nobody: the caller is back with the agent.
  leg.hangUp();
  await spokenTo(call, 2);
  call.hangUp();
  await call.done;
  expect(network.alone()).toEqual([]);
  expect(network.callsTo(BILLING)).toHaveLength(1);
});

test.concurrent('a new server while they talk in the conference: nobody is left alone', async (context) => {
  const { place, network, restart, databaseUrl } = await servers(context, {
    profile: PROFILE,
    people: [{ number: BILLING, does: 'answers', keys: [{ press: '1', afterMs: 200 }] }],
  });
  const call = place();
  const leg = await network.called(BILLING);
  await connected(call, leg);
  await vi.waitFor(async () =>
    expect(await routeOf({ databaseUrl }, call)).toMatchObject({ where: { person: { is: 'joined' } } }),
  );
  await restart();
  // A shorter one would have been no talk.
  await vi.waitFor(() => expect(leg.durationMs).toBeGreaterThan(7_000), { timeout: 20_000 });
  leg.hangUp();
  expect(await call.done).toMatchObject({ hungUpBy: 'server' });
  const last = call.events.findLast((event) => event.type === 'document');
  expect(last).toMatchObject({
    status: 200,
    url: expect.stringContaining('/twilio/after-stream?step=2') as string,
  });
  expect(network.alone()).toEqual([]);
});

test.concurrent('a new server while keys are asked for: the key is taken', async (context) => {
  const { place, network, restart } = await servers(context, {
    profile: `${PROFILE.replace('transfer: warm, ', '')}\nfallback: { within_s: 2, steps: [menu, voicemail] }`,
    people: [{ number: BILLING, does: 'answers', leavesAfterMs: 6_000 }],
    script: { ...SCRIPT, faults: ['refuse-setup:code=1007,times=always'] },
  });
  const call = place();
  await call.until('gathering');
  await restart();
  const pressed = Date.now();
  call.press('1');
  const leg = await network.called(BILLING);
  await connected(call, leg);
  row('killed while keys are asked for', 'the person', Date.now() - pressed);
  expect((await call.done).hungUpBy).toBe('server');
});
