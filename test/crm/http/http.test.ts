// The described CRM keeps the rules of every CRM, against a service on a real socket.
import { expect, test } from 'vitest';
import { createHttpCrm } from '../../../src/crm/http/http.ts';
import { loadHttpCrm, type HttpCrmDescription } from '../../../src/crm/http/description.ts';
import type { Crm } from '../../../src/crm/crm.ts';
import { crmContract, NOW_MS, WORLD } from '../../contracts/crm.contract.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { openRestCrm, TOKEN, type Asked, type RestCrmServer } from '../../doubles/rest-crm/server.ts';

const example = await loadHttpCrm('fixtures/crm/example.yaml');
const secrets = new Map([['crm_token', TOKEN]]);
const go = (): AbortSignal => new AbortController().signal;

function crmAt(baseUrl: string, changes: Partial<HttpCrmDescription> = {}): Crm {
  const description = { ...example, base_url: baseUrl, allow_private: true, ...changes };
  return createHttpCrm({ description, secrets, clock: new ManualClock() });
}

crmContract(
  'a described CRM',
  async (world, context) => {
    const server = await openRestCrm(world);
    context.onTestFinished(() => server.close());
    return crmAt(server.baseUrl);
  },
  { keepsKeys: true },
);

const served = async (work: (server: RestCrmServer) => Promise<void>): Promise<void> => {
  const server = await openRestCrm(WORLD);
  try {
    await work(server);
  } finally {
    await server.close();
  }
};
const failing = (code: string, words = /./): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(words) as string });
const answering =
  (status: number, body: unknown): RestCrmServer['fault'] =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
    return true;
  };

test('a search that gives strangers gives nobody', () =>
  served(async (server) => {
    server.fault = answering(200, { people: [{ id: 1, display_name: 'Eve', mobile: '(555) 010-0177' }] });
    expect(await crmAt(server.baseUrl).findByPhone('+15550100102', go())).toBeUndefined();
    expect(await crmAt(server.baseUrl).findByEmail('ana@example.com', go())).toBeUndefined();
  }));

test('ids are kept to the letter, numbers too, and rows that cannot be read do not hide the others', () =>
  served(async (server) => {
    const people = [
      { display_name: 'No Id' },
      17,
      null,
      { id: 7, display_name: 'Ana\nMoreno', mobile: 'none' },
    ];
    server.fault = answering(200, { people });
    expect(await crmAt(server.baseUrl).findByName('ana', 5, go())).toEqual([
      { id: '7', name: 'Ana Moreno', phone: undefined, email: undefined, facts: {} },
    ]);
  }));

test.each([
  ['nothing that can be read', { people: [{ display_name: 'No Id' }] }],
  ['other shapes', { people: 'Ana' }],
])('an answer of %s is a fault that names the request', (_, body) =>
  served(async (server) => {
    server.fault = answering(200, body);
    await expect(crmAt(server.baseUrl).findByName('ana', 5, go())).rejects.toEqual(
      failing('CRM_REFUSED', /^Example CRM: find_by_name: .*response/),
    );
  }),
);

test('an answer nested too deep to compare is a fault and no crash', () =>
  served(async (server) => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    server.fault = answering(200, `{"people":[{"a":${deep}}],"b":${deep}}`);
    const { find_by_phone } = example;
    const response = { ...find_by_phone.response, list: '$.people[?@.a == $.b]' };
    const crm = crmAt(server.baseUrl, { find_by_phone: { ...find_by_phone, response } });
    await expect(crm.findByPhone('+15550100102', go())).rejects.toEqual(failing('CRM_REFUSED', /response/));
  }));

test('what was made but cannot be read is in doubt, and is not made again', () =>
  served(async (server) => {
    server.fault = answering(201, { ok: true });
    await expect(crmAt(server.baseUrl).createContact({ name: 'Zora' }, 'k1', go())).rejects.toEqual(
      failing('CRM_IN_DOUBT', /create_contact/),
    );
    expect(server.asked).toHaveLength(1);
  }));

test('without keeps_keys a lost answer is in doubt; nothing is sent twice', () =>
  served(async (server) => {
    server.fault = (_, response) => {
      response.destroy();
      return true;
    };
    const crm = crmAt(server.baseUrl, { keeps_keys: false });
    expect(crm.keepsKeys).toBe(false);
    const booking = { contactId: 'c1', startsAtMs: NOW_MS, minutes: 30, about: 'a filling' };
    await expect(crm.bookAppointment(booking, 'k1', go())).rejects.toEqual(failing('CRM_IN_DOUBT'));
    expect(server.asked).toHaveLength(1);
  }));

