import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LivelineError } from '../../../src/base/errors.ts';
import { createSalesforceCrm } from '../../../src/crm/salesforce/salesforce.ts';
import { NOW_MS } from '../../contracts/crm-world.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../doubles/salesforce/login.ts';
import { hurriedClock } from '../../doubles/salesforce/hurried-clock.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import type { Asked, Fault } from '../../doubles/salesforce/salesforce.ts';
import { KEY_FIELD, salesforce, type SalesforceRig } from './rig.ts';

const go = (): AbortSignal => new AbortController().signal;
const ana = '+15550100102';
const isRead = ({ method }: Asked): boolean => method === 'GET';
const isWrite = ({ method, path }: Asked): boolean => method !== 'GET' && path.includes('/sobjects/');
const caught = (work: Promise<unknown>): Promise<LivelineError> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (thrown: unknown) => thrown as LivelineError,
  );
const open = (keyField?: string): Promise<SalesforceRig> =>
  salesforce({ onTestFinished }, { clock: hurriedClock, ...(keyField === undefined ? {} : { keyField }) });
const message = { kind: 'message', title: 'Call back', text: 'Please.', from: 'Ana' } as const;
const says = (errorCode: string): object => [
  { errorCode, message: 'about ana@example.com', fields: ['Email'] },
];

const PASSING: readonly (readonly [string, Fault])[] = [
  ['429 with Retry-After', { is: 'answers', status: 429, headers: { 'retry-after': '1' } }],
  ['503 with Retry-After', { is: 'answers', status: 503, headers: { 'retry-after': '1' } }],
  ['500', { is: 'answers', status: 500, body: says('UNKNOWN_EXCEPTION') }],
  ['a lost connection', { is: 'lost' }],
];

describe('a read', () => {
  test.each(PASSING)('outlives one %s', async (_, fault) => {
    const { crm, standIn } = await open();
    standIn.plan(fault, { when: isRead });
    expect(await crm.findByPhone(ana, go())).toMatchObject({ name: 'Ana Moreno' });
  });

  test.each<readonly [string, Fault]>([
    ...PASSING,
    ['half an answer', { is: 'malformed' }],
    ['another shape', { is: 'answers', status: 200, body: { records: 'none' } }],
    ['rows of another shape', { is: 'answers', status: 200, body: { done: true, records: [{ Id: 7 }] } }],
    ['an empty answer', { is: 'answers', status: 200 }],
    ['spent API calls', { is: 'answers', status: 403, body: says('REQUEST_LIMIT_EXCEEDED') }],
    ['429 for a day', { is: 'answers', status: 429, headers: { 'retry-after': '86400' } }],
  ])('that meets %s again and again is CRM_UNAVAILABLE', async (_, fault) => {
    const { crm, standIn } = await open();
    standIn.plan(fault, { times: 99, when: isRead });
    const error = await caught(crm.findByPhone(ana, go()));
    expect(error.code).toBe('CRM_UNAVAILABLE');
    expect(inspect(error, { depth: 9 })).not.toContain('ana@example.com');
  });

  test.each(['INSUFFICIENT_ACCESS', 'INVALID_FIELD', 'MALFORMED_QUERY', 'NOT_FOUND'])(
    'that is refused with %s says so with its code, and not with words about callers',
    async (code) => {
      const { crm, standIn } = await open();
      await crm.check(go());
      standIn.plan({ is: 'answers', status: 400, body: says(code) });
      const error = await caught(crm.findByEmail('ana@example.com', go()));
      expect(error).toMatchObject({ code: 'CRM_REFUSED', message: expect.stringContaining(code) as string });
      expect(inspect(error, { depth: 9 })).not.toContain('ana@example.com');
    },
  );

  test.each([{}, 'no', null, [{}], [{ errorCode: 7 }], [[]], [{ errorCode: 'see ana@example.com' }]])(
    'that is refused in a shape nobody knows is CRM_REFUSED: %j',
    async (body) => {
      const { crm, standIn } = await open();
      await crm.check(go());
      standIn.plan({ is: 'answers', status: 400, body });
      const error = await caught(crm.findByEmail('ana@example.com', go()));
      expect(error.code).toBe('CRM_REFUSED');
      expect(error.message).not.toContain('ana@');
    },
  );

  test.each([
    'https://evil.example/services/data/x',
    '//evil.example/x',
    '/elsewhere',
    '/services/data/../../x',
  ])('follows no page to %s', async (nextRecordsUrl) => {
    const { crm, standIn } = await open();
    await crm.check(go());
    standIn.plan({ is: 'answers', status: 200, body: { done: false, records: [], nextRecordsUrl } });
    const before = standIn.asked.length;
    const error = await caught(crm.findByEmail('ana@example.com', go()));
    expect(error.code).toMatch(/CRM_(UNAVAILABLE|REFUSED)/);
    expect(standIn.asked).toHaveLength(before + 1);
  });

  test('ends, though its pages do not', async () => {
    const { crm, standIn } = await open();
    const body = { done: false, records: [], nextRecordsUrl: '/services/data/v62.0/query/01g-0' };
    standIn.plan({ is: 'answers', status: 200, body }, { times: 99, when: isRead });
    expect(await crm.findByEmail('ana@example.com', go())).toBeUndefined();
  });

  test('that is never answered is CRM_UNAVAILABLE in the end', async () => {
    const clock = new ManualClock();
    const { crm, standIn } = await salesforce({ onTestFinished }, { clock });
    await crm.check(go());
    const before = standIn.asked.length;
    standIn.plan({ is: 'silent' }, { times: 99 });
    const failed = caught(crm.findByEmail('ana@example.com', go()));
    for (let attempt = 1; attempt <= 3; attempt++) {
      await vi.waitFor(() => expect(standIn.asked).toHaveLength(before + attempt));
      clock.advance(5_000);
      if (attempt < 3) await vi.waitFor(() => expect(clock.pending).toBe(1));
      clock.advance(1_000);
    }
    expect((await failed).code).toBe('CRM_UNAVAILABLE');
    expect(clock.pending).toBe(0);
  });

  test('that nobody waits for any more ends at once', async () => {
    const { crm, standIn } = await open();
    await crm.check(go());
    const before = standIn.asked.length;
    standIn.plan({ is: 'silent' });
    const impatient = new AbortController();
    const failed = caught(crm.findByEmail('ana@example.com', impatient.signal));
    await vi.waitFor(() => expect(standIn.asked).toHaveLength(before + 1));
    impatient.abort();
    expect(await failed).toMatchObject({ name: 'AbortError' });
  });
});

