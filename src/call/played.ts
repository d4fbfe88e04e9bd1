// Played: what the line was given to play, taken out in step with the caller's own sound, so that an echo can be known
// for one. Knows nothing of turns, marks or lines.
import { bytesOfMs, silenceByte, type AudioFormat } from '../audio/format.ts';

/** The lead of a playout is far below; this only bounds what is kept when nobody takes. */
const MOST_MS = 12_000;

export class Played {
  readonly #silence: number;
  readonly #mostBytes: number;
  /** Oldest first; of the first, what begins at `#taken`. Never empty ones. */
  readonly #chunks: Uint8Array[] = [];
  #taken = 0;
  #bytes = 0;

  /** `format` is the line's. */
  constructor(format: AudioFormat) {
    this.#silence = silenceByte(format);
    this.#mostBytes = bytesOfMs(format, MOST_MS);
  }

  /** The line plays this behind what it was given before. Not copied: the bytes must stay as they are. */
  sent(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > this.#mostBytes) this.#skip(this.#bytes - this.#mostBytes);
  }

  /** The line was cleared, or is gone: what was not taken is never heard. */
  cleared(): void {
    this.#chunks.length = 0;
    this.#taken = 0;
    this.#bytes = 0;
  }

  /** The next `bytes` bytes that the caller hears; silence where nothing plays. */
  take(bytes: number): Uint8Array {
    const heard = new Uint8Array(bytes);
    let at = 0;
    while (at < bytes && this.#bytes > 0) {
      const part = this.#chunks[0]!.subarray(this.#taken, this.#taken + bytes - at);
      heard.set(part, at);
      at += part.length;
      this.#skip(part.length);
    }
    return heard.fill(this.#silence, at);
  }

  #skip(bytes: number): void {
    this.#bytes -= bytes;
    this.#taken += bytes;
    for (let first = this.#chunks[0]; first && this.#taken >= first.length; first = this.#chunks[0]) {
      this.#taken -= first.length;
      this.#chunks.shift();
    }
  }
}
