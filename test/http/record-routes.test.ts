import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { recordRoutes } from '../../src/http/record-routes.ts';
import { bearer, GUARDED, keptRecords, OPEN, record, served } from './served.ts';

const first = record('CA1');
const second = record('CA2', { endedAt: null, durationMs: null, outcome: null, costUsd: null });

const refused = (message: string): object => ({ error: 'API_REQUEST_INVALID', message });

test('calls are found, a page at a time', async (context) => {
  const { get } = await served(context, recordRoutes(keptRecords(second, first), OPEN));
  const page = await get('/api/v1/calls?limit=1');
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await page.json()).toMatchObject({ calls: [{ id: 'CA2', outcome: null }], next: 'page-2' });
  expect(await (await get('/api/v1/calls')).json()).toMatchObject({
    calls: [{ id: 'CA2' }, { id: 'CA1' }],
    next: null,
  });
});

test('what is asked for reaches the store as it was meant', async (context) => {
  const store = keptRecords(first);
  const { get } = await served(context, recordRoutes(store, OPEN));
  const asked = new URLSearchParams({
    number: '+15550100123',
    profile: ' receptionist ',
    outcome: 'in-progress',
    tool: 'take_message',
    watchdog: 'late greeting',
    after: '2026-01-31T08:00:00Z',
    before: '2026-01-31T09:00:00.5Z',
    limit: '200',
    cursor: 'a/b+c==',
  });
  expect((await get(`/api/v1/calls?${asked.toString()}`)).status).toBe(200);
  expect((await get('/api/v1/calls?number=+15550100123')).status).toBe(200);
  expect((await get('/api/v1/calls?limit=1')).status).toBe(200);
  expect(store.asked).toEqual([
    {
      number: '+15550100123',
      profile: 'receptionist',
      outcome: 'in-progress',
      tool: 'take_message',
      watchdog: 'late greeting',
      after: '2026-01-31T08:00:00Z',
      before: '2026-01-31T09:00:00.5Z',
      limit: 200,
      cursor: 'a/b+c==',
    },
    { number: '+15550100123', limit: 50 },
    { limit: 1 },
  ]);
});

test('a record is found by its id, and the last one by that word', async (context) => {
  const store = keptRecords(second, first);
  const { get } = await served(context, recordRoutes(store, OPEN));
  const found = await get('/api/v1/calls/CA1');
  expect([found.status, found.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await found.json()).toEqual(first);
  expect(await (await get('/api/v1/calls/last')).json()).toEqual(second);
  expect(store.asked).toEqual(['CA1', 'last']);
});

test.for(['CA3', '%00', 'CA%2f..%2f1', 'LAST', 'toString', '__proto__', 'x'.repeat(4_000)])(
  'there is no record of the call %s',
  async (id, context) => {
    const { get, log } = await served(context, recordRoutes(keptRecords(first), OPEN));
    const response = await get(`/api/v1/calls/${id}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
    expect(await response.json()).toEqual({
      error: 'RECORD_UNKNOWN',
      message: 'there is no record of this call: it never was, is not kept, or was deleted',
    });
    expect(log.join('')).not.toContain('"err"');
  },
);

test('an id that no database can hold does not reach the store', async (context) => {
  const store = keptRecords(first);
  const { get } = await served(context, recordRoutes(store, OPEN));
  expect((await get('/api/v1/calls/CA1%00')).status).toBe(404);
  expect(store.asked).toEqual([]);
});

test('there is no last call before the first', async (context) => {
  const { get } = await served(context, recordRoutes(keptRecords(), OPEN));
  const response = await get('/api/v1/calls/last');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    error: 'RECORD_UNKNOWN',
    message: 'there is no record of any call yet',
  });
});

const LIMIT = 'limit: expected a whole number from 1 to 200';
const TIME = 'expected a time in UTC, such as 2026-01-31T08:00:00Z';
const NUMBER = 'number: expected a phone number, such as +15550100123';
const OTHERS =
  'query: expected no other parameters than number, profile, outcome, tool, watchdog, after, before, limit, cursor';

test.for([
  ['limit=0', LIMIT],
  ['limit=201', LIMIT],
  ['limit=-1', LIMIT],
  ['limit=1.5', LIMIT],
  ['limit=abc', LIMIT],
  ['limit=', LIMIT],
  ['limit=Infinity', LIMIT],
  ['limit=1&limit=2', `${LIMIT}, once`],
  ['limit[]=1', OTHERS],
  ['number=', NUMBER],
  ['number=%20', NUMBER],
  ['number=%00', NUMBER],
  ['number=a&number=b', `${NUMBER}, once`],
  ['profile=', 'profile: expected the name of a profile'],
  ['profile=a%00b', 'profile: expected the name of a profile'],
  ['outcome=', 'outcome: expected why a call ended, such as caller-hung-up, or in-progress'],
  ['after=2026-01-31T08:00:00', `after: ${TIME}`],
  ['after=2026-01-31', `after: ${TIME}`],
  ['after=2026-01-31T08:00:00%2B01:00', `after: ${TIME}`],
  ['after=2026-02-30T08:00:00Z', `after: ${TIME}`],
  ['after=0000-01-01T00:00:00Z', `after: ${TIME}`],
  ['before=yesterday', `before: ${TIME}`],
  ['cursor=%00', 'cursor: expected `next` of the page before'],
  ['cursor=a&cursor=b', 'cursor: expected `next` of the page before, once'],
  ['colour=secret-7', OTHERS],
  ['__proto__=secret-7', OTHERS],
  ['constructor=secret-7', OTHERS],
  ['secret-7', OTHERS],
  ['limit=secret-7&before=secret-7&colour=secret-7', `before: ${TIME}; ${LIMIT}; ${OTHERS}`],
])('the query %s is refused in plain words', async ([query, message], context) => {
  const store = keptRecords(first);
  const { get, log } = await served(context, recordRoutes(store, OPEN));
  const response = await get(`/api/v1/calls?${query!}`);
  expect([response.status, await response.json()]).toEqual([400, refused(message!)]);
  expect(store.asked).toEqual([]);
  expect(log.join('')).not.toContain('secret-7');
});

test('any query is answered with a page or refused as such, and what it said is not repeated', async (context) => {
  const store = keptRecords(first);
  const { get, log } = await served(context, recordRoutes(store, OPEN));
  const name = fc.oneof(
    fc.constantFrom('number', 'profile', 'outcome', 'after', 'before', 'limit', 'cursor'),
    fc.string(),
  );
  const value = fc.string({ unit: 'binary' }).map((text) => `said-${text}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (pairs) => {
      const query = pairs.map((pair) =>
        pair.map((text) => encodeURIComponent(text.toWellFormed())).join('='),
      );
      const response = await get(`/api/v1/calls?${query.join('&')}`);
      expect([200, 400]).toContain(response.status);
      expect(await response.text()).not.toContain('said-');
    }),
    { numRuns: 200 },
  );
  expect(log.join('')).not.toContain('said-');
});

