// The HTTP server by itself: what it answers before there is something to serve.
import { connect } from 'node:net';
import { once } from 'node:events';
import { Router } from 'express';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { createHttpServer, LIMITS } from '../../src/http/server.ts';

test('whoever asks before there is something to serve is told to come again, and is served then', async (context) => {
  const http = createHttpServer(silentLog);
  const port = await http.listen('127.0.0.1', 0);
  context.onTestFinished(() => http.close());
  const url = `http://127.0.0.1:${port}`;
  const early = await fetch(`${url}/twilio/voice`, { method: 'POST', body: 'CallSid=CA1' });
  expect([early.status, early.headers.get('connection')]).toEqual([503, 'close']);
  expect(await early.json()).toEqual({ error: 'SERVER_STARTING' });
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET /twilio/media HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
  const router = Router();
  router.get('/x', (_request, response) => void response.send('there'));
  http.serve([router], []);
  expect(await (await fetch(`${url}/x`)).text()).toBe('there');
  expect((await fetch(`${url}/y`)).status).toBe(404);
});

test.each([
  ['says nothing', ''],
  ['says half of a head', 'POST / HTTP/1.1\r\nHo'],
])('who %s is cut off, though a request may take as long as it moves', async (_, said) => {
  expect(LIMITS).toMatchObject({ requestTimeout: 0, headersTimeout: 60_000 });
  const soon = { headersTimeout: 50, connectionsCheckingInterval: 20 };
  const http = createHttpServer(silentLog, undefined, { ...LIMITS, ...soon });
  const port = await http.listen('127.0.0.1', 0);
  const socket = connect(port, '127.0.0.1').resume();
  socket.write(said);
  await once(socket, 'close');
  await http.close();
});
