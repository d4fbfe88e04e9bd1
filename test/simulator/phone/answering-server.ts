// A small server for the phone to call: answers webhooks with what the test says, takes streams, and writes down all that
// came, with the verdict of twilio's own signature check. Knows nothing of Liveline.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FromTwilio, ToTwilio } from '../../../src/carrier/twilio/messages.ts';

export const AUTH_TOKEN = 'test-auth-token-0123456789abcdef';

export interface Post {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly form: Record<string, string>;
  /** What twilio.validateRequest said. */
  readonly signed: boolean;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
}

type Message<E extends FromTwilio['event']> = Extract<FromTwilio, { event: E }>;

/** One media stream as the server sees it. */
export class ServerStream {
  readonly socket: WebSocket;
  readonly signed: boolean;
  readonly messages: FromTwilio[] = [];
  closeCode: number | undefined;
  #changed: (() => void)[] = [];

  constructor(socket: WebSocket, signed: boolean) {
    this.socket = socket;
    this.signed = signed;
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as FromTwilio);
      this.#wake();
    });
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  all<E extends FromTwilio['event']>(event: E): Message<E>[] {
    return this.messages.filter((message): message is Message<E> => message.event === event);
  }

  get streamSid(): string {
    return this.all('start')[0]?.streamSid ?? '';
  }

  /** Resolves once `found` gives something; a test that waits in vain times out. */
  async until<T>(found: (stream: this) => T | undefined): Promise<T> {
    for (;;) {
      const value = found(this);
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  async untilStarted(): Promise<this> {
    await this.until((stream) => stream.all('start')[0]);
    return this;
  }

  send(message: ToTwilio | object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** `code`: the µ-law byte that the sound is made of. */
  play(ms: number, code = 1): void {
    const payload = Buffer.alloc(ms * 8, code).toString('base64');
    this.send({ event: 'media', streamSid: this.streamSid, media: { payload } });
  }

  mark(name: string): void {
    this.send({ event: 'mark', streamSid: this.streamSid, mark: { name } });
  }

  clear(): void {
    this.send({ event: 'clear', streamSid: this.streamSid });
  }

  /** The µ-law of all media frames, in the order of their coming. */
  caller(): Buffer {
    return Buffer.concat(this.all('media').map(({ media }) => Buffer.from(media.payload, 'base64')));
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}

export interface AnsweringServer {
  readonly url: string;
  readonly mediaUrl: string;
  readonly posts: Post[];
  readonly streams: ServerStream[];
  /** The usual answer: a stream with an action, a status callback and a token. */
  readonly connect: (attributes?: string) => string;
  close(): Promise<void>;
}

export interface Behaviour {
  /** By path; a path without an answer gets an empty 200. */
  answer?(post: Post, server: AnsweringServer): Reply | string | undefined | Promise<Reply | string>;
  onStream?(stream: ServerStream, index: number): void;
  /** Answers the upgrade with this status instead of 101. */
  refuseUpgrade?: number;
}

export async function startAnsweringServer(behaviour: Behaviour = {}): Promise<AnsweringServer> {
  const posts: Post[] = [];
  const streams: ServerStream[] = [];
  const server = http.createServer();
  const sockets = new WebSocketServer({ noServer: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const isSigned = (request: http.IncomingMessage, scheme: string, form: Record<string, string>): boolean => {
    const signature = request.headers['x-twilio-signature'];
    const url = `${scheme}://${origin}${request.url ?? ''}`;
    return typeof signature === 'string' && twilio.validateRequest(AUTH_TOKEN, signature, url, form);
  };

  const answering: AnsweringServer = {
    url: `http://${origin}`,
    mediaUrl: `ws://${origin}/twilio/media`,
    posts,
    streams,
    connect: (attributes = 'action="/twilio/after-stream"') =>
      `<Response><Connect ${attributes}><Stream url="ws://${origin}/twilio/media" name="main"
        statusCallback="http://${origin}/twilio/stream-status"><Parameter name="token" value="t-1"/></Stream>
      </Connect></Response>`,
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of streams) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const take = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
    const { method = '', url = '', headers } = request;
    const path = url.replace(/\?.*$/, '');
    const post = { method, target: url, path, form, signed: isSigned(request, 'http', form), headers };
    posts.push(post);
    const fallback: Reply | string =
      path === '/twilio/voice' ? answering.connect() : path === '/twilio/after-stream' ? '<Response/>' : {};
    const answer: Reply | string = (await behaviour.answer?.(post, answering)) ?? fallback;
    const reply = typeof answer === 'string' ? { body: answer } : answer;
    response.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'text/xml' }).end(reply.body);
  };
  server.on('request', (request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    if (behaviour.refuseUpgrade !== undefined)
      return void socket.end(`HTTP/1.1 ${behaviour.refuseUpgrade} No\r\nContent-Length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = new ServerStream(webSocket, isSigned(request, 'ws', {}));
      streams.push(stream);
      behaviour.onStream?.(stream, streams.length - 1);
    });
  });
  return answering;
}