test('what is left out of the description is unsupported, and nothing is asked', () =>
  served(async (server) => {
    const { name, base_url, headers, find_by_phone } = example;
    const least = {
      name,
      base_url,
      headers,
      find_by_phone,
      objects_of: {},
      find_object: {},
      create_object: {},
    };
    const description = { ...least, allow_private: true, timeout_ms: 4_000, keeps_keys: false };
    const crm = createHttpCrm({
      description: { ...description, base_url: server.baseUrl },
      secrets,
      clock: new ManualClock(),
    });
    const booking = { contactId: 'c1', startsAtMs: NOW_MS, minutes: 30, about: 'a filling' };
    for (const ask of [
      () => crm.findByEmail('a@example.com', go()),
      () => crm.findById('c1', go()),
      () => crm.findByName('ana', 5, go()),
      () => crm.createContact({ name: 'Ana' }, 'k', go()),
      () => crm.updateContact('c1', {}, go()),
      () => crm.appointmentsOf('c1', 0, go()),
      () => crm.bookAppointment(booking, 'k', go()),
      () => crm.cancelAppointment('a1', go()),
      () => crm.objectsOf('c1', 'order', 5, go()),
      () => crm.findObject('ticket', 'T-1', go()),
      () => crm.createObject({ kind: 'message', title: '', text: '', from: '' }, 'k', go()),
    ])
      await expect(ask(), String(ask)).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    expect(server.asked).toEqual([]);
    // Without a request of its own, the check looks for the number of nobody.
    await crm.check(go());
    expect(server.asked[0]?.url).toBe('/v2/people?phone=%2B15550100000');
  }));

test('an update without a response reads the contact again', () =>
  served(async (server) => {
    const { response: _, ...update_contact } = example.update_contact!;
    const crm = crmAt(server.baseUrl, { update_contact });
    expect(await crm.updateContact('c2', { phone: '+15550100199' }, go())).toMatchObject({
      name: 'Ana Moreno',
      phone: '+15550100199',
    });
    expect(server.asked.map(({ method }) => method)).toEqual(['PATCH', 'GET']);
  }));

test('a cancellation without a response reads the appointment before, and asks once', () =>
  served(async (server) => {
    const visit = { id: 'a1', person: 'c2', begins: '2026-06-12T10:00Z', ends: '2026-06-12T10:30Z' };
    let state = 'confirmed';
    server.fault = ({ method, url }, response) => {
      if (url.endsWith('/none')) return answering(404, {})({} as Asked, response);
      if (method === 'GET') return answering(200, { ...visit, state })({} as Asked, response);
      state = 'called off';
      return answering(204, '')({} as Asked, response);
    };
    const { response } = example.cancel_appointment!;
    const request = { headers: {}, query: {}, url: '/visits/{{id}}' };
    const crm = crmAt(server.baseUrl, {
      find_appointment: { ...request, method: 'GET', response: response! },
      cancel_appointment: { ...request, method: 'DELETE' },
    });
    const cancelled = { id: 'a1', contactId: 'c2', minutes: 30, status: 'cancelled' };
    expect(await crm.cancelAppointment('a1', go())).toMatchObject(cancelled);
    expect(await crm.cancelAppointment('a1', go())).toMatchObject(cancelled);
    expect(server.asked.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'GET']);
    await expect(crm.cancelAppointment('none', go())).rejects.toEqual(failing('CRM_UNKNOWN'));
  }));

test('a service that answers with another order than was asked for gives none', () =>
  served(async (server) => {
    server.fault = answering(200, { id: 'o9', reference: 'HD-9999', person: 'c1' });
    expect(await crmAt(server.baseUrl).findObject('order', 'HD-2043', go())).toBeUndefined();
    server.fault = answering(200, { items: [{ id: 'o9', reference: 'HD-9999', person: 'c1' }] });
    expect(await crmAt(server.baseUrl).objectsOf('c2', 'order', 5, go())).toEqual([]);
  }));

test('credentials that are refused say so, in words without them', () =>
  served(async (server) => {
    server.fault = answering(401, { error: 'unauthorized' });
    const thrown = await crmAt(server.baseUrl)
      .check(go())
      .catch((caught: unknown) => caught);
    expect(thrown).toEqual(failing('CRM_REFUSED', /credentials/));
    expect(String(thrown)).not.toContain(TOKEN);
  }));

test('a private address is refused unless it is allowed', () =>
  served(async (server) => {
    const crm = crmAt(server.baseUrl, { allow_private: false });
    await expect(crm.findByPhone('+15550100102', go())).rejects.toEqual(failing('ADDRESS_REFUSED'));
    expect(server.asked).toEqual([]);
  }));

