// The bench's own sound: frames and chunks that can be recognised after any codec. Knows nothing of sockets or time.
import alawmulaw from 'alawmulaw';

export const FRAME_MS = 20;

export interface Format {
  readonly encoding: 'mulaw' | 'pcm16';
  readonly rateHz: number;
}
export const MULAW_8K: Format = { encoding: 'mulaw', rateHz: 8_000 };
export const PCM16_16K: Format = { encoding: 'pcm16', rateHz: 16_000 };
export const PCM16_24K: Format = { encoding: 'pcm16', rateHz: 24_000 };

export const bytesPerMs = ({ encoding, rateHz }: Format): number =>
  (rateHz / 1_000) * (encoding === 'pcm16' ? 2 : 1);

/** Caller frames differ in level by 6 dB steps, so that a lost, repeated or swapped frame is heard as such. */
const QUIETEST_PEAK = 1_000;
const LEVELS = 4;
/** Two bits of Knuth's multiplicative hash: neighbours seldom alike, the same in every run. */
export const levelOfFrame = (frame: number): number => Math.imul(frame + 1, 0x9e3779b1) >>> 30;

const AGENT_PEAK = 8_000;
/** Whole periods in every 20 ms at every rate, so that frames and chunks join without a click. */
const CALLER_HZ = 500;
const AGENT_HZ = 1_000;

function tone(format: Format, hz: number, peak: number, ms: number): Buffer {
  const samples = Int16Array.from({ length: (format.rateHz * ms) / 1_000 }, (_, n) =>
    Math.round(peak * Math.sin((2 * Math.PI * hz * n) / format.rateHz)),
  );
  return Buffer.from(
    format.encoding === 'mulaw' ? alawmulaw.mulaw.encode(samples) : new Uint8Array(samples.buffer),
  );
}

/** Base64 of one caller frame for each level. */
export const CALLER_FRAMES: readonly string[] = Array.from({ length: LEVELS }, (_, level) =>
  tone(MULAW_8K, CALLER_HZ, QUIETEST_PEAK * 2 ** level, FRAME_MS).toString('base64'),
);

/** Base64 of agent speech of this length. */
export const agentChunk = (format: Format, ms: number): string =>
  tone(format, AGENT_HZ, AGENT_PEAK, ms).toString('base64');

/** The loudness of the middle of the last frame in `bytes`, as the peak of a tone; codecs may shift sound by up to 5 ms. */
function peakOfLastFrame(bytes: Buffer, format: Format): number {
  const perMs = bytesPerMs(format);
  const middle = bytes.subarray(bytes.length - perMs * 15, bytes.length - perMs * 5);
  const samples =
    format.encoding === 'mulaw'
      ? alawmulaw.mulaw.decode(middle)
      : Int16Array.from({ length: middle.length / 2 }, (_, n) => middle.readInt16LE(2 * n));
  return Math.sqrt((2 * samples.reduce((sum, sample) => sum + sample * sample, 0)) / samples.length);
}

/** Whether the last frame in `bytes` sounds like the caller's frame of this number. */
export const isCallerFrame = (bytes: Buffer, format: Format, frame: number): boolean =>
  Math.round(Math.log2(peakOfLastFrame(bytes, format) / QUIETEST_PEAK)) === levelOfFrame(frame);

/** Whether it sounds like the agent, give or take 1.5 dB. */
export const isAgentSound = (bytes: Buffer, format: Format): boolean =>
  Math.abs(20 * Math.log10(peakOfLastFrame(bytes, format) / AGENT_PEAK)) < 1.5;
