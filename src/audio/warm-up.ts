// Warm-up: makes the compiler see both live directions before the first caller does.
import { bytesOfMs, FRAME_MS, MULAW_8K, PCM16_16K, PCM16_24K, silenceByte } from './format.ts';
import { createTranscoder } from './transcoder.ts';

/** A cold process needs 1.4–9 ms for its first frame and runs at full speed after 50–200 (measured). */
const FRAMES = 400;

/** Takes 20–30 ms; for the start of the process. The first frame then takes 0.02 ms instead of 5. */
export function warmUp(): void {
  for (const [from, to] of [
    [MULAW_8K, PCM16_16K],
    [PCM16_24K, MULAW_8K],
  ] as const) {
    const transcoder = createTranscoder(from, to);
    // Buffers, because that is what sockets give, and one odd byte more, so that the way of carried bytes is met too.
    const odd = Buffer.alloc(bytesOfMs(from, FRAME_MS) + 1, silenceByte(from));
    const frame = odd.subarray(1);
    for (let count = 0; count < FRAMES; count++) transcoder.push(count % 8 === 0 ? odd : frame);
    transcoder.flush();
  }
}