test.each([
  [new Map(), /SECRET_CRM_TOKEN/],
  [new Map([['crm_token', 'two\nlines']]), /SECRET_CRM_TOKEN.*line break/],
])('a secret that is missing or cannot be sent is named at once', (given, words) => {
  const make = (): unknown =>
    createHttpCrm({ description: example, secrets: given, clock: new ManualClock() });
  expect(make).toThrow(expect.objectContaining({ code: 'CRM_INVALID' }) as Error);
  expect(make).toThrow(words);
});

const people = (rows: readonly object[]): RestCrmServer['fault'] => answering(200, { people: rows });
const ANA = { id: 'c2', display_name: 'Ana Moreno', mobile: '(555) 010-0102', mail: 'ana@example.com' };

test('one row twice is one person; two with one number are nobody', () =>
  served(async (server) => {
    const crm = crmAt(server.baseUrl);
    server.fault = people([ANA, ANA]);
    expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ id: 'c2' });
    server.fault = people([ANA, { ...ANA, id: 'c9' }]);
    expect(await crm.findByPhone('+15550100102', go())).toBeUndefined();
  }));

test.each(['555-010-0102 ext. 7', '+1 555 010 0102 x7', '(555) 010-0102#7'])(
  'who sits behind a switchboard (%s) is not who calls from it',
  (mobile) =>
    served(async (server) => {
      server.fault = people([{ ...ANA, mobile }]);
      expect(await crmAt(server.baseUrl).findByPhone('+15550100102', go())).toBeUndefined();
      server.fault = people([
        { ...ANA, mobile },
        { ...ANA, id: 'main' },
      ]);
      expect(await crmAt(server.baseUrl).findByPhone('+15550100102', go())).toMatchObject({ id: 'main' });
    }),
);

test.each(['9007199254740993', '1e400', '1.5', 'true'])('an id that is written %s is none', (id) =>
  served(async (server) => {
    server.fault = answering(200, `{"people":[{"id":${id},"display_name":"Ana","mobile":"5550100102"}]}`);
    await expect(crmAt(server.baseUrl).findByPhone('+15550100102', go())).rejects.toEqual(
      failing('CRM_REFUSED', /response/),
    );
  }),
);

test('more rows than are read: of names the first, of a number none, and it says why', () =>
  served(async (server) => {
    server.fault = people(Array.from({ length: 101 }, (_, id) => ({ ...ANA, id })));
    const crm = crmAt(server.baseUrl);
    expect(await crm.findByName('ana moreno', 200, go())).toHaveLength(100);
    for (const ask of [
      () => crm.findByPhone('+15550100102', go()),
      () => crm.findByEmail('ana@example.com', go()),
    ])
      await expect(ask()).rejects.toEqual(failing('CRM_REFUSED', /more than 100 rows/));
  }));

test('an answer that is too long is not read', () =>
  served(async (server) => {
    server.fault = people([{ ...ANA, notes: { long: 'x'.repeat(200_000) } }]);
    await expect(crmAt(server.baseUrl).findByPhone('+15550100102', go())).rejects.toEqual(
      failing('CRM_UNAVAILABLE'),
    );
  }));

test('what has no owner is nobody’s, where the description says where owners stand', () =>
  served(async (server) => {
    const crm = crmAt(server.baseUrl);
    const visit = { id: 'v1', begins: '2026-06-12T10:00Z', ends: '2026-06-12T10:30Z', state: 'confirmed' };
    server.fault = answering(200, {
      visits: [{ ...visit, person: null }, visit, { ...visit, person: 'c2' }],
    });
    expect(await crm.appointmentsOf('c2', NOW_MS, go())).toHaveLength(1);
    const thing = { id: 'o1', reference: 'HD-1' };
    server.fault = answering(200, {
      items: [
        { ...thing, person: null },
        { ...thing, person: 'c2' },
      ],
    });
    expect(await crm.objectsOf('c2', 'order', 5, go())).toHaveLength(1);
    server.fault = answering(200, { ...thing, person: null });
    expect((await crm.findObject('order', 'HD-1', go()))?.contactId).toBeUndefined();
    // Whom it was booked for is known without being said again.
    server.fault = answering(200, { ...visit, person: null });
    const booking = { contactId: 'c2', startsAtMs: NOW_MS, minutes: 30, about: 'a filling' };
    expect(await crm.bookAppointment(booking, 'k1', go())).toMatchObject({ contactId: 'c2' });
  }));
