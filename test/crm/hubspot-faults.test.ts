// What HubSpot's CRM does when HubSpot, or what people typed into it, is not as one would wish.
import { describe, expect, test, type TestContext } from 'vitest';
import type { LivelineError } from '../../src/base/errors.ts';
import type { Crm } from '../../src/crm/crm.ts';
import type { HubSpotOptions } from '../../src/crm/hubspot/hubspot.ts';
import { NOW_MS, WORLD } from '../contracts/crm.contract.ts';
import type { Fault, HubSpotStandIn } from '../doubles/hubspot/stand-in.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { WaitingClock } from '../web/rest-rig.ts';
import { crmOf, fill, openHubSpot, TOKEN } from './hubspot-rig.ts';

const go = (): AbortSignal => new AbortController().signal;

async function open(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: Partial<HubSpotOptions> = {},
  pageSize?: number,
): Promise<{ crm: Crm; hubspot: HubSpotStandIn; clock: WaitingClock }> {
  const hubspot = await openHubSpot(NOW_MS, pageSize);
  onTestFinished(() => hubspot.close());
  fill(hubspot, WORLD);
  const clock = new WaitingClock();
  return { hubspot, clock, crm: crmOf(hubspot, { clock, ...options }).crm };
}

const failing = (code: string): unknown => expect.objectContaining({ code });
const ticket = { kind: 'ticket', contactId: 'c2', title: 'A ticket', text: 'Words', from: 'Ana' } as const;
const visit = { contactId: 'c1', startsAtMs: NOW_MS + 86_400_000 * 40, minutes: 30, about: 'a visit' };

const busy: Fault = {
  is: 'status',
  status: 429,
  headers: { 'retry-after': '1' },
  body: '{"status":"error","category":"RATE_LIMITS","policyName":"SECONDLY","message":"You have reached your secondly limit."}',
};
const bad: [string, Fault][] = [
  ['a 500', { is: 'status', status: 500 }],
  ['a 502 page', { is: 'status', status: 502, body: '<html>Bad gateway</html>' }],
  ['a lost connection', { is: 'cut', when: 'at once' }],
  ['half an answer', { is: 'cut', when: 'in mid-body' }],
];

