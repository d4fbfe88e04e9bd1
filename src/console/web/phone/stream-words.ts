// What the page's telephone says on its stream and hears there: the carrier's own messages (Twilio docs, Media Streams:
// WebSocket messages), so that the server needs no other path for it. Counters and times are strings on the wire.
import { FRAME_BYTES } from './caller-frames.ts';

export interface StreamNames {
  readonly streamId: string;
  readonly callId: string;
  readonly token: string;
}

/** 8 bytes a millisecond. */
const FRAME_MS = FRAME_BYTES / 8;
const ACCOUNT = `AC${'0'.repeat(32)}`;

/** One stream, from its beginning. */
export class CallerWords {
  readonly #names: StreamNames;
  #said = 0;
  #frames = 0;

  constructor(names: StreamNames) {
    this.#names = names;
  }

  connected(): string {
    return JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  }

  start(): string {
    const { streamId, callId, token } = this.#names;
    return this.#say('start', {
      accountSid: ACCOUNT,
      streamSid: streamId,
      callSid: callId,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
      customParameters: { token, source: 'console-phone' },
    });
  }

  media(frame: Uint8Array): string {
    const timestamp = String(this.#frames * FRAME_MS);
    this.#frames += 1;
    return this.#say('media', {
      track: 'inbound',
      chunk: String(this.#frames),
      timestamp,
      payload: btoa(String.fromCharCode(...frame)),
    });
  }

  key(digit: string): string {
    return this.#say('dtmf', { track: 'inbound_track', digit });
  }

  mark(name: string): string {
    return this.#say('mark', { name });
  }

  stop(): string {
    return this.#say('stop', { accountSid: ACCOUNT, callSid: this.#names.callId });
  }

  #say(event: string, body: object): string {
    this.#said += 1;
    const sequenceNumber = String(this.#said);
    return JSON.stringify({ event, sequenceNumber, streamSid: this.#names.streamId, [event]: body });
  }
}

export type ServerWord =
  | { readonly event: 'media'; readonly mulaw: Uint8Array }
  | { readonly event: 'mark'; readonly name: string }
  | { readonly event: 'clear' };

/** Undefined: nothing that a telephone knows. Never throws. */
export function readServerWord(text: string): ServerWord | undefined {
  try {
    const word = JSON.parse(text) as {
      event?: string;
      media?: { payload?: string };
      mark?: { name?: string };
    };
    if (word.event === 'media' && typeof word.media?.payload === 'string')
      return {
        event: 'media',
        mulaw: Uint8Array.from(atob(word.media.payload), (letter) => letter.charCodeAt(0)),
      };
    if (word.event === 'mark' && typeof word.mark?.name === 'string')
      return { event: 'mark', name: word.mark.name };
    return word.event === 'clear' ? { event: 'clear' } : undefined;
  } catch {
    return undefined;
  }
}
