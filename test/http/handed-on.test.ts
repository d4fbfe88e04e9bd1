// What is handed on to another node, over real sockets: requests with their answers, streams with all their bytes, and what
// becomes of them when the other node is not as it should be.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import express, { Router } from 'express';
import { expect, test, vi, type TestContext } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { handOn, type CarrierPost } from '../../src/http/handing-on.ts';
import { openNodeListener, NODE_HEADER, type NodeListener } from '../../src/http/node-listener.ts';
import { pipeStream, Pipes } from '../../src/http/stream-pipe.ts';

const POST: CarrierPost = {
  target: '/twilio/after-stream?step=3&node=aaaaaaaa',
  signature: 'signed=',
  contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  body: Buffer.from('CallSid=CA1&From=%2B15550100123&Odd=%20%2B+x'),
};
const KEY = 'abcdefgh';
const tools = { key: 'abcdefgh', pipes: new Pipes(), clock: systemClock, log: silentLog };
const to = (address: string, key = KEY) => ({ node: 'i/1-1-1', key, address });

async function listener(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  routes: readonly Router[],
  upgrades: Parameters<NodeListener['serve']>[1] = [],
): Promise<NodeListener> {
  const opened = await openNodeListener({ at: { host: '127.0.0.1', port: 0 }, key: KEY, log: silentLog });
  onTestFinished(() => opened.close());
  opened.serve(routes, upgrades);
  return opened;
}

/** A server that is no node, or has hung. */
async function stranger(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  server: Server | ReturnType<typeof createTcpServer>,
): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the same request, word for word, and its answer back', async (context) => {
  const asked: object[] = [];
  const router = Router();
  router.post('/twilio/after-stream', express.raw({ type: () => true }), (request, response) => {
    const body = request.body as Buffer;
    asked.push({ target: request.originalUrl, body: body.toString(), ...request.headers });
    response.status(200).type('text/xml').send('<Response/>');
  });
  const { address } = await listener(context, [router]);
  const answered = await handOn(POST, to(address), 1_000, tools);
  expect({ ...answered, body: answered?.body.toString() }).toEqual({
    ...{ status: 200, contentType: 'text/xml; charset=utf-8', body: '<Response/>' },
  });
  expect(asked).toMatchObject([
    {
      ...{ target: POST.target, body: POST.body.toString(), 'content-type': POST.contentType },
      'x-twilio-signature': 'signed=',
    },
  ]);
});

test('no answer: refused, failed, mistaken, silent, somebody else', async (context) => {
  const router = Router();
  router.post('/twilio/after-stream', () => {
    throw new Error('broken');
  });
  const { address } = await listener(context, [router]);
  const failed = await handOn(POST, to(address), 1_000, tools);
  const mistaken = await handOn(POST, to(address, 'ijklmnop'), 1_000, tools);
  const silent = await stranger(context, createTcpServer());
  const other = await stranger(
    context,
    createServer((_request, response) => void response.end('hello')),
  );
  const nobody = await handOn(POST, to('http://127.0.0.1:1'), 1_000, tools);
  const [hung, foreign] = [
    await handOn(POST, to(silent), 50, tools),
    await handOn(POST, to(other), 1_000, tools),
  ];
  expect({ failed, mistaken, nobody, hung, foreign }).toEqual({});
});

test('nothing is served to whoever means another node', async (context) => {
  const router = Router();
  router.get('/x', (_request, response) => void response.send('there'));
  const { address } = await listener(context, [router]);
  const status = async (headers: Record<string, string>) => (await fetch(`${address}/x`, { headers })).status;
  expect([
    await status({}),
    await status({ [NODE_HEADER]: 'ijklmnop' }),
    await status({ [NODE_HEADER]: KEY }),
  ]).toEqual([421, 421, 200]);
});

