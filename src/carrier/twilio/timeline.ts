// The caller's voice as one unbroken stretch: how much silence is missing before a frame, and which frames came twice.
// Knows nothing of sockets or clocks; it lives by the carrier's timestamps and by how much the listener was given.
import { FRAME_MS, msOfBytes, type AudioFormat } from '../../audio/format.ts';

/** A jump of the carrier's clock beyond this is a fault, not a pause (openai-agents-js caps its filling there too). */
export const MAX_FILL_MS = 10_000;

/** How many frames back a duplicate is recognised: one second of 20 ms frames. */
const REMEMBERED_FRAMES = 50;

export class Timeline {
  readonly #format: AudioFormat;
  /**
   * The carrier's time up to which the listener was given sound. It runs ahead of the carrier when silence was given
   * for time that the carrier had not counted yet, or when a late frame came after its place was filled; the next gap
   * is then shorter by as much, so no silence is given twice. Undefined until the first timestamp.
   */
  #givenToMs: number | undefined;
  #newestMs = -1;
  /** Times and checksums in a ring: the frames themselves would keep the shared memory that they lie in alive. */
  readonly #recentMs = new Float64Array(REMEMBERED_FRAMES).fill(-1);
  readonly #recentSums = new Int32Array(REMEMBERED_FRAMES);
  #remembered = 0;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  /**
   * Takes the next frame as it came. Gives the milliseconds of silence that belong before it, or 'duplicate' when the
   * same sound of the same time was there already. A late frame that is new counts: caller sound is never thrown away.
   */
  place(timestampMs: number | undefined, frame: Uint8Array): number | 'duplicate' {
    const frameMs = msOfBytes(this.#format, frame.length);
    if (timestampMs === undefined) {
      if (this.#givenToMs !== undefined) this.#givenToMs += frameMs;
      return 0;
    }
    if (this.#isDuplicate(timestampMs, frame)) return 'duplicate';
    this.#remember(timestampMs, frame);
    const missingMs = timestampMs - (this.#givenToMs ?? timestampMs);
    // Less than a frame is jitter of the carrier's clock; it waits until it adds up to one.
    const filledMs = missingMs >= FRAME_MS ? Math.min(missingMs, MAX_FILL_MS) : 0;
    this.#givenToMs = (filledMs > 0 ? timestampMs : (this.#givenToMs ?? timestampMs)) + frameMs;
    return filledMs;
  }

  /** The listener was given silence because no media came. */
  silenceGiven(ms: number): void {
    if (this.#givenToMs !== undefined) this.#givenToMs += ms;
  }

  #isDuplicate(timestampMs: number, frame: Uint8Array): boolean {
    if (timestampMs > this.#newestMs) return false;
    const sum = checksum(frame);
    return this.#recentMs.some((ms, at) => ms === timestampMs && this.#recentSums[at] === sum);
  }

  #remember(timestampMs: number, frame: Uint8Array): void {
    this.#newestMs = Math.max(this.#newestMs, timestampMs);
    const at = this.#remembered++ % REMEMBERED_FRAMES;
    this.#recentMs[at] = timestampMs;
    this.#recentSums[at] = checksum(frame);
  }
}

/** FNV-1a: two different frames of the same time share it once in four thousand million. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) sum = Math.imul(sum ^ bytes[at]!, 0x01000193);
  return sum | 0;
}
