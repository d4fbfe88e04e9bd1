// Warm transfers in whole calls: the person is told who waits before they take the call, and nobody is left alone, whoever
// hangs up when, and whatever the carrier's REST interface does.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test, vi, type TestContext } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { NetworkFaults, RestFault } from '../../../src/simulator/phone/network.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { wav } from '../rig.ts';
import { ownCertificate } from './certificate.ts';
import {
  BILLING,
  BRIEFING,
  CALLER,
  connected,
  heard,
  HERE,
  nth,
  openOffice,
  OURS,
  prompts,
  REASON,
  SALES,
  sends,
  spokenTo,
  table,
  transfer,
  type Office,
  type OfficeOptions,
} from './office.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const row = table('warm transfers');

const PROFILE = `destinations:
  billing: { to: "${BILLING}", description: Invoices, transfer: warm, ring_s: 5 }
  sales: { to: "${SALES}", description: Offers, transfer: warm }`;
const SORRY = 'Nobody is there. Shall I try sales?';
const SCRIPT = sends(
  [{ say: 'One moment.' }, transfer('billing')],
  [{ say: SORRY }],
  [transfer('sales')],
  [{ say: HERE }],
);

const TAKES: Person = { number: BILLING, does: 'answers', keys: [{ press: '1', afterMs: 500 }] };

interface Held {
  readonly office: Office;
  readonly call: PhoneCall;
}

/** A caller who waits with music, and the person about to be called. */
async function held(context: TestContext, options: Partial<OfficeOptions>): Promise<Held> {
  const office = await openOffice(context, { profile: PROFILE, script: SCRIPT, ...options });
  const call = office.place();
  await call.until('held');
  return { office, call };
}

/** The caller is in a new stream, and the agent of the same conversation speaks of what became of it. */
async function backWithAgent({ office, call }: Held, why: RegExp, name: string): Promise<void> {
  const atMs = await spokenTo(call, 2);
  const last = call.events.findLast(({ type }) => type === 'redirected' || type === 'disconnected');
  row(name, 'the agent, who offers sales', atMs - last!.atMs);
  const session = await office.model.session(1);
  await session.until('said', ({ text }) => text === SORRY);
  expect(office.model.sessions, 'the same conversation').toHaveLength(1);
  expect(prompts(office).filter((text) => why.test(text) && text.includes('"billing"'))).toHaveLength(1);
  expect(office.told(call, 'returned')).toHaveLength(1);
  await nobodyLeft(office, [...office.network.callsTo(BILLING)]);
  call.hangUp();
  await call.done;
}

async function nobodyLeft({ network }: Office, calls: readonly PhoneCall[]): Promise<void> {
  await Promise.all(calls.map(({ over }) => over));
  expect(network.alone()).toEqual([]);
}

test.concurrent('the person hears who it is and why, presses 1, and both talk', async (context) => {
  const { office, call } = await held(context, { people: [{ ...TAKES, says: wav('caller/yes') }] });
  const leg = await office.network.called(BILLING);
  expect(leg.from).toBe(OURS);
  const pressed = leg.until('digit');
  await connected(call, leg);
  const joined = await call.until('joined');
  row(
    'takes the call',
    'a person',
    joined.atMs + call.placedEpochMs - (await pressed).atMs - leg.placedEpochMs,
  );
  const session = await office.model.session(1);
  await session.until('closed');
  leg.hangUp();
  expect(await call.done).toMatchObject({ hungUpBy: 'server', streams: 1 });
  expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
  const routed = office.told(call, 'routed').map(({ to }) => to);
  expect(routed).toEqual(['billing', 'goodbye']);
  const [briefed, taken] = office.told(call, 'person');
  expect([briefed?.is, taken?.is]).toEqual(['briefed', 'joined']);
  await nobodyLeft(office, [leg]);
});

test.concurrent('the briefing has the number, the reason, what was tried, and the keys', async (context) => {
  const { office, call } = await held(context, { people: [{ number: BILLING, does: 'answers' }] });
  const leg = await office.network.called(BILLING);
  await leg.until('said-by-carrier', ({ text }) => text.includes('Press 1'));
  const words = heard(leg).join(' ');
  expect(words).toContain(REASON);
  expect(words).toContain(BRIEFING);
  expect(words.replaceAll(/\D/g, '')).toContain(CALLER.slice(1));
  call.hangUp();
  await Promise.all([call.done, leg.done]);
});

