// What a contender is, and our own: 8 kHz into 16 kHz and 24 kHz into 8 kHz, 16 bits in, 16 bits out, chunk by chunk.
import { MULAW_8K, PCM16_16K, PCM16_24K, type AudioFormat } from '../../src/audio/format.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';

export type Stream = (chunk: Int16Array) => Int16Array;
export type ByteStream = (bytes: Uint8Array) => Uint8Array;
export type Direction = 'up' | 'down';

export interface Contender {
  readonly name: string;
  /** A fresh stream of one call. */
  open(direction: Direction): Stream;
  /** The same with µ-law at the 8 kHz end, as a call runs it. */
  openMulaw(direction: Direction): ByteStream;
}

export const RATES: Readonly<Record<Direction, { readonly fromHz: number; readonly toHz: number }>> = {
  up: { fromHz: 8_000, toHz: 16_000 },
  down: { fromHz: 24_000, toHz: 8_000 },
};

export const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** Copies: what a package answers may lie at an odd address. */
export const samplesOf = (bytes: Uint8Array): Int16Array =>
  new Int16Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 1);

const pcm = (sampleRateHz: number): AudioFormat => ({ encoding: 'pcm16', sampleRateHz });

export const liveline: Contender = {
  name: 'liveline',
  open(direction) {
    const { fromHz, toHz } = RATES[direction];
    const transcoder = createTranscoder(pcm(fromHz), pcm(toHz));
    return (chunk) => samplesOf(transcoder.push(bytesOf(chunk)));
  },
  openMulaw(direction) {
    const transcoder =
      direction === 'up' ? createTranscoder(MULAW_8K, PCM16_16K) : createTranscoder(PCM16_24K, MULAW_8K);
    return (bytes) => transcoder.push(bytes);
  },
};
