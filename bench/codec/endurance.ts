// An hour of one call through our own transcoder: 20 ms frames against random pieces, odd bytes and all.
import { createHash } from 'node:crypto';
import {
  bytesOfMs,
  FRAME_MS,
  MULAW_8K,
  PCM16_16K,
  PCM16_24K,
  type AudioFormat,
} from '../../src/audio/format.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { randomNumbers } from './signals.ts';

export interface Endurance {
  readonly sameBits: boolean;
  /** Output samples more or fewer than the rates ask for. */
  readonly drift: number;
}

const DIRECTIONS: readonly (readonly [AudioFormat, AudioFormat])[] = [
  [MULAW_8K, PCM16_16K],
  [PCM16_24K, MULAW_8K],
];

function pass(from: AudioFormat, to: AudioFormat, minutes: number, nextLength: () => number) {
  const second = bytesOfMs(from, 1_000);
  const random = randomNumbers(11);
  // Thirteen seconds of noise, so that no piece length divides the loop.
  const sound = Uint8Array.from({ length: 13 * second }, () => Math.floor(random() * 256));
  const transcoder = createTranscoder(from, to);
  const hash = createHash('sha1');
  const total = minutes * 60 * second;
  let bytesOut = 0;
  for (let done = 0; done < total;) {
    const at = done % sound.length;
    const length = Math.min(nextLength(), total - done, sound.length - at);
    const out = transcoder.push(sound.subarray(at, at + length));
    hash.update(out);
    bytesOut += out.length;
    done += length;
  }
  return { digest: hash.digest('hex'), drift: bytesOut - bytesOfMs(to, minutes * 60_000) };
}

export function endure(minutes: number): Endurance {
  const random = randomNumbers(5);
  const passes = DIRECTIONS.map(([from, to]) => ({
    framed: pass(from, to, minutes, () => bytesOfMs(from, FRAME_MS)),
    cut: pass(from, to, minutes, () => 1 + Math.floor(random() * 4_000)),
  }));
  return {
    sameBits: passes.every(({ framed, cut }) => framed.digest === cut.digest),
    drift: passes.reduce((sum, { framed, cut }) => sum + Math.abs(framed.drift) + Math.abs(cut.drift), 0),
  };
}
