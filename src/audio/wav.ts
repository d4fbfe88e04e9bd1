// WAV files: read, written, and brought to the format in which they are played. Knows nothing of where files come from.
import alawmulaw from 'alawmulaw';
import { LivelineError } from '../base/errors.ts';
import { bytesPerSample, type AudioFormat, type Encoding } from './format.ts';
import { pcm16Bytes, pcm16Samples } from './samples.ts';
import { resampleWhole } from './whole-sound.ts';

export interface Wav {
  readonly sampleRateHz: number;
  /** How the samples are stored in the file; `channels` holds them decoded. */
  readonly encoding: Encoding;
  /** One or two of equal length; of a call's recording, the caller is the first and the agent the second. */
  readonly channels: readonly Int16Array[];
}

/** Format tags of the WAVE registry (RFC 2361); the samples of 0xFFFE name theirs in an extension. */
const TAGS: Readonly<Record<Encoding, number>> = { pcm16: 1, alaw: 6, mulaw: 7 };
const EXTENSIBLE = 0xfffe;
/** Writers that cannot seek back leave the length of the sound at this or, sox, close below 2³¹. */
export const LENGTH_UNKNOWN = 0x7fff_0000;
const RATES_HZ = { min: 8_000, max: 192_000 };

/** Reads PCM16, µ-law and A-law, mono and stereo. Throws WAV_INVALID, saying what is wrong and what to do. */
export function readWav(file: Uint8Array): Wav {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (textAt(file, 0) !== 'RIFF' || textAt(file, 8) !== 'WAVE')
    return invalid('it does not start as a WAV file does (RIFF…WAVE)');
  let layout: Layout | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const id = textAt(file, at);
    const says = view.getUint32(at + 4, true);
    const start = at + 8;
    const follows = file.length - start;
    const length = id === 'data' && says >= LENGTH_UNKNOWN ? follows : says;
    if (length > follows)
      return invalid(`it is cut off: its "${id}" chunk says ${says} bytes and ${follows} follow`);
    if (id === 'fmt ') layout = readLayout(new DataView(file.buffer, file.byteOffset + start, length));
    if (id === 'data') {
      if (!layout) return invalid('its sound comes before its "fmt " chunk, which says what the sound is');
      const { sampleRateHz, encoding } = layout;
      return { sampleRateHz, encoding, channels: channelsOf(file.subarray(start, start + length), layout) };
    }
    // Chunks of odd length are followed by one byte of padding.
    at = start + length + (length % 2);
  }
  return invalid('it holds no sound (no "data" chunk)');
}

interface Layout {
  readonly sampleRateHz: number;
  readonly encoding: Encoding;
  readonly count: number;
}

function readLayout(chunk: DataView): Layout {
  if (chunk.byteLength < 16) return invalid(`its "fmt " chunk has ${chunk.byteLength} bytes instead of 16`);
  const named = chunk.getUint16(0, true);
  const tag = named === EXTENSIBLE && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : named;
  const count = chunk.getUint16(2, true);
  const sampleRateHz = chunk.getUint32(4, true);
  const bits = chunk.getUint16(14, true);
  const encoding = (['pcm16', 'alaw', 'mulaw'] as const).find((known) => TAGS[known] === tag);
  if (encoding === undefined || bits !== bytesPerSample({ encoding, sampleRateHz }) * 8)
    return invalid(
      `its samples are of kind ${tag} with ${bits} bits; 16-bit PCM, µ-law and A-law can be read ` +
        '(sox in.wav -b 16 -e signed out.wav makes one)',
    );
  if (count !== 1 && count !== 2) return invalid(`it has ${count} channels; one or two can be read`);
  if (sampleRateHz < RATES_HZ.min || sampleRateHz > RATES_HZ.max)
    return invalid(`its rate is ${sampleRateHz} Hz; ${RATES_HZ.min} to ${RATES_HZ.max} Hz can be read`);
  return { sampleRateHz, encoding, count };
}

