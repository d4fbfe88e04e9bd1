import alawmulaw from 'alawmulaw';
import { describe, expect, test } from 'vitest';
import { ALAW_DECODE, ALAW_ENCODE, MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { ALAW, allowedCodes, decodedValue, g191Code, MULAW } from './g711-reference.ts';

const SAMPLES = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const CODES = Array.from({ length: 256 }, (_, code) => code);

const LAWS = [
  // µ-law has 127 decision values above zero on each side; alawmulaw takes the other step on the negative ones.
  {
    law: MULAW,
    encode: MULAW_ENCODE,
    decode: MULAW_DECODE,
    packaged: alawmulaw.mulaw,
    ties: 127,
    silence: 0xff,
  },
  { law: ALAW, encode: ALAW_ENCODE, decode: ALAW_DECODE, packaged: alawmulaw.alaw, ties: 127, silence: 0xd5 },
] as const;

describe.each(LAWS)('$law.name', ({ law, encode, decode, packaged, ties, silence }) => {
  const coded = (sample: number): number => encode[sample & 0xffff]!;

  test('the reference has the decision values of the standard', () => {
    expect(law.decisions).toHaveLength(129);
    expect(law.decisions[128]).toBe(law.name === 'mulaw' ? 8_159 * 4 : 4_096 * 8);
  });

  test('every one of 65,536 samples gets the code of G.191', () => {
    expect(SAMPLES.filter((sample) => coded(sample) !== g191Code(law, sample))).toEqual([]);
  });

  test('no sample gets a code that G.711 does not allow', () => {
    expect(SAMPLES.filter((sample) => !allowedCodes(law, sample).includes(coded(sample)))).toEqual([]);
  });

  test('every code is decoded to the middle of its step', () => {
    expect(CODES.map((code) => decode[code]! + 0)).toEqual(CODES.map((code) => decodedValue(law, code) + 0));
  });

  test('alawmulaw agrees but for exact ties', () => {
    const unlike = SAMPLES.filter((sample) => coded(sample) !== (packaged.encodeSample(sample) & 0xff));
    expect(unlike.every((sample) => allowedCodes(law, sample).length === 2)).toBe(true);
    expect(unlike).toHaveLength(ties);
    expect(CODES.map((code) => packaged.decodeSample(code) + 0)).toEqual([...decode]);
  });

  test('silence is zero or the step nearest to it, and decoding then encoding keeps every code', () => {
    expect(coded(0)).toBe(silence);
    const changed = CODES.filter((code) => coded(decode[code]!) !== code);
    // Minus zero becomes zero: 16 bits cannot tell them apart.
    expect(changed).toEqual(law.name === 'mulaw' ? [0x7f] : []);
  });
});
