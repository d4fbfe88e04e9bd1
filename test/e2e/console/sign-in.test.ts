import { expect, test, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { IDLE_MS } from '../../../src/console/sessions.ts';
import { WRONG_TRIES } from '../../../src/console/sign-in.ts';
import type { AuditPage } from '../../../src/console/audit-entry.ts';
import type { SessionView } from '../../../src/console/session-view.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { migratedDatabaseUrl } from '../../doubles/databases.ts';
import { world } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole } from './browser.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const VIEWER_TOKEN = 'viewer-token-0123456789';
const ELSEWHERE = 'http://127.0.0.1:1';

/** The server with tokens, and a clock that can be set. */
async function guarded(context: TestContext) {
  let ahead = 0;
  const clock: Clock = { ...systemClock, epochMs: () => systemClock.epochMs() + ahead };
  // Of its own: the audit is that of this test.
  const DATABASE_URL = await migratedDatabaseUrl(context);
  const { app, log } = await world(context, {}, { OPERATOR_TOKEN, VIEWER_TOKEN, DATABASE_URL }, clock);
  const url = app.publicBaseUrl;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${url}${path}`, init);
  const signIn = (token: string, name = 'Ada', origin = url): Promise<Response> =>
    ask('/console/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token, name }),
    });
  return {
    ...{ app, url, log, ask, signIn },
    /** A cookie, as a browser would send it. */
    cookie: async (token: string): Promise<string> =>
      (await signIn(token)).headers.getSetCookie()[0]!.split(';')[0]!,
    advance: (ms: number): void => void (ahead += ms),
    acts: async (): Promise<AuditPage['acts']> => {
      const headers = { authorization: `Bearer ${VIEWER_TOKEN}` };
      return ((await (await ask('/api/v1/audit', { headers })).json()) as AuditPage).acts;
    },
  };
}

const errorOf = async (response: Response): Promise<unknown> => [
  response.status,
  ((await response.json()) as { error?: string }).error,
];

/** The status with which an upgrade is answered. */
function upgraded(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

test('a wrong token opens nothing, and after many nobody is looked at from there', async (context) => {
  const { signIn, acts } = await guarded(context);
  for (let tries = 0; tries < WRONG_TRIES; tries += 1)
    expect(await errorOf(await signIn('wrong-token-0123456789'))).toEqual([401, 'NOT_AUTHORISED']);
  expect(await errorOf(await signIn('wrong-token-0123456789'))).toEqual([429, 'TOO_MANY_TRIES']);
  const late = await signIn(OPERATOR_TOKEN);
  expect(late.headers.getSetCookie()).toEqual([]);
  expect(await errorOf(late)).toEqual([429, 'TOO_MANY_TRIES']);
  await expect
    .poll(async () => (await acts()).map(({ action, who, outcome }) => [action, who, outcome].join(' ')))
    .toEqual(Array.from({ length: WRONG_TRIES }, () => 'sign-in nobody refused'));
});

test('the cookie is for the server alone, and no script reads it', async (context) => {
  const { signIn } = await guarded(context);
  const response = await signIn(OPERATOR_TOKEN);
  expect(response.headers.get('set-cookie')).toMatch(
    /^liveline=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  expect(await response.json()).toMatchObject({ operator: { role: 'operator', name: 'Ada', by: 'session' } });
});

test('with a session all of the API works, and without one nothing of it', async (context) => {
  const { ask, cookie, url } = await guarded(context);
  const session = await cookie(OPERATOR_TOKEN);
  expect((await ask('/api/v1/calls')).status).toBe(401);
  expect((await ask('/api/v1/calls', { headers: { cookie: 'liveline=guessed' } })).status).toBe(401);
  expect((await ask('/api/v1/calls', { headers: { cookie: session } })).status).toBe(200);
  const added = await ask('/api/v1/opt-outs', {
    method: 'POST',
    headers: { cookie: session, origin: url, 'content-type': 'application/json' },
    body: '{"number": "+12125550142"}',
  });
  expect(added.status).toBe(200);
});

test('nothing is changed for a page of elsewhere, nor for what names no page', async (context) => {
  const { ask, cookie, acts } = await guarded(context);
  const session = await cookie(OPERATOR_TOKEN);
  const hangUp = (headers: Record<string, string>): Promise<Response> =>
    ask('/api/v1/calls/CA1/notes', { method: 'POST', headers: { cookie: session, ...headers } });
  for (const origin of [ELSEWHERE, 'null', 'https://elsewhere.example'])
    expect(await errorOf(await hangUp({ origin }))).toEqual([403, 'NOT_ALLOWED']);
  expect(await errorOf(await hangUp({}))).toEqual([403, 'NOT_ALLOWED']);
  expect((await ask('/api/v1/calls', { headers: { cookie: session, origin: ELSEWHERE } })).status).toBe(200);
  await expect
    .poll(async () => (await acts()).filter(({ action }) => action === 'whisper'))
    .toMatchObject(Array.from({ length: 4 }, () => ({ who: 'Ada', callId: 'CA1', outcome: 'refused' })));
});

test('an upgrade asks for a session and for a page of ours', async (context) => {
  const { url, cookie } = await guarded(context);
  const session = await cookie(OPERATOR_TOKEN);
  const path = `${url}/console/phone`;
  expect(await upgraded(path, { origin: url })).toBe(401);
  expect(await upgraded(path, { origin: ELSEWHERE, cookie: session })).toBe(403);
  expect(await upgraded(path, { cookie: session })).toBe(403);
  expect(await upgraded(path, { origin: url, cookie: await cookie(VIEWER_TOKEN) })).toBe(403);
  expect(await upgraded(path, { origin: url, cookie: session })).toBe(101);
});

test('a viewer reads, and changes nothing', async (context) => {
  const { ask, cookie, url, acts } = await guarded(context);
  const session = await cookie(VIEWER_TOKEN);
  const headers = { cookie: session, origin: url };
  expect((await ask('/api/v1/calls', { headers })).status).toBe(200);
  expect((await ask('/api/v1/audit', { headers })).status).toBe(200);
  for (const [method, path] of [
    ['POST', '/api/v1/calls/CA1/notes'],
    ['POST', '/api/v1/campaigns/C1/start'],
    ['DELETE', '/api/v1/opt-outs?number=%2B12125550142'],
  ] as const)
    expect(await errorOf(await ask(path, { method, headers }))).toEqual([403, 'NOT_ALLOWED']);
  const byToken = { authorization: `Bearer ${VIEWER_TOKEN}` };
  expect((await ask('/api/v1/calls/CA1/notes', { method: 'POST', headers: byToken })).status).toBe(403);
  await expect
    .poll(async () =>
      (await acts()).map(({ action, role, by, campaignId, outcome }) => [
        action,
        role,
        by,
        campaignId,
        outcome,
      ]),
    )
    .toEqual([
      ['whisper', 'viewer', 'token', null, 'refused'],
      ['remove-opt-out', 'viewer', 'session', null, 'refused'],
      ['start-campaign', 'viewer', 'session', 'C1', 'refused'],
      ['whisper', 'viewer', 'session', null, 'refused'],
      ['sign-in', 'viewer', 'session', null, 'done'],
    ]);
});

test('a session that nobody used for half a day is over, and one that was used is not', async (context) => {
  const { ask, cookie, advance } = await guarded(context);
  const headers = { cookie: await cookie(OPERATOR_TOKEN) };
  const status = async (): Promise<number> => (await ask('/api/v1/calls', { headers })).status;
  advance(IDLE_MS - 60_000);
  expect(await status()).toBe(200);
  advance(IDLE_MS - 60_000);
  expect(await status()).toBe(200);
  advance(IDLE_MS);
  expect(await status()).toBe(401);
});

test('who signs out is out everywhere that the cookie was', async (context) => {
  const { ask, cookie, url } = await guarded(context);
  const session = await cookie(OPERATOR_TOKEN);
  const leave = (origin: string): Promise<Response> =>
    ask('/console/session', { method: 'DELETE', headers: { cookie: session, origin } });
  expect((await leave(ELSEWHERE)).status).toBe(403);
  const left = await leave(url);
  expect(left.headers.get('set-cookie')).toContain('liveline=; Max-Age=0;');
  expect(((await left.json()) as SessionView).operator).toBeNull();
  expect((await ask('/api/v1/calls', { headers: { cookie: session } })).status).toBe(401);
});

test('the page and what belongs to it are for everyone, under a policy, and kept as long as they may be', async (context) => {
  const { ask } = await guarded(context);
  const page = await ask('/');
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('permissions-policy')).toContain('microphone=(self)');
  const asset = /\/console\/assets\/[\w.-]+\.js/.exec(await page.text())?.[0];
  const script = await ask(asset!);
  expect([script.status, script.headers.get('cache-control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ]);
  expect(script.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await ask('/console/assets/../../package.json')).status).toBe(404);
  expect((await ask('/console/')).status).toBe(404);
});

describeInBrowser('in the browser', () => {
  test('signing in, being somebody, and signing out', async (context) => {
    const { url, acts } = await guarded(context);
    const desk = await openConsole(context, { url, expected: [/status of 401/] });
    const { page } = desk;
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await looksRight(desk, 'sign-in');
    await page.getByLabel('Token').fill('wrong-token-0123456789');
    await page.getByLabel('Your name').fill('Grace');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'neither the OPERATOR_TOKEN' }).waitFor();
    await page.getByLabel('Token').fill(OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(await page.locator('.who-name').textContent()).toBe('Grace');
    expect(await desk.axe()).toEqual([]);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await context.expect
      .poll(async () => (await acts()).map(({ action, who, outcome }) => [action, who, outcome].join(' ')))
      .toEqual(['sign-out Grace done', 'sign-in Grace done', 'sign-in nobody refused']);
  });

  test('a session that ends while the page is open leads back to the door', async (context) => {
    const { url, advance } = await guarded(context);
    const { page } = await openConsole(context, {
      ...{ url, path: '/agents', token: OPERATOR_TOKEN, expected: [/status of 401/] },
    });
    await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor();
    advance(IDLE_MS + 60_000);
    // As browsers say it when somebody comes back to the page.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
  });

  test('a script that got into the page is not run', async (context) => {
    const { app } = await world(context, {}, await alone(context));
    const { page } = await openConsole(context, {
      url: app.publicBaseUrl,
      expected: [/Content Security Policy/],
    });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasRun = true';
      document.body.append(script);
      return 'wasRun' in globalThis;
    });
    expect(ran).toBe(false);
  });

  test('every view is reached by the keyboard, in both themes, on every screen', async (context) => {
    const { app } = await world(context, {}, await alone(context));
    const desk = await openConsole(context, { url: app.publicBaseUrl });
    const { page } = desk;
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to content');
    for (const name of ['Live', 'Phone', 'History', 'Campaigns', 'Agents', 'Audit', 'Overview']) {
      const link = page.getByRole('link', { name, exact: true });
      await link.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      expect(await link.getAttribute('aria-current')).toBe('page');
    }
    await looksRight(desk, 'shell');
    await page.getByLabel('Dark').check();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  });
});
