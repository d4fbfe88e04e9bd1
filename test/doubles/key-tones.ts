// An ear for the tones of telephone keys in a recording: whichever stand in it, in order. Knows no call.
import { keyIn } from '../../src/audio/dtmf.ts';

const WINDOW_MS = 20;
const STEP_MS = 10;
/** A tone lasts 100 ms; what sounds like one for a moment only is speech. */
const LEAST_WINDOWS = 5;

/** PCM16, little-endian. */
export function keysIn(pcm: Uint8Array, sampleRateHz: number): string {
  const samples = new Int16Array(pcm.slice().buffer, 0, pcm.length >> 1);
  const [window, step] = [WINDOW_MS, STEP_MS].map((ms) => (ms * sampleRateHz) / 1_000) as [number, number];
  let keys = '';
  let [last, times] = [undefined as string | undefined, 0];
  for (let at = 0; at + window <= samples.length; at += step) {
    const key = keyIn(samples.subarray(at, at + window), sampleRateHz);
    times = key === last ? times + 1 : 1;
    last = key;
    if (key !== undefined && times === LEAST_WINDOWS) keys += key;
  }
  return keys;
}
