// Signing in, and what a session's cookie opens: to which pages, and for how long.
import { Router } from 'express';
import { expect, test, type TestContext } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import type { Session } from '../../src/console/sessions.ts';
import { createSignIn, WRONG_TRIES } from '../../src/console/sign-in.ts';
import { apiRoutes } from '../../src/http/api-routes.ts';
import { requireOperator, type OperatorOptions } from '../../src/http/operator.ts';
import { sessionRoutes } from '../../src/http/session-routes.ts';
import { served } from './served.ts';

const TOKENS = { operator: 'operator-token-0123456789', viewer: 'viewer-token-0123456789' };

/** A server, known by `publicBaseUrl`, whose sessions are in memory. */
async function desk(context: TestContext, publicBaseUrl: string) {
  const open = new Map<string, Session>();
  const sessions = {
    open: (session: Session) => {
      const secret = String(open.size).padStart(43, 's');
      open.set(secret, session);
      return Promise.resolve(secret);
    },
    find: (secret: string) => Promise.resolve(open.get(secret)),
    close: (secret: string) => Promise.resolve(void open.delete(secret)),
  };
  const operator: OperatorOptions = {
    ...{ token: TOKENS.operator, viewerToken: TOKENS.viewer, publicBaseUrl, sessions },
  };
  const signIn = createSignIn({ tokens: TOKENS, sessions, clock: systemClock });
  const acts = Router().post('/api/v1/acts', requireOperator(operator), (_request, response) => {
    response.json({});
  });
  const server = { version: '1', rehearsal: true };
  const { url } = await served(context, sessionRoutes({ operator, signIn, sessions, server }), acts);
  const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const enter = (token: string, name = 'Ada') => ask('POST', '/console/session', {}, { token, name });
  const cookieIn = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { url, ask, enter, cookieIn };
}

test.for<[page: string | undefined, status: number]>([
  ['https://calls.example', 200],
  ['the server itself', 200],
  [undefined, 403],
  ['null', 403],
  ['http://calls.example', 403],
  ['https://calls.example:8443', 403],
  ['http://127.0.0.1:1', 403],
  ['https://elsewhere.example', 403],
])('a session acts from %s: %i', async ([page, status], context) => {
  const { url, ask, enter, cookieIn } = await desk(context, 'https://calls.example');
  const cookie = cookieIn(await enter(TOKENS.operator));
  expect(cookie).toMatch(/^__Host-liveline=/);
  const origin = page === 'the server itself' ? url : page;
  const sent = await ask('POST', '/api/v1/acts', { cookie, ...(origin !== undefined && { origin }) });
  expect(sent.status).toBe(status);
});

test('the cookie is kept by no script and sent by no other page, and lives on with its session', async (context) => {
  const { url, ask, enter, cookieIn } = await desk(context, 'https://calls.example');
  const entered = await enter(TOKENS.viewer, ' Ada\u202e\nLovelace ');
  expect(await entered.json()).toMatchObject({ operator: { role: 'viewer', name: 'Ada Lovelace' } });
  const attributes = 'Max-Age=43200; Path=/; HttpOnly; SameSite=Strict; Secure';
  expect(entered.headers.get('set-cookie')).toMatch(new RegExp(`^__Host-liveline=s+0; ${attributes}$`));
  const cookie = cookieIn(entered);
  const found = await ask('GET', '/console/session', { cookie });
  expect(found.headers.get('set-cookie')).toBe(`${cookie}; ${attributes}`);
  const out = await ask('DELETE', '/console/session', { cookie, origin: url });
  expect(out.headers.get('set-cookie')).toMatch(/^__Host-liveline=; Max-Age=0; /);
  const gone = await ask('GET', '/console/session', { cookie });
  expect(gone.headers.get('set-cookie')).toBeNull();
  expect(await gone.json()).toMatchObject({ operator: null, canSignIn: true });
});

test('what a proxy asks for itself keeps nobody from their session; a wrong token does', async (context) => {
  const { ask, enter, cookieIn } = await desk(context, 'http://127.0.0.1');
  const cookie = cookieIn(await enter(TOKENS.operator));
  const whoIs = async (authorization: string): Promise<unknown> =>
    (
      (await (await ask('GET', '/console/session', { cookie, authorization })).json()) as {
        operator: unknown;
      }
    ).operator;
  expect(await whoIs('Basic YWRhOnNlY3JldA==')).toMatchObject({ name: 'Ada', by: 'session' });
  expect(await whoIs('Bearer wrong')).toBeNull();
});

test('after too many wrong tokens not even the right one is looked at', async (context) => {
  const { enter } = await desk(context, 'http://127.0.0.1');
  for (let n = 0; n < WRONG_TRIES; n += 1) expect((await enter(`wrong-${n}`)).status).toBe(401);
  expect((await enter(TOKENS.operator)).status).toBe(429);
});

test('notices end with the session that listens to them', async (context) => {
  let isOver = false;
  const minutes: (() => void)[] = [];
  const clock = { every: (_ms: number, then: () => void) => (minutes.push(then), () => undefined) };
  const sessions = {
    find: () => Promise.resolve(isOver ? undefined : ({ role: 'viewer', name: 'Ada' } as const)),
  };
  const operator = { token: TOKENS.operator, publicBaseUrl: 'http://127.0.0.1', sessions };
  const { get } = await served(context, apiRoutes(new Notices(silentLog), operator, clock));
  const answer = await get('/api/v1/notices', { cookie: `liveline=${'s'.repeat(43)}` });
  expect(answer.status).toBe(200);
  const told = answer.text();
  for (const pass of minutes) pass();
  isOver = true;
  for (const pass of minutes) pass();
  expect(await told).toMatch(/^: notices/);
});
