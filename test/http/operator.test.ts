// Who is let in, and that nothing is done that the audit does not say.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Router } from 'express';
import { expect, test, type TestContext } from 'vitest';
import type { Act } from '../../src/console/audit-entry.ts';
import { requireOperator, type OperatorOptions } from '../../src/http/operator.ts';
import { bearer, GUARDED, OPEN, served } from './served.ts';

const HANG_UP = '/api/v1/calls/CA1/hang-up';
const RECORDING = '/api/v1/calls/CA1/recording';

interface Noted extends Act {
  readonly isPiece: boolean | undefined;
}

async function desk(context: TestContext, options: OperatorOptions = OPEN, act?: () => Promise<void>) {
  const acts: Noted[] = [];
  const done: string[] = [];
  const audit = { add: (given: Act, isPiece?: boolean) => void acts.push({ ...given, isPiece }) };
  const router = Router();
  const guard = requireOperator({ ...options, audit });
  router.post('/api/v1/calls/:id/hang-up', guard, async (_request, response) => {
    await act?.();
    done.push('hang-up');
    response.json({});
  });
  router.get('/api/v1/calls/:id/recording', guard, (_request, response) => {
    response.send('sound');
  });
  const { url, get } = await served(context, router);
  const post = (headers: Record<string, string>, path = HANG_UP): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', headers });
  /** What a browser would not send. */
  const send = async (head: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(`${head}\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0] ?? '';
  };
  return { acts, done, get, post, send, url };
}

test.for([
  ['with a range', `POST ${HANG_UP} HTTP/1.1\r\nRange: bytes=7-`],
  ['in capital letters', 'POST /API/V1/Calls/CA1/HANG-UP HTTP/1.1'],
  ['by a whole address that is none', `POST http://somewhere:99999${HANG_UP} HTTP/1.1`],
])('an act that is asked for %s stands in the audit like any other', async ([, head], context) => {
  const { acts, done, send } = await desk(context);
  expect(await send(head!)).toBe('HTTP/1.1 200 OK');
  expect(done).toEqual(['hang-up']);
  await expect
    .poll(() => acts)
    .toMatchObject([{ action: 'hang-up', callId: 'CA1', outcome: 'done', isPiece: false }]);
});

test('so does a recording that is asked for without its beginning, or in capital letters', async (context) => {
  const { acts, get } = await desk(context);
  await get(RECORDING, { range: 'bytes=1-' });
  await get('/API/V1/calls/CA1/Recording');
  await expect
    .poll(() => acts.map(({ action, isPiece }) => [action, isPiece]))
    .toEqual([
      ['download-recording', true],
      ['download-recording', false],
    ]);
});

test('nothing is done for whoever is gone before it is known who they are', async (context) => {
  const found = Promise.withResolvers<{ role: 'operator'; name: string }>();
  const asked = Promise.withResolvers<undefined>();
  const sessions = {
    find: () => {
      asked.resolve(undefined);
      return found.promise;
    },
  };
  const { acts, done, url } = await desk(context, {
    ...GUARDED,
    publicBaseUrl: 'http://127.0.0.1',
    sessions,
  });
  const leaving = new AbortController();
  const headers = { cookie: `liveline=${'x'.repeat(43)}`, origin: url };
  const sent = fetch(`${url}${HANG_UP}`, { method: 'POST', headers, signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await expect(sent).rejects.toThrow();
  // The server hears of it by its own socket: another request has come through by then.
  await fetch(`${url}/nothing`);
  found.resolve({ role: 'operator', name: 'Ada' });
  await fetch(`${url}/nothing`);
  expect([done, acts]).toEqual([[], []]);
});

test('of what was not answered in time the audit does not say that it was done', async (context) => {
  const begun = Promise.withResolvers<undefined>();
  const { acts, url } = await desk(context, OPEN, () => {
    begun.resolve(undefined);
    return new Promise(() => undefined);
  });
  const leaving = new AbortController();
  const sent = fetch(`${url}${HANG_UP}`, { method: 'POST', signal: leaving.signal });
  await begun.promise;
  leaving.abort();
  await expect(sent).rejects.toThrow();
  await expect
    .poll(() => acts)
    .toMatchObject([{ action: 'hang-up', outcome: 'failed', detail: { unanswered: true } }]);
});

test('a viewer looks on, and what they try to do is refused and audited', async (context) => {
  const viewer = 'viewer-token-0123456789';
  const { acts, done, post, get } = await desk(context, { ...GUARDED, viewerToken: viewer });
  expect((await post(bearer(viewer))).status).toBe(403);
  expect((await get(RECORDING, bearer(viewer))).status).toBe(200);
  expect(done).toEqual([]);
  await expect
    .poll(() => acts.map(({ action, role, outcome }) => [action, role, outcome]))
    .toEqual([
      ['hang-up', 'viewer', 'refused'],
      ['download-recording', 'viewer', 'done'],
    ]);
});
