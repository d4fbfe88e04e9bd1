// The model's side: a Live API that takes the setup, hears the caller and speaks half of the time (live-api.md §1.4, §2);
// and the same conversation in Twilio's own words, for a relay that translates nothing. Finds its call by the caller's
// number in the first messages. Knows nothing of the phone.
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Books } from './books.ts';
import { payloadIn } from './payload.ts';
import { Speaker } from './speaker.ts';
import { agentChunk, FRAME_MS, MULAW_8K, PCM16_16K, PCM16_24K, type Format } from './sound.ts';

/** Path of the relay's model; the relay itself never looks into what it passes on. */
export const VERBATIM_PATH = '/verbatim';
/** The same with one message for each chunk of the model's, whatever its length. */
export const VERBATIM_CHUNKS_PATH = '/verbatim-chunks';

/** How one conversation is written. */
export interface Dialect {
  readonly hears: Format;
  readonly heardKey: string;
  chunk(ms: number): readonly Buffer[];
  readonly callerSaid: readonly Buffer[];
  readonly agentSaid: readonly Buffer[];
  readonly generated: readonly Buffer[];
  readonly complete: readonly Buffer[];
  readonly interrupted: readonly Buffer[];
}

export const CHUNKS_MS = [40, 60, 80, 100] as const;

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const content = (serverContent: object): Buffer => json({ serverContent });
const complete = json({
  serverContent: { turnComplete: true },
  usageMetadata: { promptTokenCount: 900, responseTokenCount: 60, totalTokenCount: 960 },
});

const LIVE_CHUNKS = new Map(
  CHUNKS_MS.map((ms) => [
    ms as number,
    content({
      modelTurn: {
        parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data: agentChunk(PCM16_24K, ms) } }],
      },
    }),
  ]),
);

const LIVE: Dialect = {
  hears: PCM16_16K,
  heardKey: '"data":"',
  chunk: (ms) => [LIVE_CHUNKS.get(ms)!],
  callerSaid: [content({ inputTranscription: { text: ' and what about tomorrow' } })],
  agentSaid: [content({ outputTranscription: { text: ' we are open' } })],
  generated: [content({ generationComplete: true })],
  complete: [complete],
  interrupted: [content({ interrupted: true }), complete],
};

const verbatim = (streamSid: string, pieceMs: number | undefined): Dialect => {
  const media = (ms: number): Buffer =>
    json({ event: 'media', streamSid, media: { payload: agentChunk(MULAW_8K, ms) } });
  const made = new Map<number, Buffer>(
    [FRAME_MS, ...CHUNKS_MS].map((ms) => [ms, media(ms)] satisfies [number, Buffer]),
  );
  return {
    hears: MULAW_8K,
    heardKey: '"payload":"',
    chunk: (ms) =>
      Array.from({ length: ms / (pieceMs ?? ms) }, () => made.get(pieceMs ?? ms)!),
    callerSaid: [],
    agentSaid: [],
    generated: [],
    complete: [],
    interrupted: [json({ event: 'clear', streamSid })],
  };
};

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
    if (dialect === LIVE) socket.send(json({ setupComplete: {} }));
    // Google sends its JSON in binary frames, Twilio its own in text frames.
    const binary = dialect === LIVE;
    onSpeaker(new Speaker(dialect, books, seed, (message) => socket.send(message, { binary })));
  }
}

function dialectOf(path: string, streamSid: string): Dialect {
  if (path === VERBATIM_PATH) return verbatim(streamSid, FRAME_MS);
  return path === VERBATIM_CHUNKS_PATH ? verbatim(streamSid, undefined) : LIVE;
}