test.concurrent('who takes the call is shown whose it is, and who does not is not', async (context) => {
  const { url, posts } = await screen(context);
  const { office, call } = await held(context, {
    profile: PROFILE.replaceAll('transfer: warm', `transfer: warm, screen_pop: "${url}/pop?desk=1"`),
    environment: { WEBHOOK_PRIVATE: 'on' },
    people: [
      { ...TAKES, keys: [{ press: '2', afterMs: 300 }] },
      { ...TAKES, number: SALES },
    ],
  });
  const { atMs } = await nth(call, 'streamOpened', 2);
  await call.until('agentQuiet', (event) => event.atMs > atMs);
  expect(posts).toEqual([]);
  call.say(wav('caller/yes'));
  await connected(call, await office.network.called(SALES));
  await vi.waitFor(() => expect(posts).toHaveLength(1));
  expect(posts[0]).toMatchObject({
    ...{ path: '/pop?desk=1', callId: call.callSid, from: CALLER, profile: 'Desk', destination: 'sales' },
    ...{ reason: REASON, briefing: BRIEFING },
  });
  call.hangUp();
  await call.done;
});

test.concurrent('music is in the ear of who waits', async (context) => {
  const { office, call } = await held(context, { people: [{ number: BILLING, does: 'no-answer' }] });
  const before = call.heardMs;
  await vi.waitFor(() => expect(call.heardMs - before).toBeGreaterThan(3_000), { timeout: 20_000 });
  expect(loudness(call.recording(), 2_000)).toBeGreaterThan(100);
  expect(office.network.alone()).toEqual([]);
  call.hangUp();
  await call.done;
});

const unreached: readonly { name: string; person: Omit<Person, 'number'>; why: RegExp }[] = [
  { name: 'declines by 2', person: { ...TAKES, keys: [{ press: '2', afterMs: 500 }] }, why: /cannot take/ },
  { name: 'presses nothing', person: { does: 'answers' }, why: /cannot take/ },
  { name: 'is busy', person: { does: 'busy' }, why: /line there is busy/ },
  { name: 'does not answer', person: { does: 'no-answer' }, why: /nobody answered/ },
  { name: 'has no number', person: { does: 'fails' }, why: /did not come about/ },
  { name: 'hangs up while told', person: { does: 'answers', hangsUpAfterMs: 1_500 }, why: /cannot take/ },
  { name: 'leaves after 1 s', person: { ...TAKES, leavesAfterMs: 1_000 }, why: /broke off right after/ },
];

test.concurrent.for(unreached)(
  'the person $name: the caller is back with the agent',
  async ({ name, person, why }, context: TestContext) => {
    const there = await held(context, { people: [{ ...person, number: BILLING }] });
    await backWithAgent(there, why, name);
    expect(there.office.network.callsTo(BILLING)).toHaveLength(1);
  },
);

test.concurrent.for([
  { when: 'while it rings', person: { number: BILLING, does: 'no-answer' }, until: 'ringing' },
  { when: 'while they are told', person: { number: BILLING, does: 'answers' }, until: 'said-by-carrier' },
  { when: 'when they have joined', person: TAKES, until: 'joined' },
] as const)(
  'the caller hangs up $when: the person is hung up',
  async ({ person, until }, context: TestContext) => {
    const { office, call } = await held(context, { people: [person] });
    const leg = await office.network.called(BILLING);
    await leg.until(until);
    // Until the carrier's answer has come, nobody knows which call to hang up.
    await vi.waitFor(() => expect(office.log.some((line) => line.includes('"level":50'))).toBe(false));
    call.hangUp();
    await call.done;
    await nobodyLeft(office, [leg]);
    await vi.waitFor(() => expect(office.told(call, 'call-ended')).toHaveLength(1));
    expect(office.told(call, 'call-ended')[0]!.reason).toMatch(/^(caller-hung-up|transferred)$/);
    expect(office.app.callCount).toBe(0);
  },
);

