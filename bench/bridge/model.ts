// The model's side of all calls: takes the bridge's sockets, hears the caller and lets a speaker answer. Finds the call
// of a socket by the caller's number in its first messages. Knows nothing of the phone.
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Books } from './books.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { payloadIn } from './payload.ts';
import { Speaker } from './speaker.ts';

interface Expected {
  readonly books: Books;
  /** Gives the same turns to every bridge. */
  readonly seed: number;
  readonly onSpeaker: (speaker: Speaker) => void;
}

export class ModelServer {
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  readonly #expected = new Map<string, Expected>();

  constructor() {
    this.#server.on('connection', (socket, request) => this.#take(socket, request.url ?? ''));
  }

  get openSockets(): number {
    return this.#server.clients.size;
  }

  async port(): Promise<number> {
    if (this.#server.address() === null)
      await new Promise((resolve) => this.#server.once('listening', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when the bridge's socket for this caller is set up. */
  expect(caller: string, seed: number, books: Books): Promise<Speaker> {
    return new Promise((resolve) => {
      this.#expected.set(caller, { books, seed, onSpeaker: resolve });
    });
  }

  forgetAll(): void {
    this.#expected.clear();
    for (const socket of this.#server.clients) socket.terminate();
  }

  #take(socket: WebSocket, path: string): void {
    socket.on('error', (error) => console.error(`the model's socket failed: ${error.message}`));
    const onFirst = (message: Buffer): void => {
      const words = message.toString();
      const caller = /\+1555\d{7}/.exec(words)?.[0] ?? '';
      const expected = this.#expected.get(caller);
      if (!expected) return;
      this.#expected.delete(caller);
      socket.off('message', onFirst);
      const dialect = dialectOf(path, /MZ[0-9a-f]{32}/.exec(words)?.[0] ?? '');
      this.#converse(socket, dialect, expected);
    };
    socket.on('message', onFirst);
  }

  #converse(socket: WebSocket, dialect: Dialect, { books, seed, onSpeaker }: Expected): void {
    socket.on('message', (message: Buffer) => {
      const nowMs = performance.now();
      const sound = payloadIn(message, dialect.heardKey);
      if (sound) books.callerArrived(sound, dialect.hears, nowMs);
    });
    for (const message of dialect.welcome) socket.send(message);
    onSpeaker(
      new Speaker(dialect, books, seed, (message) => socket.send(message, { binary: dialect.isBinary })),
    );
  }
}
