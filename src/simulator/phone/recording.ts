// What a recorder between the two would have written: a stereo WAV, the caller left, the agent as heard right.
import type { AudioFormat } from '../../audio/format.ts';
import { MULAW_DECODE } from '../../audio/g711.ts';
import { writeWav } from '../../audio/wav.ts';
import type { Track } from './track.ts';

const PCM16_8K: AudioFormat = { encoding: 'pcm16', sampleRateHz: 8_000 };

const samplesOf = (track: Track, from: number, to: number): Int16Array =>
  Int16Array.from(track.read(from, to), (code) => MULAW_DECODE[code]!);

/** From one clock time to another; where nobody spoke, there is silence. */
export function stereoWav(caller: Track, agent: Track, fromMs: number, toMs: number): Uint8Array {
  const from = caller.positionAt(fromMs);
  const to = caller.positionAt(toMs);
  const channels = [samplesOf(caller, from, to), samplesOf(agent, from, to)];
  return writeWav({ format: PCM16_8K, channels });
}
