// Bytes to samples and back, in every encoding, with a stride: one phase of a resampler takes every nth sample.
import type { Encoding } from './format.ts';
import { ALAW_DECODE, ALAW_ENCODE, MULAW_DECODE, MULAW_ENCODE } from './g711.ts';

/** Reads `count` samples, the first at byte `at` and each `stride` bytes after the last, to `line` from index `start` on. */
export type Read = (
  bytes: Uint8Array,
  at: number,
  stride: number,
  line: Float64Array,
  start: number,
  count: number,
) => void;

/** Writes the first `count` samples of `line`, rounded, and held at full scale where they would pass it. */
export type Write = (
  line: Float64Array,
  count: number,
  bytes: Uint8Array,
  at: number,
  stride: number,
) => void;

const readCodes =
  (decode: Int16Array): Read =>
  (bytes, at, stride, line, start, count) => {
    const end = start + count;
    for (let i = start, from = at; i < end; i++, from += stride) line[i] = decode[bytes[from]!]!;
  };

const readPcm16: Read = (bytes, at, stride, line, start, count) => {
  const end = start + count;
  for (let i = start, from = at; i < end; i++, from += stride)
    line[i] = ((bytes[from]! | (bytes[from + 1]! << 8)) << 16) >> 16;
};

/** The sample as an unsigned number from 0 to 65,535, silence at 32,768: there, cutting off the fraction rounds. */
function offsetBinary(sample: number): number {
  const level = sample + 32_768.5;
  if (level < 0) return 0;
  return level > 0xffff ? 0xffff : level | 0;
}

const writeCodes =
  (encode: Uint8Array): Write =>
  (line, count, bytes, at, stride) => {
    for (let i = 0, to = at; i < count; i++, to += stride)
      bytes[to] = encode[offsetBinary(line[i]!) ^ 0x8000]!;
  };

const writePcm16: Write = (line, count, bytes, at, stride) => {
  for (let i = 0, to = at; i < count; i++, to += stride) {
    const bits = offsetBinary(line[i]!) ^ 0x8000;
    bytes[to] = bits;
    bytes[to + 1] = bits >> 8;
  }
};

export const READERS: Readonly<Record<Encoding, Read>> = {
  mulaw: readCodes(MULAW_DECODE),
  alaw: readCodes(ALAW_DECODE),
  pcm16: readPcm16,
};

export const WRITERS: Readonly<Record<Encoding, Write>> = {
  mulaw: writeCodes(MULAW_ENCODE),
  alaw: writeCodes(ALAW_ENCODE),
  pcm16: writePcm16,
};

/** Little-endian on every machine; an odd last byte is left out. */
export function pcm16Samples(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
  return samples;
}

export function pcm16Bytes(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    bytes[2 * i] = samples[i]!;
    bytes[2 * i + 1] = samples[i]! >> 8;
  }
  return bytes;
}
