// A network that takes its time: a TCP proxy on loopback whose every byte is on its way for half a round trip. Knows nothing of
// what is said.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FarAway {
  readonly url: string;
  /** Cuts the connections that are open: who comes next has to connect anew. */
  forget(): void;
  close(): Promise<void>;
}

/** One for TCP, one for TLS 1.3 (RFC 8446, figure 1): the stand-ins speak http, and the vendors https. */
const ROUND_TRIPS_TO_CONNECT = 2;

export async function farAway(url: string, roundTripMs: number): Promise<FarAway> {
  const { hostname, port, pathname } = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .setNoDelay()
      .on('close', () => sockets.delete(socket))
      .on('error', () => socket.destroy());
  };
  /** In order: timers of one length fire in the order in which they were set, and no later chunk waits less. */
  const carry = (from: Socket, to: Socket, notBeforeMs = 0): void => {
    from.on('data', (chunk: Buffer) => {
      const dueMs = Math.max(performance.now(), notBeforeMs) + roundTripMs / 2;
      setTimeout(() => to.writable && to.write(chunk), dueMs - performance.now());
    });
    from.on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    const upstream = keep(connect(Number(port), hostname));
    carry(client, upstream, performance.now() + ROUND_TRIPS_TO_CONNECT * roundTripMs);
    carry(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forget = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname === '/' ? '' : pathname}`,
    forget,
    async close() {
      forget();
      server.close();
      await once(server, 'close');
    },
  };
}
