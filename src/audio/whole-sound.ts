// Whole recordings brought to another rate, in step with the original. For files; a live stream goes through a transcoder.
import waveResampler from 'wave-resampler';
import { pcm16Bytes, pcm16Samples } from './samples.ts';
import { conversionOf } from './resample.ts';
import { createTranscoder } from './transcoder.ts';

/** Mono. Rates of 1:2, 2:1 and 3:1 go through our own filters, others (44,100 Hz) through wave-resampler. */
export function resampleWhole(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  return conversionOf(fromHz, toHz) === undefined
    ? throughWaveResampler(samples, fromHz, toHz)
    : throughTranscoder(samples, fromHz, toHz);
}

function throughTranscoder(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  const transcoder = createTranscoder(
    { encoding: 'pcm16', sampleRateHz: fromHz },
    { encoding: 'pcm16', sampleRateHz: toHz },
  );
  const late = Buffer.concat([transcoder.push(pcm16Bytes(samples)), transcoder.flush()]);
  const length = Math.ceil((samples.length * toHz) / fromHz);
  return pcm16Samples(late).subarray(transcoder.delaySamples, transcoder.delaySamples + length);
}

/**
 * The settings are the package's best (measured). It filters inside the array that it is given, hence the copy, which
 * must hold fractions; and it answers fractions that may pass full scale.
 */
function throughWaveResampler(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  const converted = waveResampler.resample(Float64Array.from(samples), fromHz, toHz, {
    method: 'sinc',
    LPF: true,
    LPFType: 'IIR',
  });
  return Int16Array.from(converted, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample))));
}
