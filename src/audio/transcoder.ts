// A transcoder: one direction of one call's sound, from format to format. Knows nothing of turns, frames or sockets.
import { LivelineError } from '../base/errors.ts';
import { bytesPerSample, silenceByte, type AudioFormat } from './format.ts';
import { READERS, WRITERS, type Read, type Write } from './samples.ts';
import { BLOCK_UNITS, conversionOf, Resampler, type Conversion } from './resample.ts';

export interface Transcoder {
  /** How much later sound comes out than it went in, in samples of the format it comes out in. */
  readonly delaySamples: number;
  /** Any number of bytes, whole samples or not; the answer is fresh memory, and the same bits however the stream is cut. */
  push(bytes: Uint8Array): Uint8Array;
  /** The end of a turn: the sound still inside the filter. The transcoder is then as new. */
  flush(): Uint8Array;
  /** Barge-in: forgets the sound still inside. */
  reset(): void;
}

/**
 * From any encoding to any other, at the same rate, 1:2, 2:1 or 3:1.
 * Throws AUDIO_FORMAT_UNSUPPORTED for other rates.
 */
export function createTranscoder(from: AudioFormat, to: AudioFormat): Transcoder {
  const conversion = conversionOf(from.sampleRateHz, to.sampleRateHz);
  if (conversion === undefined)
    throw new LivelineError(
      'AUDIO_FORMAT_UNSUPPORTED',
      `no live conversion from ${from.sampleRateHz} Hz to ${to.sampleRateHz} Hz: ` +
        'the rates must be the same, 1:2, 2:1 or 3:1',
    );
  return new StreamTranscoder(from, to, conversion);
}

class StreamTranscoder implements Transcoder {
  readonly delaySamples: number;
  readonly #resampler: Resampler;
  readonly #history: number;
  readonly #read: Read;
  readonly #write: Write;
  readonly #sampleBytesIn: number;
  readonly #sampleBytesOut: number;
  readonly #unitBytesIn: number;
  readonly #unitBytesOut: number;
  /** Sound that ends what was said: as much as lies between a sample going in and coming out. */
  readonly #tailBytes: number;
  readonly #silence: number;
  /** The start of a unit whose end has not come yet. */
  readonly #carry: Uint8Array;
  #carried = 0;

  constructor(from: AudioFormat, to: AudioFormat, conversion: Conversion) {
    const { samplesIn, samplesOut, delaySamples, history } = conversion;
    this.delaySamples = delaySamples;
    this.#resampler = new Resampler(conversion);
    this.#history = history;
    this.#read = READERS[from.encoding];
    this.#write = WRITERS[to.encoding];
    this.#sampleBytesIn = bytesPerSample(from);
    this.#sampleBytesOut = bytesPerSample(to);
    this.#unitBytesIn = samplesIn * this.#sampleBytesIn;
    this.#unitBytesOut = samplesOut * this.#sampleBytesOut;
    this.#tailBytes = Math.ceil(delaySamples / samplesOut) * this.#unitBytesIn;
    this.#silence = silenceByte(from);
    this.#carry = new Uint8Array(this.#unitBytesIn);
  }

  push(bytes: Uint8Array): Uint8Array {
    const unitBytes = this.#unitBytesIn;
    const out = Buffer.allocUnsafe(
      Math.floor((this.#carried + bytes.length) / unitBytes) * this.#unitBytesOut,
    );
    let at = 0;
    let written = 0;
    if (this.#carried > 0) {
      at = this.#keep(bytes, 0, Math.min(unitBytes - this.#carried, bytes.length));
      if (this.#carried === unitBytes) {
        written = this.#convert(this.#carry, 0, 1, out, 0);
        this.#carried = 0;
      }
    }
    for (;;) {
      const units = Math.min(Math.floor((bytes.length - at) / unitBytes), BLOCK_UNITS);
      if (units === 0) break;
      written = this.#convert(bytes, at, units, out, written);
      at += units * unitBytes;
    }
    if (at < bytes.length) this.#keep(bytes, at, bytes.length);
    return out;
  }

  flush(): Uint8Array {
    const halfSample = this.#carried % this.#sampleBytesIn;
    this.#carried -= halfSample;
    const toWholeUnit = (this.#unitBytesIn - this.#carried) % this.#unitBytesIn;
    const tail = this.push(new Uint8Array(toWholeUnit + this.#tailBytes).fill(this.#silence));
    this.reset();
    return tail;
  }

  reset(): void {
    this.#resampler.reset();
    this.#carried = 0;
  }

  #keep(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) this.#carry[this.#carried++] = bytes[at]!;
    return to;
  }

  /** Answers where in `out` the next byte belongs. */
  #convert(bytes: Uint8Array, at: number, units: number, out: Uint8Array, written: number): number {
    const { inputs, outputs } = this.#resampler;
    for (let from = at, line = 0; from < at + this.#unitBytesIn; from += this.#sampleBytesIn, line++)
      this.#read(bytes, from, this.#unitBytesIn, inputs[line]!, this.#history, units);
    this.#resampler.run(units);
    for (let to = written, line = 0; to < written + this.#unitBytesOut; to += this.#sampleBytesOut, line++)
      this.#write(outputs[line]!, units, out, to, this.#unitBytesOut);
    return written + units * this.#unitBytesOut;
  }
}
