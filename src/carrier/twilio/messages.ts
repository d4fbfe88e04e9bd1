// Twilio Media Streams on the wire (Twilio docs, Media Streams: WebSocket messages): its shapes, how a text frame becomes
// one fact, and how what we say becomes JSON. Knows nothing of sockets or of a call's state. Counters and times are
// strings on the wire.

export type FromTwilio =
  | { event: 'connected'; protocol: string; version: string }
  | {
      event: 'start';
      sequenceNumber: string;
      streamSid: string;
      start: {
        accountSid: string;
        streamSid: string;
        callSid: string;
        tracks: string[];
        mediaFormat: { encoding: string; sampleRate: number; channels: number };
        customParameters: Record<string, string>;
      };
    }
  | {
      event: 'media';
      sequenceNumber: string;
      streamSid: string;
      /** `timestamp`: ms since the stream started; `payload`: base64 of raw µ-law. */
      media: { track: string; chunk: string; timestamp: string; payload: string };
    }
  | { event: 'dtmf'; sequenceNumber: string; streamSid: string; dtmf: { track: string; digit: string } }
  | { event: 'mark'; sequenceNumber: string; streamSid: string; mark: { name: string } }
  | {
      event: 'stop';
      sequenceNumber: string;
      streamSid: string;
      stop: { accountSid: string; callSid: string };
    };

export type ToTwilio =
  | { event: 'media'; streamSid: string; media: { payload: string } }
  | { event: 'mark'; streamSid: string; mark: { name: string } }
  | { event: 'clear'; streamSid: string };

/** The name of the `<Parameter>` that carries the single-use token. */
export const TOKEN_PARAMETER = 'token';

/** What one text frame says, checked. `timestampMs` is undefined when the frame has none that can be read. */
export type TwilioFact =
  | { type: 'connected' }
  | {
      type: 'start';
      streamSid: string;
      callSid: string;
      mediaFormat: { encoding: string; sampleRate: number; channels: number };
      customParameters: Readonly<Record<string, string>>;
    }
  | { type: 'media'; streamSid: string; track: string; timestampMs: number | undefined; mulaw: Uint8Array }
  | { type: 'dtmf'; streamSid: string; digit: string }
  | { type: 'mark'; streamSid: string; name: string }
  | { type: 'stop'; streamSid: string }
  /** An event that this server does not know: Twilio may add some at any time. */
  | { type: 'unknown'; event: string }
  | { type: 'malformed'; why: string };

/** Any JSON at all: every field may be absent or of any kind. */
interface Loose {
  readonly event?: unknown;
  readonly streamSid?: unknown;
  readonly start?: {
    readonly callSid?: unknown;
    readonly mediaFormat?: { readonly [key in 'encoding' | 'sampleRate' | 'channels']?: unknown } | null;
    readonly customParameters?: unknown;
  } | null;
  readonly media?: { readonly [key in 'track' | 'timestamp' | 'payload']?: unknown } | null;
  readonly dtmf?: { readonly digit?: unknown } | null;
  readonly mark?: { readonly name?: unknown } | null;
}

const malformed = (why: string): TwilioFact => ({ type: 'malformed', why });

/** Reads one text frame. Never throws; fields it does not know are ignored. */
export function decode(raw: string | Buffer): TwilioFact {
  let wire: Loose | null;
  try {
    wire = JSON.parse(raw.toString()) as Loose | null;
  } catch {
    return malformed('not JSON');
  }
  if (typeof wire?.event !== 'string') return malformed('no event');
  if (wire.event === 'connected') return { type: 'connected' };
  const read = READERS.get(wire.event);
  if (read === undefined) return { type: 'unknown', event: wire.event };
  return typeof wire.streamSid === 'string' && wire.streamSid !== ''
    ? read(wire, wire.streamSid)
    : malformed(`${wire.event} without streamSid`);
}

const READERS = new Map<string, (wire: Loose, streamSid: string) => TwilioFact>([
  ['media', readMedia],
  ['start', readStart],
  ['dtmf', readDtmf],
  ['mark', readMark],
  ['stop', (_, streamSid) => ({ type: 'stop', streamSid })],
]);

function readMedia({ media }: Loose, streamSid: string): TwilioFact {
  const payload = media?.payload;
  if (typeof payload !== 'string' || payload === '') return malformed('media without payload');
  const mulaw = Buffer.from(payload, 'base64');
  // The decoder skips what is not base64, so a wrong length is the sign of a broken payload.
  const digits = payload.length - (payload.endsWith('==') ? 2 : payload.endsWith('=') ? 1 : 0);
  if (mulaw.length !== (digits * 3) >> 2) return malformed('media payload is not base64');
  const track = typeof media?.track === 'string' ? media.track : 'inbound';
  return { type: 'media', streamSid, track, timestampMs: count(media?.timestamp), mulaw };
}

function readStart({ start }: Loose, streamSid: string): TwilioFact {
  const { callSid, mediaFormat } = start ?? {};
  if (typeof callSid !== 'string' || callSid === '') return malformed('start without callSid');
  const encoding = mediaFormat?.encoding;
  return {
    type: 'start',
    streamSid,
    callSid,
    mediaFormat: {
      encoding: typeof encoding === 'string' ? encoding : 'unknown',
      sampleRate: count(mediaFormat?.sampleRate) ?? 0,
      channels: count(mediaFormat?.channels) ?? 0,
    },
    customParameters: textsOf(start?.customParameters),
  };
}

function readDtmf({ dtmf }: Loose, streamSid: string): TwilioFact {
  const digit = dtmf?.digit;
  return typeof digit === 'string' && /^[0-9*#]$/.test(digit)
    ? { type: 'dtmf', streamSid, digit }
    : malformed('dtmf without a key 0-9, * or #');
}

function readMark({ mark }: Loose, streamSid: string): TwilioFact {
  const name = mark?.name;
  return typeof name === 'string' ? { type: 'mark', streamSid, name } : malformed('mark without a name');
}

/** A counter: a string on the wire. The empty string is no zero. */
function count(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

const textsOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {};

/** Writes what we may say on one stream (`ToTwilio`). The head of a media message, the same every time, is made once. */
export class StreamWriter {
  readonly clear: string;
  readonly #mediaHead: string;
  readonly #markHead: string;

  constructor(streamSid: string) {
    const stream = `"streamSid":${JSON.stringify(streamSid)}`;
    this.clear = `{"event":"clear",${stream}}`;
    this.#mediaHead = `{"event":"media",${stream},"media":{"payload":"`;
    this.#markHead = `{"event":"mark",${stream},"mark":{"name":`;
  }

  media(mulaw: Uint8Array): string {
    const bytes = Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.byteLength);
    return `${this.#mediaHead}${bytes.toString('base64')}"}}`;
  }

  mark(name: string): string {
    return `${this.#markHead}${JSON.stringify(name)}}}`;
  }
}
