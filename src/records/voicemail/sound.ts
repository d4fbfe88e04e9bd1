// What is on a recording, without a model: how long it is, whether anybody may have spoken, and its sound as a model listens
// to it. Read piece by piece: calls go on in the same thread, and a message may be half an hour long.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOfMs, bytesPerSample, PCM16_16K, type AudioFormat } from '../../audio/format.ts';
import { conversionOf } from '../../audio/resample.ts';
import { createTranscoder } from '../../audio/transcoder.ts';
import { VoiceActivity } from '../../audio/voice-activity.ts';
import { readWav, soundFromWav } from '../../audio/wav.ts';

export interface Heard {
  readonly durationMs: number;
  readonly isSilent: boolean;
}

/** Shorter than any word that is worth a message: a click, a breath. */
const WORD_MS = 100;
/** Of sound, between two turns of the event loop: some 2 ms of work (measured), of the 20 ms that a frame of a call lasts. */
const SLICE_MS = 2_000;
const PIECE_MS = 500;

/** It listens no longer than to the first word. Throws WAV_INVALID, and the signal's reason. */
export async function hear(wav: Uint8Array, signal: AbortSignal): Promise<Heard> {
  const sound = new MessageSound(wav);
  const { durationMs } = sound;
  const activity = new VoiceActivity({ startMs: WORD_MS, endMs: 500 });
  for (let slice = sound.read(SLICE_MS); slice.length > 0; slice = sound.read(SLICE_MS)) {
    if (activity.push(slice).length > 0) return { durationMs, isSilent: false };
    await nextTurn();
    signal.throwIfAborted();
  }
  return { durationMs, isSilent: true };
}

/** A recording from its beginning to its end, mono at 16 kHz, the same bits however it is read. */
export class MessageSound {
  readonly durationMs: number;
  readonly #pieces: Iterator<Uint8Array, undefined>;
  #leftBytes: number;
  #ahead: Uint8Array = new Uint8Array();

  /** Throws WAV_INVALID. */
  constructor(wav: Uint8Array) {
    const recording = recordingIn(wav);
    const { samples, sampleRateHz } = recording;
    this.durationMs = (samples / sampleRateHz) * 1_000;
    this.#leftBytes =
      Math.ceil((samples * PCM16_16K.sampleRateHz) / sampleRateHz) * bytesPerSample(PCM16_16K);
    this.#pieces = piecesOf(recording);
  }

  /** What comes next; less of it at the end, and then nothing. */
  read(ms: number): Uint8Array {
    const bytes = Math.min(bytesOfMs(PCM16_16K, ms), this.#leftBytes);
    while (this.#ahead.length < bytes) {
      const piece = this.#pieces.next();
      if (piece.done === true) break;
      this.#ahead = Buffer.concat([this.#ahead, piece.value]);
    }
    const next = this.#ahead.subarray(0, bytes);
    this.#ahead = this.#ahead.subarray(bytes);
    this.#leftBytes -= next.length;
    return next;
  }
}

interface Recording {
  readonly sampleRateHz: number;
  /** Of one channel. */
  readonly samples: number;
  /** A WAV file of these samples alone. */
  readonly cut: (from: number, to: number) => Uint8Array;
}

function* piecesOf({ sampleRateHz, samples, cut }: Recording): Generator<Uint8Array, undefined> {
  // No rate of a telephone's, and not to be had without a click at every seam.
  if (conversionOf(sampleRateHz, PCM16_16K.sampleRateHz) === undefined) {
    yield soundFromWav(cut(0, samples), PCM16_16K);
    return;
  }
  const itsOwn: AudioFormat = { encoding: 'pcm16', sampleRateHz };
  const transcoder = createTranscoder(itsOwn, PCM16_16K);
  const step = Math.round((PIECE_MS * sampleRateHz) / 1_000);
  let lateBytes = transcoder.delaySamples * bytesPerSample(PCM16_16K);
  for (let at = 0; at < samples; at += step) {
    const piece = transcoder.push(soundFromWav(cut(at, Math.min(at + step, samples)), itsOwn));
    yield piece.subarray(lateBytes);
    lateBytes = Math.max(0, lateBytes - piece.length);
  }
  yield transcoder.flush().subarray(lateBytes);
}

/** Writers that cannot seek back leave the length of the sound at this or closely above; so does readWav take it. */
const LENGTH_UNKNOWN = 0x7fff_0000;
const CHUNK_HEAD_BYTES = 8;

/** Its sound is decoded when it is cut, and not before. */
function recordingIn(file: Uint8Array): Recording {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const riff = bytes.subarray(0, 12);
  let format: Buffer | undefined;
  for (let at = riff.length; at + CHUNK_HEAD_BYTES <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const says = bytes.readUInt32LE(at + 4);
    const start = at + CHUNK_HEAD_BYTES;
    const follows = bytes.length - start;
    const length = id === 'data' && says >= LENGTH_UNKNOWN ? follows : says;
    if (length > follows) break;
    const end = start + length + (length % 2);
    if (id === 'fmt ') format = bytes.subarray(at, end);
    if (id === 'data' && format) return recordingOf([riff, format], bytes.subarray(start, start + length));
    at = end;
  }
  // It says what is wrong, and does so before it decodes anything.
  readWav(file);
  throw new TypeError('unreachable: a WAV file that can be read, and whose sound is not found');
}

function recordingOf(head: readonly Buffer[], data: Buffer): Recording {
  const wavOf = (sound: Buffer): Buffer => {
    const of = Buffer.alloc(CHUNK_HEAD_BYTES);
    of.write('data', 'latin1');
    of.writeUInt32LE(sound.length, 4);
    return Buffer.concat([...head, of, sound]);
  };
  const { sampleRateHz, encoding, channels } = readWav(wavOf(data.subarray(0, 0)));
  const blockBytes = bytesPerSample({ encoding, sampleRateHz }) * channels.length;
  return {
    sampleRateHz,
    samples: Math.floor(data.length / blockBytes),
    cut: (from, to) => wavOf(data.subarray(from * blockBytes, to * blockBytes)),
  };
}