test('a cursor that the store did not give is refused with the words of the store', async (context) => {
  const find = (): Promise<never> =>
    Promise.reject(new LivelineError('API_REQUEST_INVALID', 'cursor: expected one that was given'));
  const { get } = await served(context, recordRoutes({ ...keptRecords(), find }, OPEN));
  const response = await get('/api/v1/calls?cursor=made-up');
  expect([response.status, await response.json()]).toEqual([
    400,
    refused('cursor: expected one that was given'),
  ]);
  expect(response.headers.get('retry-after')).toBeNull();
});

test.for(['/api/v1/calls', '/api/v1/calls/CA1', '/api/v1/calls/last'])(
  'while the database is away, %s says so and when to come again',
  async (path, context) => {
    const away = (): Promise<never> =>
      Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'the database does not answer'));
    const { get } = await served(context, recordRoutes({ find: away, get: away, last: away }, OPEN));
    const response = await get(path);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toEqual({
      error: 'DATABASE_UNAVAILABLE',
      message: 'the database does not answer',
    });
  },
);

test.for(['ECONNREFUSED', 'ECONNRESET'])(
  'a store whose database goes away with %s says so',
  async (code, context) => {
    const lost = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('connect 10.0.0.7:5432'), { code }));
    const { get } = await served(context, recordRoutes({ find: lost, get: lost, last: lost }, OPEN));
    for (const path of ['/api/v1/calls', '/api/v1/calls/CA1', '/api/v1/calls/last']) {
      const response = await get(path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await response.json()).toEqual({
        error: 'DATABASE_UNAVAILABLE',
        message: 'the database does not answer: calls go on, and can be looked up once it is back',
      });
    }
  },
);

test('a path that cannot be read is the asker’s fault, not the database’s', async (context) => {
  const { get } = await served(context, recordRoutes(keptRecords(first), OPEN));
  expect((await get('/api/v1/calls/%ff')).status).toBe(400);
});

test('what fails without a reason of ours is not told to the caller of the API', async (context) => {
  const broken = (): never => {
    throw new TypeError('select +15550100123 failed');
  };
  const { get } = await served(context, recordRoutes({ find: broken, get: broken, last: broken }, OPEN));
  const response = await get('/api/v1/calls');
  expect([response.status, await response.json()]).toEqual([500, { error: 'REQUEST_FAILED' }]);
});

test.for(['/api/v1/calls', '/api/v1/calls?limit=0', '/api/v1/calls/CA1', '/api/v1/calls/last'])(
  '%s is for the operator alone',
  async (path, context) => {
    const store = keptRecords(first);
    const { get } = await served(context, recordRoutes(store, GUARDED));
    for (const headers of [{}, bearer('wrong')]) {
      const response = await get(path, headers);
      expect([response.status, response.headers.get('cache-control')]).toEqual([401, 'no-store']);
      expect(await response.json()).toMatchObject({ error: 'NOT_AUTHORISED' });
    }
    expect(store.asked).toEqual([]);
    expect((await get('/api/v1/calls/CA1', bearer(GUARDED.token!))).status).toBe(200);
  },
);