function channelsOf(data: Uint8Array, { encoding, count }: Layout): Int16Array[] {
  const interleaved = decode(data, encoding);
  const length = Math.floor(interleaved.length / count);
  return Array.from({ length: count }, (_, channel) =>
    Int16Array.from({ length }, (_sample, i) => interleaved[i * count + channel]!),
  );
}

/**
 * Writes one or two channels at the format's rate and encoding; a shorter channel ends in silence.
 * Throws WAV_INVALID for another number of channels.
 */
export function writeWav({
  format,
  channels,
}: {
  format: AudioFormat;
  channels: readonly Int16Array[];
}): Uint8Array {
  const [first, second] = channels;
  if (!first || channels.length > 2) return invalid(`it would have ${channels.length} channels`);
  const data = encode(second ? interleave(first, second) : first, format.encoding);
  const head = wavHead(format, channels.length, data.length);
  const file = new Uint8Array(head.length + data.length + (data.length % 2));
  file.set(head);
  file.set(data, head.length);
  return file;
}

function interleave(left: Int16Array, right: Int16Array): Int16Array {
  const both = new Int16Array(2 * Math.max(left.length, right.length));
  for (const [i, sample] of left.entries()) both[2 * i] = sample;
  for (const [i, sample] of right.entries()) both[2 * i + 1] = sample;
  return both;
}

/** What stands before the sound. `dataBytes`: of all channels; `LENGTH_UNKNOWN` while it grows, which readers take as "to the end". */
export function wavHead(format: AudioFormat, channels: number, dataBytes: number): Uint8Array {
  const { encoding, sampleRateHz } = format;
  const frameBytes = bytesPerSample(format) * channels;
  // What is not PCM says how long its (here empty) extension is, and how many samples each channel has.
  const layoutBytes = encoding === 'pcm16' ? 16 : 18;
  const factBytes = encoding === 'pcm16' ? 0 : 12;
  const head = Buffer.alloc(12 + 8 + layoutBytes + factBytes + 8);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(head.length - 8 + dataBytes + (dataBytes % 2), 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(layoutBytes, 16);
  head.writeUInt16LE(TAGS[encoding], 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz * frameBytes, 28);
  head.writeUInt16LE(frameBytes, 32);
  head.writeUInt16LE(bytesPerSample(format) * 8, 34);
  if (factBytes > 0) {
    head.write('fact', 38, 'latin1');
    head.writeUInt32LE(4, 42);
    head.writeUInt32LE(dataBytes / frameBytes, 46);
  }
  head.write('data', head.length - 8, 'latin1');
  head.writeUInt32LE(dataBytes, head.length - 4);
  return head;
}

/** A file's sound as it is played: raw bytes of `as`, mono (stereo is averaged), in step with the file. Throws WAV_INVALID. */
export function soundFromWav(file: Uint8Array, as: AudioFormat): Uint8Array {
  const { sampleRateHz, channels } = readWav(file);
  const [first, second] = channels;
  if (!first) return new Uint8Array();
  const mono = second ? first.map((sample, i) => (sample + second[i]!) / 2) : first;
  return encode(resampleWhole(mono, sampleRateHz, as.sampleRateHz), as.encoding);
}

function decode(bytes: Uint8Array, encoding: Encoding): Int16Array {
  return encoding === 'pcm16' ? pcm16Samples(bytes) : alawmulaw[encoding].decode(bytes);
}

function encode(samples: Int16Array, encoding: Encoding): Uint8Array {
  return encoding === 'pcm16' ? pcm16Bytes(samples) : alawmulaw[encoding].encode(samples);
}

const textAt = (file: Uint8Array, at: number): string => String.fromCharCode(...file.subarray(at, at + 4));

function invalid(why: string): never {
  throw new LivelineError('WAV_INVALID', `this WAV file cannot be used: ${why}`);
}
