// A way to a server that can be closed: whoever is connected is cut off, and nobody else gets through until it is opened.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';

export interface TcpProxy {
  readonly port: number;
  /** `silent`: connections are taken and nothing is ever answered, as by a host that has hung. */
  close(how?: 'cut' | 'silent'): void;
  open(): void;
  end(): Promise<void>;
}

/** `lateMs`: asked anew for each piece that goes either way; none overtakes what went before. */
export async function tcpProxy(host: string, port: number, lateMs?: () => number): Promise<TcpProxy> {
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
    const [there, back] = [delay(lateMs), delay(lateMs)];
    client.pipe(there).pipe(upstream).pipe(back).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => back.end());
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

function delay(lateMs: (() => number) | undefined): Transform {
  if (!lateMs) return new PassThrough();
  const due: (() => void)[] = [];
  let lastMs = 0;
  const after = (then: () => void): void => {
    lastMs = Math.max(lastMs, performance.now() + lateMs());
    due.push(then);
    setTimeout(() => due.shift()!(), Math.max(0, lastMs - performance.now()));
  };
  return new Transform({
    transform(chunk, _encoding, done) {
      after(() => this.push(chunk));
      done();
    },
    flush: (done) => after(done),
  });
}
