import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { optOutRoutes } from '../../src/http/opt-out-routes.ts';
import type { OptOutEntry } from '../../src/records/opt-out-entry.ts';
import { memoryOptOuts, optOut } from '../doubles/memory-opt-outs.ts';
import { bearer, GUARDED, OPEN, served } from './served.ts';

const ADA = '+15550100123';
const ALL = '/api/v1/opt-outs';

async function list(context: TestContext, entries: OptOutEntry[] = [], operator = OPEN) {
  const { url, get, log } = await served(context, optOutRoutes(memoryOptOuts(entries), operator));
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      ...{ method, headers: { 'content-type': 'application/json', ...headers } },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { entries, get, send, log };
}

test('a number is put on the list, found there, and taken off', async (context) => {
  const { entries, get, send } = await list(context);
  const added = await send('POST', ALL, { number: '+1 (555) 010-0123', reason: ' by letter ' });
  expect([added.status, added.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await added.json()).toMatchObject({ callId: null, reason: 'by letter' });
  const page = await get(`${ALL}?limit=1`);
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await page.json()).toMatchObject({ optOuts: [{ reason: 'by letter' }], next: null });
  entries.splice(0, 1, optOut(ADA));
  expect((await send('DELETE', `${ALL}?number=${ADA}`)).status).toBe(204);
  expect(entries).toEqual([]);
  const gone = await send('DELETE', `${ALL}?number=${ADA}`);
  expect([gone.status, await gone.json()]).toMatchObject([404, { error: 'RECORD_UNKNOWN' }]);
});

test('a plus that was not escaped is one', async (context) => {
  const { get } = await list(context, [optOut(ADA), optOut('+15550100777')]);
  expect(await (await get(`${ALL}?number=${ADA}`)).json()).toEqual({ optOuts: [optOut(ADA)], next: null });
});

test('whoever has no token neither reads nor writes', async (context) => {
  const { entries, get, send } = await list(context, [optOut(ADA)], GUARDED);
  const asked = [
    await get(ALL),
    await send('POST', ALL, { number: ADA }),
    await send('DELETE', `${ALL}?number=${ADA}`),
  ];
  expect(asked.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(entries).toEqual([optOut(ADA)]);
  expect((await send('DELETE', `${ALL}?number=${ADA}`, undefined, bearer(GUARDED.token!))).status).toBe(204);
});

test.for<[string, string, unknown, string]>([
  ['POST', ALL, { number: '5550100777' }, 'body.number: expected a phone number'],
  ['POST', ALL, { number: '+155501007777' }, 'body.number: expected a phone number'],
  ['POST', ALL, { number: 15550100777 }, 'body.number: expected a phone number'],
  ['POST', ALL, { number: ADA, reason: 'x'.repeat(201) }, 'body.reason: expected text of at most 200'],
  ['POST', ALL, { number: ADA, secret555: 1 }, 'body: expected the fields number and reason'],
  ['POST', ALL, '{"number"', 'the body is not JSON'],
  ['POST', ALL, 'null', 'body: '],
  ['DELETE', `${ALL}?number=5550100777`, undefined, 'number: expected a phone number'],
  ['DELETE', ALL, undefined, 'number: expected a phone number'],
  ['GET', `${ALL}?number=5550100777`, undefined, 'number: expected a phone number'],
  [
    'GET',
    `${ALL}?limit=0&cursor=a&cursor=b`,
    undefined,
    'limit: expected a whole number from 1 to 200; cursor',
  ],
  [
    'GET',
    `${ALL}?from=5550100777`,
    undefined,
    'query: expected no other parameters than number, limit, cursor',
  ],
])('%s %s %j is refused, and not quoted', async ([method, path, body, message], context) => {
  const { entries, send, log } = await list(context);
  const response = await send(method, path, body);
  expect(response.status).toBe(400);
  const answer = (await response.json()) as { message: string };
  expect(answer).toMatchObject({ error: 'API_REQUEST_INVALID' });
  expect(answer.message).toContain(message);
  expect(answer.message + log.join('')).not.toContain('5550100777');
  expect(entries).toEqual([]);
});

test('while the database is away: 503, and when to come again', async (context) => {
  const away = (): Promise<never> => Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'away'));
  const { url } = await served(
    context,
    optOutRoutes({ add: away, has: away, find: away, remove: away }, OPEN),
  );
  const response = await fetch(`${url}${ALL}?number=${ADA}`, { method: 'DELETE' });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
});
