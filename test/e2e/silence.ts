// How long a caller heard nothing: silence at the simulated phone's ear. Knows nothing of what was to be heard.
import { MULAW_DECODE } from '../../src/audio/g711.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { SAMPLES_PER_MS } from '../../src/simulator/phone/track.ts';

/** About -50 dB: what is softer nobody hears on a phone. */
const AUDIBLE = 100;
const FRAME_MS = 20;

/** The longest time between two clock times in which nothing was audible at the caller's ear. */
export function longestSilenceMs(call: PhoneCall, fromMs: number, toMs: number): number {
  let [longestMs, heardAtMs] = [0, fromMs];
  const heard = (atMs: number): void => {
    longestMs = Math.max(longestMs, atMs - heardAtMs);
    heardAtMs = atMs;
  };
  for (const stretch of call.ear?.heard() ?? [])
    for (let at = 0; at < stretch.sound.length; at += FRAME_MS * SAMPLES_PER_MS) {
      const atMs = stretch.fromMs + at / SAMPLES_PER_MS;
      const frame = stretch.sound.subarray(at, at + FRAME_MS * SAMPLES_PER_MS);
      if (atMs < fromMs || atMs > toMs) continue;
      if (frame.some((code) => Math.abs(MULAW_DECODE[code]!) > AUDIBLE)) heard(atMs);
    }
  heard(toMs);
  return longestMs;
}
