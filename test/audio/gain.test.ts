import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K, PCM16_24K, bytesPerSample, silence, type AudioFormat } from '../../src/audio/format.ts';
import { Gain } from '../../src/audio/gain.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { pcm16Bytes, pcm16Samples } from '../../src/audio/samples.ts';

const ALAW_8K: AudioFormat = { encoding: 'alaw', sampleRateHz: 8_000 };
const FORMATS = [MULAW_8K, ALAW_8K, PCM16_24K];

const dbs = fc.integer({ min: -40, max: 0 });
const rms = (samples: ArrayLike<number>): number =>
  Math.sqrt(Array.from(samples).reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);

describe.each(FORMATS)('$encoding', (format) => {
  const stride = bytesPerSample(format);
  const whole = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - (bytes.length % stride));

  test('at 0 dB gives the very bytes, not a copy: untouched, after a reset, and 10 ms after a return', () => {
    const gain = new Gain(format);
    const sound = silence(format, 20).map((_, n) => n);
    expect(gain.apply(sound)).toBe(sound);
    gain.toDb(-12);
    expect(gain.apply(sound)).not.toEqual(sound);
    gain.reset();
    expect(gain.apply(sound)).toBe(sound);
    gain.toDb(-12);
    gain.apply(sound);
    gain.toDb(0);
    expect(gain.apply(sound)).not.toBe(sound);
    expect(gain.apply(sound)).toBe(sound);
  });

  test('the same bits however the sound is cut into whole samples', () => {
    const changes = fc.array(fc.tuple(fc.nat(300), dbs), { maxLength: 5 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), changes, fc.nat(90), (bytes, levels, cut) => {
        const run = (step: number): Buffer => {
          const gain = new Gain(format);
          const parts: Uint8Array[] = [];
          let rest = whole(bytes);
          for (const [samples, db] of [...levels, [Infinity, 0] as const]) {
            let left = Math.min(rest.length, samples * stride);
            while (left > 0) {
              const piece = rest.subarray(0, Math.min(left, step * stride));
              parts.push(gain.apply(piece));
              rest = rest.subarray(piece.length);
              left -= piece.length;
            }
            gain.toDb(db);
          }
          return Buffer.concat(parts);
        };
        expect(run(cut + 1).equals(run(Infinity))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('silence stays silence, at every level and on the way to it', () => {
    const sound = silence(format, 30);
    for (const db of [-1, -12, -40, -Infinity]) {
      const gain = new Gain(format);
      gain.toDb(db);
      expect(gain.apply(sound)).toEqual(sound);
      gain.toDb(0);
      expect(gain.apply(sound)).toEqual(sound);
    }
  });

  test('what is not a level below 0 dB is 0 dB', () => {
    const gain = new Gain(format);
    const sound = silence(format, 20).map((_, n) => n);
    for (const db of [6, Infinity, NaN]) {
      gain.toDb(db);
      expect(gain.db).toBe(0);
      expect(gain.apply(sound)).toBe(sound);
    }
  });

  test('nothing in, nothing out', () => {
    const gain = new Gain(format);
    gain.toDb(-6);
    expect(gain.apply(new Uint8Array(0))).toHaveLength(0);
  });
});

test('a tone of 1 kHz at -15 dBFS is as much softer as was asked for, within half a decibel, through µ-law', () => {
  const amplitude = 32_768 * 10 ** (-15 / 20);
  const tone = Uint8Array.from(
    { length: 8_000 },
    (_, n) => MULAW_ENCODE[Math.round(amplitude * Math.sin((2 * Math.PI * n) / 8 + 0.3)) & 0xffff]!,
  );
  const levelOf = (bytes: Uint8Array): number => rms(Array.from(bytes, (code) => MULAW_DECODE[code]!));
  for (let db = -1; db >= -30; db--) {
    const gain = new Gain(MULAW_8K);
    gain.toDb(db);
    gain.apply(tone.subarray(0, 80));
    const measured = 20 * Math.log10(levelOf(gain.apply(tone)) / levelOf(tone));
    expect(Math.abs(measured - db), `${db} dB`).toBeLessThan(0.5);
  }
});

test('no change of level makes a jump larger than 10 ms of ramp allow, even one change during another', () => {
  const level = 20_000;
  const changes = fc.array(fc.tuple(dbs, fc.integer({ min: 1, max: 500 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(changes, (levels) => {
      const gain = new Gain(PCM16_24K);
      const out = levels.flatMap(([db, samples]) => {
        gain.toDb(db);
        return [...pcm16Samples(gain.apply(pcm16Bytes(new Int16Array(samples).fill(level))))];
      });
      // 240 samples are 10 ms; one more for rounding.
      for (const [n, sample] of out.entries())
        expect(Math.abs(sample - (out[n - 1] ?? level))).toBeLessThanOrEqual(level / 240 + 1);
    }),
  );
});

test('what was scaled and is scaled again has the level that it had, and none of before the last change', () => {
  const gain = new Gain(PCM16_24K);
  const sound = pcm16Bytes(new Int16Array(480).fill(10_000));
  gain.toDb(-20);
  const once = gain.apply(sound);
  gain.rewind(sound.length - 200);
  expect(gain.apply(sound.subarray(200))).toEqual(once.subarray(200));
  gain.rewind(10 * sound.length);
  expect(gain.apply(sound)).toEqual(once);
});

test('an odd last byte of PCM16 is handed on', () => {
  const gain = new Gain(PCM16_24K);
  gain.toDb(-20);
  expect(gain.apply(Uint8Array.of(0, 0, 77))).toEqual(Uint8Array.of(0, 0, 77));
});
