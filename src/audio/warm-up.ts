// Warm-up: makes the compiler see both live directions before the first caller does.
import { bytesOfMs, FRAME_MS, MULAW_8K, PCM16_16K, PCM16_24K, silence } from './format.ts';
import { createTranscoder } from './transcoder.ts';

/** A cold process needs 1.4–9 ms for its first frame and runs at full speed after 50–200 (codec.md §E). */
const FRAMES = 400;

/** Takes some 10 ms; for the start of the process. */
export function warmUp(): void {
  for (const [from, to] of [
    [MULAW_8K, PCM16_16K],
    [PCM16_24K, MULAW_8K],
  ] as const) {
    const transcoder = createTranscoder(from, to);
    // One odd byte more than a frame, so that the way of the carried bytes is compiled too.
    const frame = silence(from, FRAME_MS);
    const odd = new Uint8Array(bytesOfMs(from, FRAME_MS) + 1);
    for (let count = 0; count < FRAMES; count++) transcoder.push(count % 8 === 0 ? odd : frame);
    transcoder.flush();
  }
}
