// The caller's sound as far as it is kept, but for what no model is ever given. Addressed by how many bytes of sound there
// ever were. Knows nothing of speech.
import { SoundRing } from '../../audio/sound-ring.ts';

interface Span {
  readonly fromByte: number;
  readonly toByte: number;
}

export class KeptSound {
  readonly #ring = new SoundRing();
  /** In order, and never overlapping. */
  #withheld: readonly Span[] = [];

  get startByte(): number {
    return this.#ring.startByte;
  }

  get endByte(): number {
    return this.#ring.endByte;
  }

  /** Copies. */
  push(sound: Uint8Array): void {
    this.#ring.push(sound);
  }

  /** Whoever reads from now on goes past this. */
  withhold(fromByte: number, toByte: number): void {
    this.#withheld = [...this.#withheld, { fromByte, toByte }];
  }

  /** In pieces that are only good until the next `push` or `forget`. */
  read(fromByte: number, toByte: number): Generator<Uint8Array, void, void> {
    const isPlain = this.#withheld.length === 0 && toByte >= this.#ring.endByte;
    return isPlain ? this.#ring.read(fromByte) : this.#readParts(fromByte, toByte);
  }

  forget(beforeByte: number): void {
    this.#ring.forget(beforeByte);
    if (this.#withheld.length > 0)
      this.#withheld = this.#withheld.filter((span) => span.toByte > this.#ring.startByte);
  }

  *#readParts(fromByte: number, toByte: number): Generator<Uint8Array, void, void> {
    let from = fromByte;
    for (const span of [...this.#withheld, { fromByte: toByte, toByte }]) {
      const until = Math.min(span.fromByte, toByte);
      let at = Math.max(from, this.#ring.startByte);
      for (const piece of this.#ring.read(at)) {
        if (at >= until) break;
        yield piece.subarray(0, until - at);
        at += piece.length;
      }
      from = Math.max(from, span.toByte);
    }
  }
}
