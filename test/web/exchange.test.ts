// On which connections requests go, and what is known of those that came to nothing.
import { once } from 'node:events';
import { readFile } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, test, vi, type TestContext } from 'vitest';
import { exchange, type Outcome } from '../../src/web/exchange.ts';
import { guardedFetch, type GuardedFetch } from '../../src/web/guarded-fetch.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

interface Asking {
  readonly connections: readonly Socket[];
  readonly asked: readonly string[];
  readonly clock: ManualClock;
  readonly ask: (method?: 'GET' | 'POST', signal?: AbortSignal) => Promise<Outcome>;
}

async function listening(server: Server): Promise<Socket[]> {
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => connections.push(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return connections;
}

function askingAt(
  port: number,
  fetch: GuardedFetch,
  clock = new ManualClock(),
): Pick<Asking, 'ask' | 'clock'> {
  const url = new URL(`http://127.0.0.1:${port}/`);
  const ask: Asking['ask'] = (method = 'GET', signal = new AbortController().signal) => {
    const init = { method, body: method === 'GET' ? null : '{"a":1}' };
    return exchange({ fetch, url, init, timeoutMs: 5_000, maxBytes: 1_000, clock, signal });
  };
  return { ask, clock };
}

/** A server that never says how long it keeps connections, and keeps them. */
async function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<Asking> {
  const asked: string[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    asked.push(request.method!);
    request.resume().on('end', () => response.end('{}'));
  });
  const connections = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const fetch = guardedFetch({ allowPrivate: true });
  return { connections, asked, ...askingAt((server.address() as AddressInfo).port, fetch) };
}

describe('one connection', () => {
  test('carries requests that follow one another at once', async (context) => {
    const { ask, connections, asked } = await open(context);
    for (let i = 0; i < 10; i++)
      expect(await ask(i % 2 === 0 ? 'GET' : 'POST')).toMatchObject({ status: 200 });
    expect([connections.length, asked.length]).toEqual([1, 10]);
  });

  test('is kept for a minute for the next request, and no longer', async (context) => {
    // undici measures how long nobody asks with setTimeout.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    context.onTestFinished(() => void vi.useRealTimers());
    const { ask, connections } = await open(context);
    await ask();
    await nextRound();
    vi.advanceTimersByTime(55_000);
    await ask();
    expect(connections).toHaveLength(1);
    const closed = once(connections[0]!, 'close');
    setImmediate(() => vi.advanceTimersByTime(65_000));
    await closed;
    await ask();
    expect(connections).toHaveLength(2);
  });

  const closings: [how: string, close: (socket: Socket) => void][] = [
    ['closed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ];
  /** Where in a round of the event loop somebody asks: nobody has seen yet that the connection is gone. */
  const moments: [when: string, wait: () => Promise<unknown>][] = [
    ['at once', () => Promise.resolve()],
    ['behind a timer', () => new Promise((resolve) => setTimeout(resolve, 0))],
    ['behind the disk', () => new Promise((resolve) => readFile(import.meta.filename, resolve))],
    ['behind an immediate', () => new Promise((resolve) => setImmediate(resolve))],
  ];
  test.for(closings.flatMap(([how, close]) => moments.map(([when, wait]) => ({ how, close, when, wait }))))(
    'that was $how just now takes no request, asked $when',
    async ({ how, close, wait }, context) => {
      const { ask, connections, asked } = await open(context);
      await ask('POST');
      await wait();
      close(connections[0]!);
      const first = await ask('POST');
      // A reset is seen with the request waiting for the connection: then it is at least known that nothing was sent.
      const outcome = first.is === 'unreached' && how === 'reset' ? await ask('POST') : first;
      expect(outcome).toMatchObject({ is: 'answered', status: 200 });
      expect([connections.length, asked.length]).toEqual([2, 2]);
    },
  );
});

describe('what came to nothing', () => {
  test.for<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])('was sent when the server reads it and %s', async ([, hangUp], { onTestFinished }) => {
    const server = createTcpServer((socket) => void socket.once('data', () => hangUp(socket)));
    await listening(server);
    onTestFinished(() => void server.close());
    const { ask } = askingAt((server.address() as AddressInfo).port, guardedFetch({ allowPrivate: true }));
    expect(await ask('POST')).toMatchObject({ is: 'lost' });
  });

  const failing =
    (isSending: boolean, code: string, syscall: string): GuardedFetch =>
    (_input, _init, onSending) => {
      if (isSending) onSending?.();
      const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
      return Promise.reject(new TypeError('fetch failed', { cause }));
    };
  test.for<[isSending: boolean, code: string, syscall: string, is: Outcome['is']]>([
    [false, 'ECONNRESET', 'read', 'unreached'],
    [false, 'CERT_HAS_EXPIRED', 'none', 'unreached'],
    [true, 'EPIPE', 'write', 'unreached'],
    [true, 'ECONNRESET', 'write', 'unreached'],
    [true, 'ECONNRESET', 'read', 'lost'],
    [true, 'EPROTO', 'write', 'lost'],
    [true, 'UND_ERR_SOCKET', 'none', 'lost'],
  ])('sending begun: %s, %s of %s: %s', async ([isSending, code, syscall, is]) => {
    const { ask } = askingAt(1, failing(isSending, code, syscall));
    expect(await ask('POST')).toMatchObject({ is, why: code });
  });

  const silent =
    (isSending: boolean): GuardedFetch =>
    (_input, init, onSending) => {
      if (isSending) onSending?.();
      const { signal } = init!;
      return new Promise((_, reject) =>
        signal!.addEventListener('abort', () => reject(signal!.reason as Error)),
      );
    };
  test.for([true, false])('sending begun: %s, and nobody waits any longer', async (isSending) => {
    const controller = new AbortController();
    const { ask, clock } = askingAt(1, silent(isSending));
    const given = ask('POST', controller.signal);
    controller.abort();
    expect(await given).toEqual({ is: 'aborted', isSent: isSending });
    const late = ask('POST');
    clock.advance(5_000);
    expect(await late).toMatchObject({ is: isSending ? 'lost' : 'unreached' });
    expect(clock.pending).toBe(0);
  });
});
