// A server shaped like S3, on loopback: objects of one bucket in memory, put, got in ranges, looked at and deleted; and what such
// servers do when they are ill.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Settings } from '../../src/records/recording/s3-settings.ts';

export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Of what was asked, in order: method and path. */
  readonly asked: string[] = [];
  /** So many requests more are answered with 500. */
  failing = 0;
  /** Paths of objects that nobody may delete, as under a legal hold. */
  readonly held = new Set<string>();
  /** Nothing is answered before it settles. */
  slow: Promise<void> = Promise.resolve();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<S3Server> {
    const server = new S3Server();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get settings(): S3Settings {
    const { port } = this.#server.address() as AddressInfo;
    return {
      ...{
        bucket: 'recordings',
        prefix: 'calls/',
        region: 'us-east-1',
        endpoint: `http://127.0.0.1:${port}`,
      },
      keys: { accessKeyId: 'an-id', secretAccessKey: 'a-secret' },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://s3').pathname;
    this.asked.push(`${request.method} ${path}`);
    const body = await buffer(request);
    await this.slow;
    if (this.failing > 0) {
      this.failing -= 1;
      response.writeHead(500, { 'content-type': 'application/xml' });
      response.end('<Error><Code>InternalError</Code><Message>ill</Message></Error>');
      return;
    }
    if (!(request.headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256 Credential=an-id/')) {
      response.writeHead(403).end();
      return;
    }
    this.#serve(request, response, path, body);
  }

  #serve(request: IncomingMessage, response: ServerResponse, path: string, body: Buffer): void {
    const found = this.objects.get(path);
    switch (request.method) {
      case 'PUT':
        this.objects.set(path, body);
        response.writeHead(200, { etag: '"x"' }).end();
        return;
      case 'DELETE':
        if (this.held.has(path)) {
          response.writeHead(403, { 'content-type': 'application/xml' });
          response.end('<Error><Code>AccessDenied</Code><Message>held</Message></Error>');
          return;
        }
        this.objects.delete(path);
        response.writeHead(204).end();
        return;
      case 'HEAD':
      case 'GET': {
        if (!found) {
          response.writeHead(404, { 'content-type': 'application/xml' });
          response.end(request.method === 'GET' ? '<Error><Code>NoSuchKey</Code></Error>' : undefined);
          return;
        }
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        const part = from === undefined ? found : found.subarray(Number(from), Number(to) + 1);
        response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length });
        response.end(request.method === 'GET' ? part : undefined);
        return;
      }
      default:
        response.writeHead(405).end();
    }
  }
}
