// G.711: µ-law and A-law as tables, for loops that turn a byte into a sample and back. Knows nothing of rates or frames.

/** 16-bit samples by code. */
export const MULAW_DECODE: Int16Array = new Int16Array(256).map((_, code) => decodeMulaw(code));
export const ALAW_DECODE: Int16Array = new Int16Array(256).map((_, code) => decodeAlaw(code));

/** Codes by 16-bit sample, indexed with `sample & 0xffff`. */
export const MULAW_ENCODE: Uint8Array = new Uint8Array(65_536).map((_, bits) => encodeMulaw(bits));
export const ALAW_ENCODE: Uint8Array = new Uint8Array(65_536).map((_, bits) => encodeAlaw(bits));

/**
 * The magnitude that G.711 codes. Negative samples take the ones' complement, as the reference code of G.191 does:
 * negating instead puts samples inside three of every four decision values one step too far out.
 */
function magnitudeOf(bits: number): number {
  return bits < 0x8000 ? bits : 0xffff - bits;
}

/** G.711 Table 2: 14-bit magnitudes, offset by 33 so that the position of the highest bit is the segment. */
function encodeMulaw(bits: number): number {
  const magnitude = Math.min((magnitudeOf(bits) >> 2) + 33, 0x1fff);
  const segment = 26 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 1)) & 0x0f;
  return ~(((bits >> 8) & 0x80) | (segment << 4) | step) & 0xff;
}

function decodeMulaw(code: number): number {
  const segment = (~code >> 4) & 0x07;
  const magnitude = ((((~code & 0x0f) << 1) + 33) << segment) - 33;
  return code < 0x80 ? -magnitude * 4 : magnitude * 4;
}

/** G.711 Table 1: 12-bit magnitudes, the two lowest segments of equal step, even bits inverted on the line. */
function encodeAlaw(bits: number): number {
  const magnitude = magnitudeOf(bits) >> 4;
  const segment = Math.max(0, 28 - Math.clz32(magnitude));
  const step = (magnitude >> Math.max(0, segment - 1)) & 0x0f;
  return ((~bits >> 8) & 0x80) ^ ((segment << 4) | step) ^ 0x55;
}

function decodeAlaw(code: number): number {
  const segment = ((code ^ 0x55) >> 4) & 0x07;
  const step = (code ^ 0x55) & 0x0f;
  const magnitude = segment === 0 ? 2 * step + 1 : (2 * step + 33) << (segment - 1);
  return code < 0x80 ? -magnitude * 8 : magnitude * 8;
}
