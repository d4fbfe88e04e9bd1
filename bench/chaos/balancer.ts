// A load balancer as they are set up in front of several servers: each request and each upgrade to any server that answers
// /readyz with 200; one that takes no connection is passed over. It knows no cookies, no calls and no sessions.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Balancer {
  readonly url: string;
  /** Ports of the servers, on loopback. Resolves once it has looked at each: before, whoever calls would find nobody. */
  serve(ports: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

const LOOKS_EVERY_MS = 200;
/** A server that takes longer to answer counts as gone. */
const LOOKS_FOR_MS = 1_000;

export async function startBalancer(): Promise<Balancer> {
  const healthy = new Set<number>();
  const sockets = new Set<Duplex>();
  let ports: readonly number[] = [];

  const keep = <Kind extends Duplex>(socket: Kind): Kind => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  /** A connection to a server that takes one; undefined: none does. */
  const reach = async (): Promise<Socket | undefined> => {
    const able = ports.filter((port) => healthy.has(port));
    // In turn, a call's third request would always meet the server of its first, where there are three.
    const from = Math.floor(Math.random() * able.length);
    for (const [nth] of able.entries()) {
      const port = able[(from + nth) % able.length]!;
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      try {
        await once(socket, 'connect');
        return keep(socket);
      } catch {
        healthy.delete(port);
      }
    }
    return undefined;
  };

  const server = createServer((asked, answer) => {
    const refuse = (): void => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    };
    void reach().then((socket) => {
      if (!socket) return refuse();
      const onward = request(
        {
          createConnection: () => socket,
          ...{ path: asked.url, method: asked.method, headers: { ...asked.headers, connection: 'close' } },
        },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, { ...response.headers, connection: 'close' });
          response.on('error', refuse).pipe(answer);
        },
      );
      onward.on('error', refuse);
      asked.pipe(onward);
    });
  });
  server.on('connection', keep);
  server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => {
    keep(client);
    void reach().then((socket) => {
      if (!socket) return void client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      const headers = asked.rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${asked.rawHeaders[at + 1]}`] : [],
      );
      socket.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      socket.write(head);
      client.pipe(socket).pipe(client);
      client.on('close', () => socket.destroy());
      socket.on('close', () => client.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const look = async (port: number): Promise<void> => {
    if (await isReady(port, LOOKS_FOR_MS)) healthy.add(port);
    else healthy.delete(port);
  };
  const looking = setInterval(() => {
    for (const port of ports) void look(port);
  }, LOOKS_EVERY_MS);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async serve(now) {
      ports = [...now];
      await Promise.all(ports.map(look));
    },
    async close() {
      clearInterval(looking);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether it would take calls. */
export function isReady(port: number, withinMs = LOOKS_FOR_MS): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = request({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  asked.setTimeout(withinMs, () => asked.destroy());
  asked.on('error', () => resolve(false)).on('close', () => resolve(false));
  asked.end();
  return promise;
}