/** Of requests that place calls, or that take callers back; so many of them. */
const broken = (which: RegExp, fault: RestFault, times = Infinity): NetworkFaults => {
  let left = times;
  return {
    rest: ({ method, path }) => (method === 'POST' && which.test(path) && left-- > 0 ? fault : undefined),
  };
};
const PLACING = /\/Calls\.json$/;
const TAKING_BACK = /\/Calls\/CA/;

test.concurrent('the carrier refuses to call them: the caller is back', async (context) => {
  const there = await held(context, { people: [TAKES], faults: broken(PLACING, 'refuse') });
  await backWithAgent(there, /did not come about/, 'refused by REST');
  expect(there.office.network.callsTo(BILLING)).toEqual([]);
});

test.concurrent(
  'the carrier fails, and nobody knows whether it calls: the caller is back in time',
  async (context) => {
    const there = await held(context, { people: [TAKES], faults: broken(PLACING, '503'), speed: 6 });
    await backWithAgent(there, /nobody answered/, 'REST 503');
  },
);

test.concurrent('the carrier calls them, and its answer is lost: they are connected', async (context) => {
  const { office, call } = await held(context, { people: [TAKES], faults: broken(PLACING, 'drop-after') });
  const leg = await office.network.called(BILLING);
  await connected(call, leg);
  expect(office.network.callsTo(BILLING)).toHaveLength(1);
  call.hangUp();
  await nobodyLeft(office, [leg, call]);
});

test.concurrent('its answer is lost, and the caller hangs up: nobody is left alone', async (context) => {
  const { office, call } = await held(context, {
    people: [{ ...TAKES, keys: [{ press: '1', afterMs: 2_000 }] }],
    faults: broken(PLACING, 'drop-after'),
  });
  const leg = await office.network.called(BILLING);
  await leg.until('ringing');
  call.hangUp();
  await call.done;
  await nobodyLeft(office, [leg]);
  expect(leg.events.some(({ type }) => type === 'joined')).toBe(false);
});

test.concurrent('the carrier is away when the caller is to be taken back: tried again', async (context) => {
  const person: Person = { number: BILLING, does: 'busy' };
  const there = await held(context, { people: [person], faults: broken(TAKING_BACK, '503', 2) });
  await backWithAgent(there, /line there is busy/, 'REST away at the end');
});

test.concurrent('two transfers in one call, one after the other', async (context) => {
  const there = await held(context, {
    people: [
      { ...TAKES, keys: [{ press: '2', afterMs: 300 }] },
      { ...TAKES, number: SALES, leavesAfterMs: 7_000 },
    ],
  });
  const { office, call } = there;
  const back = await nth(call, 'streamOpened', 2);
  const { atMs } = await call.until('agentQuiet', (event) => event.atMs > back.atMs);
  expect(atMs).toBeGreaterThan(back.atMs);
  call.say(wav('caller/yes'));
  const leg = await office.network.called(SALES);
  await connected(call, leg);
  expect(await call.done).toMatchObject({ hungUpBy: 'server', streams: 2 });
  const conferences = call.events.flatMap((event) => (event.type === 'held' ? [event.conference] : []));
  expect(new Set(conferences).size).toBe(2);
  expect(office.told(call, 'call-ended')).toMatchObject([{ reason: 'transferred' }]);
  await nobodyLeft(office, [...office.network.callsTo(BILLING), leg]);
});

/** An office's own web server, over https as profiles ask for it. */
async function screen({ onTestFinished }: TestContext) {
  const own = ownCertificate();
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, own.cert]);
  const posts: object[] = [];
  const server = createServer(own, (request, response) => {
    void json(request).then((body) => {
      posts.push({ path: request.url, ...(body as object) });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    setDefaultCACertificates(before);
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}

/** Root mean square of the right channel of a stereo WAV of 16 bit at 8 kHz, at its end. */
function loudness(recording: Uint8Array, lastMs: number): number {
  const samples = new DataView(recording.buffer, recording.byteOffset, recording.byteLength);
  const bytes = lastMs * 8 * 4;
  let sum = 0;
  for (let at = recording.byteLength - bytes; at < recording.byteLength; at += 4)
    sum += samples.getInt16(at + 2, true) ** 2;
  return Math.sqrt(sum / (bytes / 4));
}
