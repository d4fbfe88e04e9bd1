// Who is measured: each turns 8 kHz into 16 kHz and 24 kHz into 8 kHz, 16 bits in, 16 bits out, chunk by chunk.
import speexResampler from 'speex-resampler';
import waveResampler from 'wave-resampler';
import { MULAW_8K, PCM16_16K, PCM16_24K, type AudioFormat } from '../../src/audio/format.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
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

const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** Copies: what a package answers may lie at an odd address. */
const samplesOf = (bytes: Uint8Array): Int16Array =>
  new Int16Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 1);

/** Packages know no µ-law: they get our tables, so that the difference is the resampler's. */
const withTables = (open: Contender['open']): Contender['openMulaw'] =>
  function openMulaw(direction) {
    const stream = open(direction);
    return direction === 'up'
      ? (bytes) => bytesOf(stream(decoded(bytes)))
      : (bytes) => encoded(stream(samplesOf(bytes)));
  };

function decoded(codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) samples[i] = MULAW_DECODE[codes[i]!]!;
  return samples;
}

function encoded(samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) codes[i] = MULAW_ENCODE[samples[i]! & 0xffff]!;
  return codes;
}

const pcm = (sampleRateHz: number): AudioFormat => ({ encoding: 'pcm16', sampleRateHz });

const liveline: Contender = {
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

const openSpeex: Contender['open'] = (direction) => {
  const { fromHz, toHz } = RATES[direction];
  const speex = new speexResampler.default(1, fromHz, toHz, 5);
  return (chunk) => samplesOf(speex.processChunk(bytesOf(chunk)));
};

/** Chunk by chunk and on Int16Arrays, as applications call it. */
const openWaveResampler: Contender['open'] = (direction) => {
  const { fromHz, toHz } = RATES[direction];
  return (chunk) => new Int16Array(waveResampler.resample(chunk.slice(), fromHz, toHz));
};

const openNaive: Contender['open'] = (direction) => (direction === 'up' ? held : dropped);

function held(chunk: Int16Array): Int16Array {
  const out = new Int16Array(2 * chunk.length);
  for (let i = 0; i < out.length; i++) out[i] = chunk[i >> 1]!;
  return out;
}

function dropped(chunk: Int16Array): Int16Array {
  const out = new Int16Array(Math.floor(chunk.length / 3));
  for (let i = 0; i < out.length; i++) out[i] = chunk[3 * i]!;
  return out;
}

const contender = (name: string, open: Contender['open']): Contender => ({
  name,
  open,
  openMulaw: withTables(open),
});

export async function contenders(): Promise<Contender[]> {
  await speexResampler.default.initPromise;
  return [
    liveline,
    contender('speex q5', openSpeex),
    contender('wave-res.', openWaveResampler),
    contender('hold/drop', openNaive),
  ];
}