/** A server that has every upgrade piped to `address`, and tells what came of it. */
async function piping(context: TestContext, address: () => string) {
  const results: boolean[] = [];
  const here: string[] = [];
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    void pipeStream(request, socket, head, to(address()), tools).then((isPiped) => {
      results.push(isPiped);
      if (!isPiped)
        new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, () =>
          here.push('opened'),
        );
    });
  });
  const url = (await stranger(context, server)).replace('http', 'ws');
  return { url, results, here };
}

/** At the other node: says everything again, and remembers the request. */
async function echoing(context: TestContext) {
  const requests: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  const server = new WebSocketServer({ noServer: true });
  const { address } = await listener(
    context,
    [],
    [
      {
        ...{ path: '/twilio/media', isAlsoBelow: true },
        take(request, socket, head) {
          requests.push(request);
          server.handleUpgrade(request, socket, head, (opened) => {
            sockets.push(opened);
            opened.on('message', (data, isBinary) => opened.send(data as Buffer, { binary: isBinary }));
          });
        },
      },
    ],
  );
  return { address, requests, sockets };
}

test('a stream goes through, both ways, whatever its length, and ends at both ends', async (context) => {
  const there = await echoing(context);
  const { url, results } = await piping(context, () => there.address);
  const socket = new WebSocket(`${url}/twilio/media/${KEY}`, {
    headers: { 'x-twilio-signature': 'signed=' },
  });
  await once(socket, 'open');
  expect(there.requests[0]).toMatchObject({ url: `/twilio/media/${KEY}` });
  expect(there.requests[0]!.headers).toMatchObject({ 'x-twilio-signature': 'signed=', [NODE_HEADER]: KEY });
  const texts = ['first', 'x'.repeat(3_000_000), ''];
  const heard: string[] = [];
  socket.on('message', (data) => heard.push((data as Buffer).toString()));
  for (const text of texts) socket.send(text);
  await vi.waitFor(() =>
    expect(heard.map(({ length }) => length)).toEqual(texts.map(({ length }) => length)),
  );
  expect(heard).toEqual(texts);
  there.sockets[0]!.close(1000, 'done');
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1000, 'done']);
  expect(results).toEqual([true]);
});

test('who hangs up here is gone there, and who dies there is gone here', async (context) => {
  const there = await echoing(context);
  const { url } = await piping(context, () => there.address);
  const [one, other] = [new WebSocket(`${url}/twilio/media`), new WebSocket(`${url}/twilio/media`)];
  await Promise.all([once(one, 'open'), once(other, 'open')]);
  const closed = there.sockets.map((socket) => once(socket, 'close'));
  one.terminate();
  await Promise.race(closed);
  there.sockets.forEach((socket) => socket.terminate());
  const [code] = (await once(other, 'close')) as [number];
  expect(code, 'without a closing word').toBe(1006);
});

test('what came with the request itself goes through', async (context) => {
  const there = await stranger(
    context,
    createTcpServer((socket) => {
      let all = '';
      socket.on('data', (data: Buffer) => {
        all += data.toString('latin1');
        if (!all.endsWith('early')) return;
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nlate');
      });
    }),
  );
  const { url } = await piping(context, () => there);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  context.onTestFinished(() => void socket.destroy());
  socket.write('GET /twilio/media HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nearly');
  let said = '';
  socket.on('data', (data: Buffer) => (said += data.toString()));
  await vi.waitFor(() => expect(said).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nlate$/));
});

test.for<[string, () => Server | ReturnType<typeof createTcpServer>]>([
  ['hangs', () => createTcpServer()],
  ['closes', () => createTcpServer((socket) => void socket.destroy())],
  ['refuses', () => createServer((_request, response) => void response.writeHead(404).end())],
])('a node that %s: the stream is opened here', async ([, make], context) => {
  const address = await stranger(context, make());
  const { url, results, here } = await piping(context, () => address);
  const socket = new WebSocket(`${url}/twilio/media`);
  await once(socket, 'open');
  expect([results, here]).toEqual([[false], ['opened']]);
  socket.terminate();
});
