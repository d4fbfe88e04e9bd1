// One line that the model speaks: its sound cut and encoded once, as the very frames that go out, shared by every
// session of the script. Knows nothing of pace or of who listens.
import { bytesOfMs, msOfBytes, PCM16_24K } from '../../audio/format.ts';

/** Sizes as the API's own vary; not multiples of 20 ms, so that nobody comes to rely on that. */
const CHUNK_MS = [40, 100, 70, 90];

export interface SoundChunk {
  /** A whole server message, ready to send. */
  readonly frame: Buffer;
  readonly startMs: number;
  readonly ms: number;
}

export interface SpokenLine {
  readonly chunks: readonly SoundChunk[];
  readonly totalMs: number;
}

const HEAD =
  '{"serverContent":{"modelTurn":{"role":"model","parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"';
const TAIL = '"}}]}}}';

/** `pcm`: PCM16, 24 kHz. */
export function lineOf(pcm: Uint8Array): SpokenLine {
  const chunks: SoundChunk[] = [];
  for (let from = 0; from < pcm.length;) {
    const to = from + bytesOfMs(PCM16_24K, CHUNK_MS[chunks.length % CHUNK_MS.length]!);
    const sound = Buffer.from(pcm.subarray(from, to));
    chunks.push({
      frame: Buffer.from(HEAD + sound.toString('base64') + TAIL),
      startMs: msOfBytes(PCM16_24K, from),
      ms: msOfBytes(PCM16_24K, sound.length),
    });
    from = to;
  }
  return { chunks, totalMs: msOfBytes(PCM16_24K, pcm.length) };
}

/** What is left of a text when its first words were said; the whole of it as it is. */
export const wordsFrom = (word: number, text: string): string =>
  word === 0 ? text : text.split(/\s+/).filter(Boolean).slice(word).join(' ');

/** Text as the API transcribes: a few words at a time, with a leading space on all that do not begin a turn. */
export function fragmentsOf(text: string, beginsTurn: boolean): string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const fragments: string[] = [];
  for (let at = 0; at < words.length; at += 3)
    fragments.push((at === 0 && beginsTurn ? '' : ' ') + words.slice(at, at + 3).join(' '));
  return fragments;
}
