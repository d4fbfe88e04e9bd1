// Gain: how loud a stream of sound goes out, changed without a click. Knows nothing of turns, lines or time: it counts
// samples.
import { bytesPerSample, type AudioFormat } from './format.ts';
import { READERS, WRITERS } from './samples.ts';

/** A step in the level is heard as a click. */
const RAMP_MS = 10;

export class Gain {
  readonly #format: AudioFormat;
  readonly #rampSamples: number;
  #db = 0;
  #from = 1;
  #to = 1;
  /** Samples since the level was last changed. */
  #since = Infinity;

  constructor(format: AudioFormat) {
    this.#format = format;
    this.#rampSamples = Math.round((RAMP_MS * format.sampleRateHz) / 1_000);
  }

  /** Where the level is, or is on its way to. */
  get db(): number {
    return this.#db;
  }

  /** From the next sample on, over 10 ms. Only ever softer than it was: above 0, or no number, is 0; -Infinity mutes. */
  toDb(db: number): void {
    const wanted = db < 0 ? db : 0;
    if (wanted === this.#db) return;
    this.#from = this.#scaleAt(this.#since);
    this.#to = 10 ** (wanted / 20);
    this.#since = 0;
    this.#db = wanted;
  }

  /** The last `bytes` that were scaled are to be scaled again: as if they had not been, back to the last change at most. */
  rewind(bytes: number): void {
    this.#since = Math.max(0, this.#since - bytes / bytesPerSample(this.#format));
  }

  /**
   * Whole samples in, as many out. While the level is 0 dB these are the same bytes, not a copy. Silence stays the very
   * byte that it is.
   */
  apply(bytes: Uint8Array): Uint8Array {
    const stride = bytesPerSample(this.#format);
    const count = Math.floor(bytes.length / stride);
    const first = this.#since + 1;
    this.#since += count;
    if (this.#to === 1 && first >= this.#rampSamples) return bytes;
    const line = new Float64Array(count);
    READERS[this.#format.encoding](bytes, 0, stride, line, 0, count);
    for (let i = 0; i < count; i++) line[i]! *= this.#scaleAt(first + i);
    const scaled = Uint8Array.from(bytes);
    WRITERS[this.#format.encoding](line, count, scaled, 0, stride);
    return scaled;
  }

  /** 0 dB at once. */
  reset(): void {
    this.#db = 0;
    this.#from = 1;
    this.#to = 1;
    this.#since = Infinity;
  }

  #scaleAt(sample: number): number {
    if (sample >= this.#rampSamples) return this.#to;
    return this.#from + ((this.#to - this.#from) * sample) / this.#rampSamples;
  }
}
