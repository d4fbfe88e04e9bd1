// Sound that is kept for a while: the newest of a stream, addressed by how many bytes of it there ever were. In few large
// pieces of memory that are used again.

/** 20 ms and half a second of PCM16 at 16 kHz. */
const PIECE_BYTES = 640;
const SLAB_BYTES = 25 * PIECE_BYTES;
/** 8 MB, for all calls together. */
const MOST_SPARE = 512;
const spare: Uint8Array[] = [];
/**
 * Shared memory does not count against the collector's limits. Memory that is kept while a caller speaks does, and made
 * it stop a hundred calls for 25 ms twice a second (measured).
 */
const newSlab = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(SLAB_BYTES));

export class SoundRing {
  readonly #slabs: Uint8Array[] = [];
  /** Where the first slab begins; where what is kept begins and ends. */
  #slabByte = 0;
  #startByte = 0;
  #endByte = 0;

  get startByte(): number {
    return this.#startByte;
  }

  get endByte(): number {
    return this.#endByte;
  }

  /** Copies. */
  push(sound: Uint8Array): void {
    for (let at = 0; at < sound.length;) {
      const offset = this.#endByte - this.#slabByte;
      const inSlab = offset % SLAB_BYTES;
      if (offset === this.#slabs.length * SLAB_BYTES) this.#slabs.push(spare.pop() ?? newSlab());
      const bytes = Math.min(SLAB_BYTES - inSlab, sound.length - at);
      this.#slabs.at(-1)!.set(sound.subarray(at, at + bytes), inSlab);
      this.#endByte += bytes;
      at += bytes;
    }
  }

  /** What is kept from here on, in pieces of 20 ms at most; they are only good until the next `push` or `forget`. */
  *read(fromByte: number): Generator<Uint8Array, void, void> {
    for (let at = Math.max(fromByte, this.#startByte); at < this.#endByte;) {
      const to = Math.min(this.#endByte, at - (at % PIECE_BYTES) + PIECE_BYTES);
      const offset = at - this.#slabByte;
      const slab = this.#slabs[Math.floor(offset / SLAB_BYTES)];
      // Forgotten by whoever was given the piece before.
      if (!slab) return;
      yield slab.subarray(offset % SLAB_BYTES, (offset % SLAB_BYTES) + to - at);
      at = to;
    }
  }

  /** A copy of what is kept, in ordinary memory. */
  copy(): Uint8Array {
    const whole = new Uint8Array(this.#endByte - this.#startByte);
    let at = 0;
    for (const piece of this.read(this.#startByte)) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** What came before is not kept any more, to a whole piece. */
  forget(beforeByte: number): void {
    const before = Math.min(this.#endByte, Math.floor(beforeByte / PIECE_BYTES) * PIECE_BYTES);
    if (before <= this.#startByte) return;
    this.#startByte = before;
    while (this.#slabs.length > 0 && this.#slabByte + SLAB_BYTES <= before) {
      const slab = this.#slabs.shift()!;
      this.#slabByte += SLAB_BYTES;
      if (spare.length < MOST_SPARE) spare.push(slab);
    }
  }
}
