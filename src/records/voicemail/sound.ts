// What is on a recording, without a model: how long it is, and whether anybody may have spoken. Pure.
import { msOfBytes, PCM16_16K } from '../../audio/format.ts';
import { VoiceActivity } from '../../audio/voice-activity.ts';
import { readWav, soundFromWav } from '../../audio/wav.ts';

export interface Heard {
  readonly durationMs: number;
  readonly isSilent: boolean;
}

/** Shorter than any word that is worth a message: a click, a breath. */
const WORD_MS = 100;

/** Throws WAV_INVALID. */
export function hear(wav: Uint8Array): Heard {
  const { sampleRateHz, channels } = readWav(wav);
  const activity = new VoiceActivity({ startMs: WORD_MS, endMs: 500 });
  const isSilent = activity.push(forModel(wav)).length === 0;
  return { durationMs: ((channels[0]?.length ?? 0) / sampleRateHz) * 1_000, isSilent };
}

/** As the model listens to it. Throws WAV_INVALID. */
export const forModel = (wav: Uint8Array): Uint8Array => soundFromWav(wav, PCM16_16K);

export const lengthMs = (pcm: Uint8Array): number => msOfBytes(PCM16_16K, pcm.length);
