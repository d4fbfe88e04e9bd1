// µ-law encoders held against G.711's decision values: all 65,536 samples, all 256 codes.
import alawmulaw from 'alawmulaw';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { allowedCodes, decodedValue, g191Code, MULAW } from '../../test/audio/g711-reference.ts';

export interface MulawFigures {
  readonly name: string;
  /** Samples coded with a step that does not hold them. */
  readonly disallowed: number;
  /** Samples coded otherwise than by G.191's reference code, which also settles the ties. */
  readonly unlikeG191: number;
  /** Of 256 codes. */
  readonly decodedRight: number;
}

interface Codec {
  readonly name: string;
  readonly encode: (sample: number) => number;
  readonly decode: (code: number) => number;
}

/** The rule of many sample applications: to 14 bits first, then the sign, which rounds negative samples outwards. */
function shiftThenNegate(sample: number): number {
  const shifted = sample >> 2;
  const magnitude = Math.min(Math.abs(shifted) + 33, 0x1fff);
  const segment = 26 - Math.clz32(magnitude);
  return ~((shifted < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 1)) & 0x0f)) & 0xff;
}

const CODECS: readonly Codec[] = [
  {
    name: 'liveline',
    encode: (sample) => MULAW_ENCODE[sample & 0xffff]!,
    decode: (code) => MULAW_DECODE[code]!,
  },
  {
    name: 'alawmulaw',
    encode: (sample) => alawmulaw.mulaw.encodeSample(sample) & 0xff,
    decode: (code) => alawmulaw.mulaw.decodeSample(code),
  },
  { name: 'shift, then negate', encode: shiftThenNegate, decode: (code) => MULAW_DECODE[code]! },
];

const SAMPLES = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const CODES = Array.from({ length: 256 }, (_, code) => code);

export function mulawFigures(): MulawFigures[] {
  const allowed = SAMPLES.map((sample) => allowedCodes(MULAW, sample));
  const reference = SAMPLES.map((sample) => g191Code(MULAW, sample));
  return CODECS.map(({ name, encode, decode }) => ({
    name,
    disallowed: SAMPLES.filter((sample, i) => !allowed[i]!.includes(encode(sample))).length,
    unlikeG191: SAMPLES.filter((sample, i) => encode(sample) !== reference[i]).length,
    // Minus zero is zero.
    decodedRight: CODES.filter((code) => decode(code) === decodedValue(MULAW, code) + 0).length,
  }));
}
