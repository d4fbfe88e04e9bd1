// Intake: what one media socket sends, sorted into facts and refuse. Refuse is counted, said once, and never ends a
// call: Twilio itself drops what it cannot read and goes on. Knows nothing of what a fact means.
import type { RawData } from 'ws';
import type { Log } from '../../base/log.ts';
import { decode, type TwilioFact } from './messages.ts';

/** Longer than any message of Twilio's: 64 KiB would carry six seconds of sound, and Twilio sends 20 ms. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * `maxPayload` for the WebSocketServer that feeds a line. Above it `ws` ends the socket, and with it the stream; so it
 * stands well above MAX_MESSAGE_BYTES, where the intake drops the message alone, and still bounds what one can cost.
 */
export const MEDIA_MAX_PAYLOAD_BYTES = 1024 * 1024;

export type Refuse = 'malformed' | 'binary' | 'oversized' | 'foreign' | 'duplicate' | 'unknown mark';

export class Intake {
  readonly #log: Log;
  readonly #counts = new Map<Refuse, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** What was refused so far, by kind. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Undefined: refused. */
  read(data: RawData, isBinary: boolean): TwilioFact | undefined {
    if (isBinary || !Buffer.isBuffer(data)) this.refuse('binary', 'Twilio sends text frames only');
    else if (data.length > MAX_MESSAGE_BYTES)
      this.refuse('oversized', `${data.length} bytes, ${MAX_MESSAGE_BYTES} allowed`);
    else {
      const fact = decode(data);
      if (fact.type !== 'malformed') return fact;
      this.refuse('malformed', fact.why);
    }
    return undefined;
  }

  refuse(kind: Refuse, why: string): void {
    if (this.#counts.size === 0)
      this.#log.warn(
        { kind, why },
        'dropped a message of the media stream; the call goes on, further ones are only counted',
      );
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}
