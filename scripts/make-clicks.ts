// Writes fixtures/audio/clicks.wav: a dozen clicks and silence between them, by which a place in a recording is told to the
// sample: `npx node scripts/make-clicks.ts`. Same bytes every time; knows nothing of who plays them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWav } from '../src/audio/wav.ts';

const RATE_HZ = 24_000;
const CLICKS = 12;
/** Short of what any ear takes for a voice, and so that no two clicks are mistaken for one another over a delay. */
const CLICK_MS = 4;
const APART_MS = 400;
const TONE_HZ = 1_500;
const AMPLITUDE = 20_000;

const perMs = RATE_HZ / 1_000;
const samples = new Int16Array(CLICKS * APART_MS * perMs);
for (let click = 0; click < CLICKS; click += 1) {
  const from = (click + 0.5) * APART_MS * perMs;
  const length = CLICK_MS * perMs;
  for (let i = 0; i < length; i += 1) {
    const window = Math.sin((Math.PI * i) / length) ** 2;
    samples[from + i] = Math.round(AMPLITUDE * window * Math.sin((2 * Math.PI * TONE_HZ * i) / RATE_HZ));
  }
}
writeFileSync(
  join(import.meta.dirname, '../fixtures/audio/clicks.wav'),
  writeWav({ format: { encoding: 'pcm16', sampleRateHz: RATE_HZ }, channels: [samples] }),
);
