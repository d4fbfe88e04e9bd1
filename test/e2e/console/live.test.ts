// What a page is told of calls, without a page; and the sums of a day.
import { once } from 'node:events';
import { expect, test, vi, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../../src/console/live-messages.ts';
import type { Totals } from '../../../src/records/totals.ts';
import { migratedDatabaseUrl } from '../../doubles/databases.ts';
import { world, type World } from '../rig.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const VIEWER_TOKEN = 'viewer-token-0123456789';
const authorization = `Bearer ${VIEWER_TOKEN}`;

const guarded = async (context: TestContext): Promise<World> =>
  world(context, {}, { OPERATOR_TOKEN, VIEWER_TOKEN, DATABASE_URL: await migratedDatabaseUrl(context) });

function looking({ app }: World, headers: Record<string, string>, since?: string) {
  const query = since === undefined ? '' : `?since=${since}`;
  const socket = new WebSocket(`${app.publicBaseUrl.replace('http', 'ws')}/console/live${query}`, {
    headers,
  });
  const told: LiveMessage[] = [];
  socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString()) as LiveMessage));
  const status = new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      resolve(statusCode);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
  return { socket, told, status };
}

const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 20_000, interval: 20 });

test('only who may look on is told anything, and only on a page of ours', async (context) => {
  const all = await guarded(context);
  const url = all.app.publicBaseUrl;
  const entered = await fetch(`${url}/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token: VIEWER_TOKEN, name: 'Ada' }),
  });
  const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!;
  expect(await looking(all, {}).status).toBe(401);
  expect(await looking(all, { authorization: 'Bearer wrong-token-0123456789' }).status).toBe(401);
  expect(await looking(all, { cookie }).status).toBe(403);
  expect(await looking(all, { cookie, origin: 'http://127.0.0.1:1' }).status).toBe(403);
  const viewer = looking(all, { cookie, origin: url });
  expect(await viewer.status).toBe(101);
  await until(() => expect(viewer.told[0]).toMatchObject({ type: 'board', calls: [] }));
  viewer.socket.close();
});

test('a call is told as it goes on, and who comes back is told what they missed; the day adds it up', async (context) => {
  const all = await guarded(context);
  const first = looking(all, { authorization });
  await until(() => expect(first.told[0]?.type).toBe('board'));
  const call = all.place();
  await until(() => expect(first.told.some(({ type }) => type === 'levels')).toBe(true));
  await call.until('agentQuiet');
  first.socket.close();
  await once(first.socket, 'close');
  const last = first.told.findLast((message) => 'at' in message)!;
  call.hangUp();
  await call.done;
  const second = looking(all, { authorization }, (last as { at: string }).at);
  const told = (): unknown[] =>
    second.told.flatMap((message) =>
      message.type === 'change' && message.change.is === 'told' ? [message.change.notice.type] : [],
    );
  await until(() => expect(told()).toContain('call-ended'));
  expect(second.told.some(({ type }) => type === 'board')).toBe(false);
  expect(told()).not.toContain('call-started');
  await until(() =>
    expect(second.told).toContainEqual(
      expect.objectContaining({ type: 'change', change: { is: 'left', callId: call.callSid } }),
    ),
  );
  second.socket.close();

  const ask = (since: string): Promise<Response> =>
    fetch(`${all.app.publicBaseUrl}/api/v1/totals?since=${since}`, { headers: { authorization } });
  expect((await ask('yesterday')).status).toBe(400);
  await vi.waitFor(
    async () => {
      const totals = (await (await ask('2026-01-01T00:00:00Z')).json()) as Totals;
      expect(totals).toMatchObject({ calls: 1, outcomes: [{ outcome: 'caller-hung-up', calls: 1 }] });
      expect(totals.costUsd).toBeGreaterThan(0);
    },
    { timeout: 20_000, interval: 200 },
  );
  const none = (await (await ask('2999-01-01T00:00:00Z')).json()) as Totals;
  expect(none).toEqual({ calls: 0, outcomes: [], costUsd: 0, unpricedCalls: 0 });
});
