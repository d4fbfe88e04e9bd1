import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebhookClient } from '../../../src/simulator/phone/webhook.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

async function listen(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v`;
}

test('no answer within fifteen seconds of the clock: 11205, once', async () => {
  let asked = 0;
  const reached = Promise.withResolvers<undefined>();
  const server = http.createServer(() => {
    asked += 1;
    reached.resolve(undefined);
  });
  open.push(() => server.closeAllConnections());
  const url = await listen(server);
  const clock = new ManualClock();
  const answer = new WebhookClient('token', clock, {}).ask({ url, method: 'POST', fields: {} });
  await reached.promise;
  clock.advance(14_999);
  expect(clock.pending).toBe(1);
  clock.advance(1);
  expect(await answer).toMatchObject({ ok: false, status: 0, error: { code: 11205 } });
  expect([asked, clock.pending]).toEqual([1, 0]);
});

test('a connection that broke after it stood is not tried again', async () => {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  });
  const url = await listen(server);
  const clock = new ManualClock();
  const answer = await new WebhookClient('token', clock, {}).ask({ url, method: 'POST', fields: { A: '1' } });
  expect(answer).toMatchObject({ ok: false, error: { code: 11205 } });
  expect([connections, clock.pending]).toEqual([1, 0]);
});

test('half an answer, and something that is not HTTP, are failures and nothing worse', async () => {
  for (const text of ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'SSH-2.0-OpenSSH\r\n']) {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(text));
    });
    const url = await listen(server);
    const answer = await new WebhookClient('token', new ManualClock(), {}).ask({
      url,
      method: 'POST',
      fields: {},
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 11205 } });
  }
});

test.each(['', '/relative', 'ftp://h/x', 'http://'])('%j is no URL to ask', async (url) => {
  const answer = await new WebhookClient('token', new ManualClock(), {}).fetchTwiml({
    url,
    method: 'GET',
    fields: {},
  });
  expect(answer).toMatchObject({ ok: false, error: { code: 11100 } });
});

test('user and password of the URL go into the header', async () => {
  let authorization: string | undefined;
  const server = http.createServer((request, response) => {
    authorization = request.headers.authorization;
    response.writeHead(204).end();
  });
  const url = (await listen(server)).replace('http://', 'http://me:secret@');
  const answer = await new WebhookClient('token', new ManualClock(), {}).ask({
    url,
    method: 'POST',
    fields: {},
  });
  expect([answer.status, authorization]).toEqual([204, `Basic ${btoa('me:secret')}`]);
});
