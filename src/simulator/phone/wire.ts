// A media stream on the wire as Twilio sees it: our messages in its shape with string counters, and the server's three
// messages read strictly. Knows no socket and no time.
import type { FromTwilio } from '../../carrier/twilio/messages.ts';

export interface StreamIdentity {
  readonly accountSid: string;
  readonly callSid: string;
  readonly streamSid: string;
}

export type FromServer =
  | { event: 'media'; sound: Uint8Array }
  | { event: 'mark'; name: string }
  | { event: 'clear' }
  | { event: 'invalid'; why: string };

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;

const invalid = (why: string): FromServer => ({ event: 'invalid', why });

function readMedia(payload: unknown): FromServer {
  if (typeof payload !== 'string') return invalid('media without media.payload');
  const sound = Buffer.from(payload, 'base64');
  // Buffer skips what is not base64, so a wrong length is how bad characters show.
  const promised = Math.floor((payload.replace(/=+$/, '').length * 3) / 4);
  return sound.length === promised ? { event: 'media', sound } : invalid('media.payload is not base64');
}

/** Reads one text message of the server. */
export function readMessage(text: string, streamSid: string): FromServer {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return invalid('not JSON');
  }
  const event = field(message, 'event');
  if (event !== 'media' && event !== 'mark' && event !== 'clear')
    return invalid(typeof event === 'string' ? `unknown event '${event.slice(0, 40)}'` : 'no event');
  if (field(message, 'streamSid') !== streamSid) return invalid(`${event} for another streamSid`);
  if (event === 'media') return readMedia(field(field(message, 'media'), 'payload'));
  if (event === 'clear') return { event };
  const name = field(field(message, 'mark'), 'name');
  return typeof name === 'string' && name !== '' ? { event, name } : invalid('mark without mark.name');
}

/** Writes the messages of one stream; each gets the next sequence number. */
export class StreamWriter {
  readonly #ids: StreamIdentity;
  #sequence = 0;
  #chunk = 0;

  constructor(ids: StreamIdentity) {
    this.#ids = ids;
  }

  connected(): string {
    return this.#json({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  }

  start(parameters: Readonly<Record<string, string>>): string {
    return this.#json({
      event: 'start',
      ...this.#head(),
      start: {
        ...this.#ids,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
        customParameters: { ...parameters },
      },
    });
  }

  /** `payload`: base64. `timestampMs`: since the stream started. */
  media(payload: string, timestampMs: number): string {
    const chunk = String(++this.#chunk);
    const media = { track: 'inbound', chunk, timestamp: String(timestampMs), payload };
    return this.#json({ event: 'media', ...this.#head(), media });
  }

  digit(digit: string): string {
    return this.#json({ event: 'dtmf', ...this.#head(), dtmf: { track: 'inbound_track', digit } });
  }

  mark(name: string): string {
    return this.#json({ event: 'mark', ...this.#head(), mark: { name } });
  }

  stop(): string {
    const { accountSid, callSid } = this.#ids;
    return this.#json({ event: 'stop', ...this.#head(), stop: { accountSid, callSid } });
  }

  #head(): { sequenceNumber: string; streamSid: string } {
    return { sequenceNumber: String(++this.#sequence), streamSid: this.#ids.streamSid };
  }

  #json(message: FromTwilio): string {
    return JSON.stringify(message);
  }
}
