// How the model's messages are written: as the Live API does, and the same conversation in Twilio's
// own words, for a relay that translates nothing. Knows nothing of sockets or of when something is said.
import { agentChunk, FRAME_MS, MULAW_8K, PCM16_16K, PCM16_24K, type Format } from './sound.ts';

/** Path of the relay's model; the relay itself never looks into what it passes on. */
export const VERBATIM_PATH = '/verbatim';
/** The same with one message for each chunk of the model's, whatever its length. */
export const VERBATIM_CHUNKS_PATH = '/verbatim-chunks';

/** How one conversation is written. */
export interface Dialect {
  /** Google sends its JSON in binary frames, Twilio its own in text frames. */
  readonly isBinary: boolean;
  readonly welcome: readonly Buffer[];
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
  isBinary: true,
  welcome: [json({ setupComplete: {} })],
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
    isBinary: false,
    welcome: [],
    hears: MULAW_8K,
    heardKey: '"payload":"',
    chunk: (ms) => Array.from({ length: ms / (pieceMs ?? ms) }, () => made.get(pieceMs ?? ms)!),
    callerSaid: [],
    agentSaid: [],
    generated: [],
    complete: [],
    interrupted: [json({ event: 'clear', streamSid })],
  };
};

/** `path`: where the bridge dialled; `streamSid`: for the verbatim ones, which put it into every message. */
export function dialectOf(path: string, streamSid: string): Dialect {
  if (path === VERBATIM_PATH) return verbatim(streamSid, FRAME_MS);
  return path === VERBATIM_CHUNKS_PATH ? verbatim(streamSid, undefined) : LIVE;
}