const WRITES: readonly (readonly [
  string,
  string,
  (rig: SalesforceRig) => Promise<{ readonly id: string }>,
])[] = [
  ['contact', 'Contact', ({ crm }) => crm.createContact({ name: 'Zora Kim' }, 'k1', go())],
  ['message', 'Task', ({ crm }) => crm.createObject(message, 'k1', go())],
  ['ticket', 'Case', ({ crm }) => crm.createObject({ ...message, kind: 'ticket' }, 'k1', go())],
  ['appointment', 'Event', ({ crm, id }) => crm.bookAppointment(wish(id('c2')), 'k1', go())],
];
const wish = (contactId: string) => ({
  contactId,
  startsAtMs: NOW_MS + 30 * 86_400_000,
  minutes: 30,
  about: 'a filling',
});

describe.each(WRITES)('a new %s', (_, type, make) => {
  test.each(PASSING)('with a key field is made once, in spite of one %s', async (_fault, fault) => {
    const rig = await open(KEY_FIELD);
    const before = rig.standIn.records.all(type).length;
    rig.standIn.plan(fault, { when: isWrite });
    const made = await make(rig);
    expect(await make(rig)).toEqual(made);
    expect(rig.standIn.records.all(type)).toHaveLength(before + 1);
  });

  test.each<readonly [string, Fault]>([
    ['a lost connection', { is: 'lost' }],
    ['half an answer', { is: 'malformed' }],
    ['500', { is: 'answers', status: 500 }],
    ['an answer without an id', { is: 'answers', status: 201, body: {} }],
  ])('without a key field is sent once, and in doubt after %s', async (_fault, fault) => {
    const rig = await open();
    await rig.crm.check(go());
    rig.standIn.plan(fault, { when: isWrite });
    expect((await caught(make(rig))).code).toBe('CRM_IN_DOUBT');
    expect(rig.standIn.asked.filter(isWrite)).toHaveLength(1);
  });

  test('without a key field is not in doubt when it was turned away', async () => {
    const rig = await open();
    rig.standIn.plan({ is: 'answers', status: 429, headers: { 'retry-after': '600' } }, { when: isWrite });
    expect((await caught(make(rig))).code).toBe('CRM_UNAVAILABLE');
    rig.standIn.plan({ is: 'answers', status: 403, body: says('REQUEST_LIMIT_EXCEEDED') }, { when: isWrite });
    expect((await caught(make(rig))).code).toBe('CRM_UNAVAILABLE');
    rig.standIn.plan(
      { is: 'answers', status: 400, body: says('FIELD_CUSTOM_VALIDATION_EXCEPTION') },
      { when: isWrite },
    );
    expect((await caught(make(rig))).code).toBe('CRM_REFUSED');
  });

  test('with a key that is there twice is refused', async () => {
    const rig = await open(KEY_FIELD);
    rig.standIn.plan({ is: 'answers', status: 300, body: ['/a', '/b'] }, { when: isWrite });
    expect((await caught(make(rig))).code).toBe('CRM_REFUSED');
  });
});

test('what is given up on its way is in doubt without a key field', async () => {
  const { crm, standIn } = await open();
  await crm.check(go());
  standIn.plan({ is: 'silent' }, { when: isWrite });
  const impatient = new AbortController();
  const failed = caught(crm.createObject(message, 'k1', impatient.signal));
  await vi.waitFor(() => expect(standIn.asked.some(isWrite)).toBe(true));
  impatient.abort();
  expect((await failed).code).toBe('CRM_IN_DOUBT');
});

test('a ticket whose number cannot be read is made all the same', async () => {
  const { crm, standIn } = await open();
  await crm.check(go());
  standIn.plan(
    { is: 'answers', status: 400, body: [] },
    { when: ({ query }) => query.includes('CaseNumber') },
  );
  const made = await crm.createObject({ ...message, kind: 'ticket' }, 'k1', go());
  expect(made).toMatchObject({ number: made.id, title: 'Call back', status: 'New' });
});

test('a key field that is not there is told by the check', async () => {
  const { crm, standIn } = await salesforce({ onTestFinished });
  expect(standIn.records.schema('Event')[KEY_FIELD]).toBeUndefined();
  await crm.check(go());
  const keyed = createSalesforceCrm({
    loginUrl: standIn.url,
    clientId: CLIENT_ID,
    by: { clientSecret: CLIENT_SECRET },
    keyField: KEY_FIELD,
    clock: hurriedClock,
  });
  const error = await caught(keyed.check(go()));
  expect(error).toMatchObject({
    code: 'CRM_REFUSED',
    message: expect.stringMatching(/Contact.*INVALID_FIELD.*Liveline_Key__c/) as string,
  });
});
