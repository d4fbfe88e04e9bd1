// A loopback port on which nobody listens just now.
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that a system hands out by itself (Linux: from 32768): nobody's outgoing connection takes it before a server
 * is started on it, nor while one is started again.
 */
const [FROM, BELOW] = [10_000, 20_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * (BELOW - FROM));
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