describe('a read', () => {
  test.for<[string, Fault]>([...bad, ['a 429', busy]])('survives %s', async ([, fault], context) => {
    const { crm, hubspot } = await open(context);
    hubspot.fault('POST /crm/v3/objects/contacts/search', fault);
    hubspot.fault('GET *', fault);
    expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ name: 'Ana Moreno' });
    expect(await crm.findByEmail('ana@example.com', go())).toMatchObject({ name: 'Ana Moreno' });
  });

  test.for<[string, string]>([
    ['no JSON', '<html>'],
    ['another shape', '{"results":[{"name":"Ana"}]}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('that is answered with %s is unavailable', async ([, body], context) => {
    const { crm, hubspot } = await open(context);
    hubspot.fault('POST /crm/v3/objects/contacts/search', { is: 'status', status: 200, body });
    await expect(crm.findByPhone('+15550100102', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  });

  test('a limit that lasts is not waited for', async (context) => {
    const { crm, hubspot, clock } = await open(context);
    hubspot.fault('GET *', { ...busy, headers: { 'retry-after': '60' } });
    await expect(crm.check(go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    expect(clock.waits).toEqual([]);
  });

  test('that is refused as one too many is made as soon as that is over, without a time being named', async (context) => {
    const { crm, hubspot, clock } = await open(context);
    for (let i = 0; i < 4; i++)
      hubspot.fault('POST /crm/v3/objects/contacts/search', { is: 'status', status: 429 });
    expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ name: 'Ana Moreno' });
    expect(clock.waits).toEqual([200, 400, 800, 600]);
  });

  test('that is refused as one too many to the end is unavailable', async (context) => {
    const { crm, hubspot } = await open(context);
    for (let i = 0; i < 9; i++) hubspot.fault('POST *', { is: 'status', status: 429 });
    await expect(crm.findByPhone('+15550100102', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  });

  test('that is one of many is asked for with five others a second, and given up with its signal', async ({
    onTestFinished,
  }) => {
    const hubspot = await openHubSpot(NOW_MS);
    onTestFinished(() => hubspot.close());
    fill(hubspot, WORLD);
    const clock = new ManualClock();
    const { crm } = crmOf(hubspot, { clock, searchesPerSecond: undefined });
    const impatient = new AbortController();
    const ask = (signal: AbortSignal): Promise<unknown> => crm.findByPhone('+15550100102', signal);
    const first = Array.from({ length: 5 }, () => ask(go()));
    const [given, last] = [ask(impatient.signal), ask(go())];
    expect(await Promise.all(first)).toHaveLength(5);
    expect(hubspot.asked).toHaveLength(5);
    impatient.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    clock.advance(1_100);
    expect(await last).toMatchObject({ name: 'Ana Moreno' });
    expect(hubspot.asked).toHaveLength(6);
  });

  test('of what HubSpot cannot have finds nobody and asks nobody', async (context) => {
    const { crm, hubspot } = await open(context);
    expect(await crm.findByEmail('half\ud83d@example.com', go())).toBeUndefined();
    expect(await crm.findByEmail(`${'a'.repeat(5_000)}@example.com`, go())).toBeUndefined();
    for (const number of ['9'.repeat(5_000), 'half\ud83d'])
      for (const kind of ['order', 'ticket', 'message'] as const)
        expect(await crm.findObject(kind, number, go())).toBeUndefined();
    expect(hubspot.asked).toEqual([]);
  });

  test('with an id that has lost its last digits is not understood', async (context) => {
    const { crm, hubspot } = await open(context);
    const body = '{"id":9007199254740993,"properties":{"firstname":"Ana"}}';
    hubspot.fault('GET *', { is: 'status', status: 200, body });
    await expect(crm.findById('c2', go())).rejects.toEqual(failing('CRM_UNAVAILABLE'));
  });

  test('a HubSpot that is silent is left when the caller is', async (context) => {
    const { crm, hubspot } = await open(context);
    hubspot.fault('POST *', { is: 'silent' });
    const controller = new AbortController();
    const finding = crm.findByPhone('+15550100102', controller.signal);
    while (hubspot.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a creation', () => {
  const creations: [type: string, make: (crm: Crm) => Promise<unknown>][] = [
    ['contacts', (crm) => crm.createContact({ name: 'Zora Kim' }, 'k', go())],
    ['meetings', (crm) => crm.bookAppointment(visit, 'k', go())],
    ['tickets', (crm) => crm.createObject(ticket, 'k', go())],
    ['notes', (crm) => crm.createObject({ ...ticket, kind: 'message' }, 'k', go())],
    [
      'calls',
      (crm) =>
        crm.logCall(
          {
            callId: 'CA1',
            from: '+15550100102',
            to: '+15550100100',
            direction: 'outbound',
            startedAtMs: NOW_MS,
            durationMs: 1_000,
            outcome: 'o',
            summary: 's',
          },
          go(),
        ),
    ],
  ];

  test.for(creations)(
    'in %s that was done but not answered is in doubt, and not repeated',
    async ([type, make], context) => {
      const { crm, hubspot } = await open(context);
      const before = hubspot.store.of(type).length;
      hubspot.fault(`POST /crm/v3/objects/${type}`, { is: 'cut', when: 'done' });
      await expect(make(crm)).rejects.toEqual(failing('CRM_IN_DOUBT'));
      expect(hubspot.store.of(type)).toHaveLength(before + 1);
    },
  );

  test.for(creations.flatMap(([type, make]) => bad.map(([what, fault]) => ({ type, make, what, fault }))))(
    'in $type that ends with $what is in doubt',
    async ({ type, make, fault }, context) => {
      const { crm, hubspot } = await open(context);
      hubspot.fault(`POST /crm/v3/objects/${type}`, fault);
      await expect(make(crm)).rejects.toEqual(failing('CRM_IN_DOUBT'));
    },
  );

  test.for(creations)('in %s that met a limit is made once that is over', async ([type, make], context) => {
    const { crm, hubspot, clock } = await open(context);
    const before = hubspot.store.of(type).length;
    hubspot.fault(`POST /crm/v3/objects/${type}`, busy);
    await make(crm);
    expect(hubspot.store.of(type)).toHaveLength(before + 1);
    expect(clock.waits).toEqual([1_000]);
  });

  test.for(creations)('in %s that met a long limit was not made', async ([type, make], context) => {
    const { crm, hubspot } = await open(context);
    const before = hubspot.store.of(type).length;
    hubspot.fault(`POST /crm/v3/objects/${type}`, { ...busy, headers: { 'retry-after': '30' } });
    await expect(make(crm)).rejects.toEqual(failing('CRM_UNAVAILABLE'));
    expect(hubspot.store.of(type)).toHaveLength(before);
  });

  test('with an e-mail that somebody has is refused, without saying whose', async (context) => {
    const { crm } = await open(context);
    const thrown = (await crm
      .createContact({ name: 'Eve', email: 'Ana@example.com' }, 'k', go())
      .catch((caught: unknown) => caught)) as LivelineError;
    expect(thrown).toMatchObject({
      code: 'CRM_REFUSED',
      message: 'HubSpot: create one of contacts: it answers 409 (CONFLICT)',
    });
  });

  test('with a fact that has no property is refused before it is sent', async (context) => {
    const { crm, hubspot } = await open(context);
    const make = crm.createContact({ name: 'Eve', facts: { shoe: '39' } }, 'k', go());
    await expect(make).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    expect(hubspot.asked).toEqual([]);
  });
});

test('a change is repeated: doing it twice is doing it once', async (context) => {
  const { crm, hubspot } = await open(context);
  hubspot.fault('PATCH *', { is: 'cut', when: 'done' });
  expect(await crm.updateContact('c2', { phone: '+15550100177' }, go())).toMatchObject({
    phone: '+15550100177',
  });
  hubspot.fault('PATCH *', { is: 'status', status: 503 });
  expect(await crm.cancelAppointment('a1', go())).toMatchObject({ status: 'cancelled' });
});

describe('the token', () => {
  test.for(['wrong', 'line\nbreak', ''])(
    'that is bad (%j) is a refusal, and never quoted',
    async (bad, context) => {
      const accessToken = `${TOKEN}${bad}-NEVER`;
      const { crm } = await open(context, { accessToken });
      const thrown = (await crm.check(go()).catch((caught: unknown) => caught)) as LivelineError;
      expect(thrown.code).toBe('CRM_REFUSED');
      const all = `${thrown.message} ${thrown.stack ?? ''} ${JSON.stringify(thrown)} ${String(thrown.cause)}`;
      expect(all).not.toMatch(/pat-na1|NEVER/);
    },
  );

  test('without a scope the reason is named', async (context) => {
    const { crm, hubspot } = await open(context);
    const body = '{"status":"error","category":"MISSING_SCOPES","message":"This app has no permission."}';
    hubspot.fault('GET *', { is: 'status', status: 403, body });
    await expect(crm.objectsOf('c2', 'order', 5, go())).rejects.toThrow(/403 \(MISSING_SCOPES\)/);
  });
});

test('a pipeline that cannot be read hides no ticket', async (context) => {
  const { crm, hubspot } = await open(context);
  expect(await crm.objectsOf('c2', 'ticket', 5, go())).toMatchObject([{ status: 'New' }]);
  const other = crmOf(hubspot).crm;
  hubspot.fault('GET /crm/v3/pipelines/tickets', { is: 'status', status: 403 });
  expect(await other.objectsOf('c2', 'ticket', 5, go())).toMatchObject([{ status: 'unknown' }]);
});

test('an address with credentials in it is refused, and not quoted', async (context) => {
  const { hubspot } = await open(context);
  const make = (): unknown => crmOf(hubspot, { baseUrl: 'http://user:SECRET@localhost' });
  expect(make).toThrow(/^(?!.*SECRET).*address of HubSpot/);
});
