// The others: two packages, and what sample applications do without one.
import speexResampler from 'speex-resampler';
import waveResampler from 'wave-resampler';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { bytesOf, liveline, RATES, samplesOf, type Contender } from './contender.ts';

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
