// A load balancer of the plainest kind: every connection goes to the next of several servers, whoever came before. Kept-alive
// connections are not kept, so that every request is balanced.
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Balancer {
  readonly url: string;
  /** Where each request and each upgrade went, in order: `0 POST /twilio/voice`. */
  readonly sent: readonly string[];
  /** What is asked now goes to these alone, by their places in the list; undefined: to all, one after the other. */
  only(places: readonly number[] | undefined): void;
  end(): Promise<void>;
}

export interface BalancerOptions {
  /** Asked for each request: servers may come later. `http://host:port`. */
  readonly servers: () => readonly string[];
  readonly port?: number;
  /** To which of them a request goes, before its turn comes; undefined: to whoever is next. */
  readonly prefers?: (target: string) => number | undefined;
}

export async function startBalancer({ servers, port = 0, prefers }: BalancerOptions): Promise<Balancer> {
  let turn = 0;
  let places: readonly number[] | undefined;
  const sent: string[] = [];
  const sockets = new Set<Duplex>();
  const keep = <Socket extends Duplex>(socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket;
  };
  const next = ({ method = '', url = '' }: IncomingMessage): URL => {
    const all = servers();
    const among = places ?? all.map((_, place) => place);
    const place = prefers?.(url) ?? among[turn++ % among.length]!;
    sent.push(`${place} ${method} ${url.split('?', 1)[0]}`);
    return new URL(all[place]!);
  };
  const server = createServer((asked, answer) => {
    const { hostname, port: to } = next(asked);
    const onward = httpRequest(
      {
        host: hostname,
        port: to,
        path: asked.url,
        method: asked.method,
        headers: asked.headers,
        agent: false,
      },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, { ...response.headers, connection: 'close' });
        response.pipe(answer);
      },
    );
    onward.on('error', () => answer.writeHead(502, { connection: 'close' }).end());
    asked.pipe(onward);
  });
  server.on('connection', keep);
  server.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { hostname, port: to } = next(asked);
    const onward = keep(connect(Number(to), hostname));
    const headers = asked.rawHeaders.flatMap((name, n) =>
      n % 2 === 0 ? [`${name}: ${asked.rawHeaders[n + 1]}`] : [],
    );
    onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
    onward.once('close', () => socket.destroy());
    socket.once('close', () => onward.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    only: (these) => {
      places = these;
    },
    async end() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
