// A way to a server that can be closed: whoever is connected is cut off, and nobody else gets through until it is opened.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** `silent`: connections are taken and nothing is ever answered, as by a host that has hung. */
  close(how?: 'cut' | 'silent'): void;
  open(): void;
  end(): Promise<void>;
}

export async function tcpProxy(host: string, port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'cut') return void client.destroy();
    if (state === 'silent') return;
    const upstream = keep(connect(port, host));
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    close(how = 'cut') {
      state = how;
      if (how === 'cut') cut();
      else for (const socket of sockets) socket.unpipe();
    },
    open() {
      if (state === 'silent') cut();
      state = 'open';
    },
    async end() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
