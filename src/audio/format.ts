// What a stretch of sound is made of. Every buffer in the server has one of these formats; all are mono.

export type Encoding = 'mulaw' | 'alaw' | 'pcm16';

export interface AudioFormat {
  readonly encoding: Encoding;
  readonly sampleRateHz: number;
}

/** One frame: what a telephone network sends at a time. */
export const FRAME_MS = 20;

/** Twilio Media Streams carries only this (Twilio docs, Media Streams: WebSocket messages). */
export const MULAW_8K: AudioFormat = Object.freeze({ encoding: 'mulaw', sampleRateHz: 8_000 });
/** What the Live API listens to natively (ai.google.dev, Live API – capabilities): signed 16-bit little-endian. */
export const PCM16_16K: AudioFormat = Object.freeze({ encoding: 'pcm16', sampleRateHz: 16_000 });
/** What the Live API speaks. */
export const PCM16_24K: AudioFormat = Object.freeze({ encoding: 'pcm16', sampleRateHz: 24_000 });

export const bytesPerSample = (format: AudioFormat): 1 | 2 => (format.encoding === 'pcm16' ? 2 : 1);

export const bytesOfMs = (format: AudioFormat, ms: number): number =>
  Math.round((ms * format.sampleRateHz) / 1_000) * bytesPerSample(format);

export const msOfBytes = (format: AudioFormat, bytes: number): number =>
  (bytes / bytesPerSample(format) / format.sampleRateHz) * 1_000;

/** The byte that, repeated, is silence: µ-law's plus zero is 0xFF, A-law's is 0xD5 (G.711). */
export const silenceByte = (format: AudioFormat): number =>
  ({ mulaw: 0xff, alaw: 0xd5, pcm16: 0x00 })[format.encoding];

export const silence = (format: AudioFormat, ms: number): Uint8Array =>
  new Uint8Array(bytesOfMs(format, ms)).fill(silenceByte(format));
