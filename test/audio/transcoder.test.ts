import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesPerSample,
  MULAW_8K,
  PCM16_16K,
  PCM16_24K,
  silence,
  type AudioFormat,
} from '../../src/audio/format.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { BLOCK_UNITS } from '../../src/audio/resample.ts';
import { pcm16Bytes, pcm16Samples } from '../../src/audio/samples.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { HALF_BAND_71, THIRD_149 } from '../../src/audio/taps.ts';

const pcm = (sampleRateHz: number): AudioFormat => ({ encoding: 'pcm16', sampleRateHz });
const alaw8k: AudioFormat = { encoding: 'alaw', sampleRateHz: 8_000 };

const PAIRS: readonly (readonly [AudioFormat, AudioFormat])[] = [
  [MULAW_8K, PCM16_16K],
  [PCM16_24K, MULAW_8K],
  [alaw8k, PCM16_16K],
  [PCM16_24K, alaw8k],
  [PCM16_16K, MULAW_8K],
  [PCM16_16K, PCM16_16K],
  [MULAW_8K, pcm(8_000)],
];

const called = ({ encoding, sampleRateHz }: AudioFormat): string => `${encoding} ${sampleRateHz}`;
const TABLE = PAIRS.map(([from, to]) => ({ from, to, name: `${called(from)} → ${called(to)}` }));

const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const whole = (from: AudioFormat, to: AudioFormat, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createTranscoder(from, to).push(bytes));

/** Any bytes: as PCM they are noise at full scale, so that saturation is met too. */
const sounds = fc.uint8Array({ minLength: 0, maxLength: 9_000 });
const cuts = fc.array(fc.oneof(fc.nat(7), fc.nat(1_500)), { minLength: 1, maxLength: 40 });

function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = i < lengths.length ? lengths[i]! : bytes.length - at;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

describe.each(TABLE)('$name', ({ from, to }) => {
  test('any cut of the stream, odd bytes and nothing included, gives the same bits', () => {
    fc.assert(
      fc.property(sounds, cuts, (bytes, lengths) => {
        const transcoder = createTranscoder(from, to);
        const parts = pieces(bytes, lengths).map((piece) => transcoder.push(piece));
        expect(join(parts)).toEqual(whole(from, to, bytes));
      }),
      { numRuns: 60 },
    );
  });

  test('gives exactly as many samples as the rates ask for, to the last whole unit', () => {
    fc.assert(
      fc.property(fc.nat(9_000), (length) => {
        const samplesIn = Math.floor(length / bytesPerSample(from));
        const samplesOut = whole(from, to, new Uint8Array(length)).length / bytesPerSample(to);
        const ratio = to.sampleRateHz / from.sampleRateHz;
        expect(samplesOut).toBe(Math.floor(samplesIn * ratio + 1e-9));
      }),
      { numRuns: 60 },
    );
  });

  test('reset forgets everything: what follows is as from a new one', () => {
    fc.assert(
      fc.property(sounds, sounds, (before, after) => {
        const transcoder = createTranscoder(from, to);
        transcoder.push(before);
        transcoder.reset();
        expect(new Uint8Array(transcoder.push(after))).toEqual(whole(from, to, after));
      }),
      { numRuns: 30 },
    );
  });

  test('flush lets the last sample out, whole, and leaves nothing for the next turn', () => {
    fc.assert(
      fc.property(sounds, sounds, (bytes, after) => {
        const transcoder = createTranscoder(from, to);
        const out = join([transcoder.push(bytes), transcoder.flush()]);
        const samples = Math.floor(bytes.length / bytesPerSample(from));
        const needed = Math.ceil((samples * to.sampleRateHz) / from.sampleRateHz - 1e-9);
        expect(out.length / bytesPerSample(to)).toBeGreaterThanOrEqual(needed + transcoder.delaySamples);
        expect(new Uint8Array(transcoder.push(after))).toEqual(whole(from, to, after));
      }),
      { numRuns: 30 },
    );
  });

  test('silence in, silence out', () => {
    expect(whole(from, to, silence(from, 60))).toEqual(
      from.encoding === 'alaw' ? expect.anything() : silence(to, 60),
    );
  });

  test('answers memory of its own and leaves its input alone', () => {
    const transcoder = createTranscoder(from, to);
    const bytes = Uint8Array.from({ length: 960 }, (_, i) => (i * 7) & 0xff);
    const sent = bytes.slice();
    const first = transcoder.push(bytes);
    const kept = first.slice();
    transcoder.push(bytes);
    transcoder.reset();
    expect(new Uint8Array(first)).toEqual(new Uint8Array(kept));
    expect(bytes).toEqual(sent);
  });
});

test('a frame in the middle of another buffer, at an odd address, is read where it lies', () => {
  const sound = Uint8Array.from({ length: 960 }, (_, i) => (i * 31) & 0xff);
  const buffer = Buffer.concat([Buffer.from([1, 2, 3]), sound, Buffer.from([4, 5])]);
  const slice = buffer.subarray(3, 963);
  expect(slice.byteOffset % 2).toBe(1 - (buffer.byteOffset % 2));
  expect(whole(PCM16_24K, MULAW_8K, slice)).toEqual(whole(PCM16_24K, MULAW_8K, sound));
});

