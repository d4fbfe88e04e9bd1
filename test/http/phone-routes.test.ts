// Who may use the console's phone, and what it is asked in.
import { once } from 'node:events';
import { expect, test, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { createLog } from '../../src/base/log.ts';
import type { PhoneAsks } from '../../src/console/phone-view.ts';
import type { OperatorOptions } from '../../src/http/operator.ts';
import { phoneRoutes } from '../../src/http/phone-routes.ts';
import { phoneSocket } from '../../src/http/phone-socket.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { bearer, GUARDED, OPEN } from './served.ts';

const CALL = { callId: 'CA1', from: '+15550100123', to: '+15550100101', profile: 'sales' };
const VIEWER = 'viewer-token-0123456789';

async function phone({ onTestFinished }: TestContext, operator: OperatorOptions = OPEN) {
  const asked: unknown[] = [];
  const log = createLog({ level: 'silent', secrets: [] });
  const server = createHttpServer(log);
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close());
  const over = { do: 'hang-up', say: undefined } as const;
  server.serve(
    [
      phoneRoutes({
        operator,
        phone: {
          profiles: [{ name: 'sales', language: 'en-US', numbers: '*', takesCalls: true }],
          call: (given) => {
            asked.push(given);
            return Promise.resolve({ call: CALL, verb: over });
          },
          next: (given: PhoneAsks) => {
            asked.push(given);
            return Promise.resolve(over);
          },
        },
      }),
    ],
    [
      phoneSocket({
        ...{ operator, log, maxMessageBytes: 1_000 },
        phone: { attend: () => () => {} },
        acceptor: { accept: () => new Promise(() => {}) },
        switchboard: { attach: () => true },
      }),
    ],
  );
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...headers },
    });
  /** The status with which the upgrade is answered. */
  const upgrade = async (headers: Record<string, string> = {}): Promise<number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/console/phone`, { headers });
    socket.on('error', () => {});
    onTestFinished(() => socket.terminate());
    const refused = once(socket, 'unexpected-response') as Promise<[unknown, { statusCode: number }]>;
    return Promise.race([
      once(socket, 'open').then(() => 101),
      refused.then(([, { statusCode }]) => statusCode),
    ]);
  };
  return { asked, url, post, upgrade };
}

test('profiles are listed, a call begins, what is next is answered', async (context) => {
  const { asked, url, post } = await phone(context);
  const listed = await fetch(`${url}/console/phone/profiles`);
  expect([listed.status, listed.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await listed.json()).toMatchObject({ profiles: [{ name: 'sales' }] });
  const begun = await post('/console/phone/calls', { profile: 'sales', from: 'anonymous' });
  expect(await begun.json()).toEqual({ call: CALL, verb: { do: 'hang-up' } });
  const next = await post('/console/phone/next', { call: CALL, step: 2, by: 'menu', key: '1' });
  expect(await next.json()).toEqual({ do: 'hang-up' });
  expect(asked).toEqual([
    { profile: 'sales', from: 'anonymous' },
    { call: CALL, step: 2, by: 'menu', key: '1' },
  ]);
});

test.for<[string, unknown, string]>([
  ['/console/phone/calls', { profile: 'sales' }, 'body.from'],
  ['/console/phone/calls', { profile: 'sales', from: 'x', to: 'y' }, 'body'],
  ['/console/phone/next', { call: { callId: 'CA1' } }, 'body.call.from'],
  ['/console/phone/next', { call: CALL, by: 'elsewhere' }, 'body.by'],
  ['/console/phone/next', { call: CALL, key: '12' }, 'body.key'],
])('%s with %o is refused, naming the field', async ([path, body, field], context) => {
  const { asked, post } = await phone(context);
  const refused = await post(path, body);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: 'API_REQUEST_INVALID', message: expect.stringContaining(field) as string },
  ]);
  expect(asked).toEqual([]);
});

test('whoever has no token, or only looks on, calls nobody and opens no stream', async (context) => {
  const { asked, post, upgrade } = await phone(context, { ...GUARDED, viewerToken: VIEWER });
  const body = { profile: 'sales', from: 'anonymous' };
  expect((await post('/console/phone/calls', body)).status).toBe(401);
  expect((await post('/console/phone/calls', body, bearer(VIEWER))).status).toBe(403);
  expect((await post('/console/phone/next', { call: CALL }, bearer(VIEWER))).status).toBe(403);
  expect(await upgrade()).toBe(401);
  expect(await upgrade(bearer(VIEWER))).toBe(403);
  expect(asked).toEqual([]);
  expect((await post('/console/phone/calls', body, bearer(GUARDED.token!))).status).toBe(200);
  expect(await upgrade(bearer(GUARDED.token!))).toBe(101);
});

test('a page of another origin opens no stream on this machine', async (context) => {
  const { upgrade, url } = await phone(context);
  expect(await upgrade({ origin: 'http://127.0.0.1:1' })).toBe(401);
  expect(await upgrade({ origin: url })).toBe(101);
});