test("half a sample at the end of a turn is nobody's sound", () => {
  const sound = Uint8Array.from({ length: 962 }, (_, i) => (i * 31) & 0xff);
  const [whole24k, odd] = [sound, Uint8Array.of(...sound, 0xff)].map((bytes) => {
    const transcoder = createTranscoder(PCM16_24K, pcm(8_000));
    return join([transcoder.push(bytes), transcoder.flush()]);
  });
  expect(odd).toEqual(whole24k);
});

test('calls side by side do not hear each other', () => {
  const [a, b] = [1, 2].map((seed) => Uint8Array.from({ length: 4_800 }, (_, i) => (i * i * seed) & 0xff));
  const one = createTranscoder(PCM16_24K, MULAW_8K);
  const other = createTranscoder(PCM16_24K, MULAW_8K);
  const up = createTranscoder(MULAW_8K, PCM16_16K);
  const parts = Array.from({ length: 5 }, (_, i) => {
    const heard = one.push(a!.subarray(i * 960, (i + 1) * 960));
    up.push(b!.subarray(0, 160));
    other.push(b!.subarray(i * 960, (i + 1) * 960));
    return heard;
  });
  expect(join(parts)).toEqual(whole(PCM16_24K, MULAW_8K, a!));
});

test('µ-law goes the same way as the samples it stands for', () => {
  const codes = Uint8Array.from({ length: 1_600 }, (_, i) => (i * 73) & 0xff);
  const samples = pcm16Bytes(Int16Array.from(codes, (code) => MULAW_DECODE[code]!));
  expect(whole(MULAW_8K, PCM16_16K, codes)).toEqual(whole(pcm(8_000), PCM16_16K, samples));

  const sound = pcm16Bytes(Int16Array.from({ length: 4_800 }, (_, i) => 12_000 * Math.sin(i / 9)));
  const down = pcm16Samples(whole(PCM16_24K, pcm(8_000), sound));
  expect(whole(PCM16_24K, MULAW_8K, sound)).toEqual(
    Uint8Array.from(down, (sample) => MULAW_ENCODE[sample & 0xffff]!),
  );
});

test('going up to 16 kHz, every second sample is an original, 17 samples later', () => {
  const originals = Int16Array.from({ length: 400 }, (_, i) => ((i * 7_919) % 65_536) - 32_768);
  const out = pcm16Samples(whole(pcm(8_000), PCM16_16K, pcm16Bytes(originals)));
  const kept = out.filter((_, i) => i % 2 === 1);
  expect([...kept.subarray(17)]).toEqual([...originals.subarray(0, 400 - 17)]);
});

test('what comes out of an impulse is the filter itself', () => {
  const up = createTranscoder(pcm(8_000), PCM16_16K);
  expect(up.delaySamples).toBe(35);
  const impulse = new Int16Array(60);
  impulse[0] = 16_384;
  const rising = pcm16Samples(up.push(pcm16Bytes(impulse)));
  expect([...rising.subarray(0, 71)]).toEqual(HALF_BAND_71.map((tap) => Math.floor(tap * 32_768 + 0.5)));

  const down = createTranscoder(PCM16_24K, pcm(8_000));
  expect(down.delaySamples).toBe(24);
  const late = new Int16Array(180);
  late[0] = 32_767;
  const falling = pcm16Samples(down.push(pcm16Bytes(late)));
  // The first output meets the impulse with the third tap: it is due with the last of three samples.
  const everyThird = THIRD_149.filter((_, i) => i % 3 === 2);
  expect([...falling.subarray(0, 49)]).toEqual(everyThird.map((tap) => Math.floor(tap * 32_767 + 0.5)));
});

test('a step to full scale overshoots and is held there, both ways up', () => {
  for (const level of [32_767, -32_768]) {
    const step = pcm16Bytes(new Int16Array(600).fill(level));
    for (const out of [whole(PCM16_24K, pcm(8_000), step), whole(pcm(8_000), PCM16_16K, step)]) {
      const samples = pcm16Samples(out);
      expect(samples).toContain(level);
      // Once past the rise, no sample may have come round to the other sign.
      expect([...samples.subarray(80)].every((sample) => Math.sign(sample) === Math.sign(level))).toBe(true);
    }
  }
});

test('a chunk longer than a block is converted in one go', () => {
  const seconds = 5;
  const bytes = Uint8Array.from({ length: 48_000 * seconds + 5 }, (_, i) => (i * 11) & 0xff);
  expect(bytes.length / 6).toBeGreaterThan(BLOCK_UNITS);
  const transcoder = createTranscoder(PCM16_24K, MULAW_8K);
  const parts = pieces(bytes, [BLOCK_UNITS * 6 - 1, 2, BLOCK_UNITS * 12 + 3]).map((piece) =>
    transcoder.push(piece),
  );
  expect(join(parts)).toEqual(whole(PCM16_24K, MULAW_8K, bytes));
});

test.each([
  [24_000, 16_000],
  [8_000, 24_000],
  [16_000, 24_000],
  [44_100, 8_000],
  [48_000, 8_000],
  [0, 8_000],
])('refuses %i Hz → %i Hz and says so', (fromHz, toHz) => {
  expect(() => createTranscoder(pcm(fromHz), pcm(toHz))).toThrow(
    expect.objectContaining({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
      message: expect.stringContaining(`${fromHz} Hz to ${toHz} Hz`) as string,
    }),
  );
});
