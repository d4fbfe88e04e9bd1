// A recording as the page measures it: files that our own writer of WAV files makes, in parts of every size.
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { writeWav } from '../../../src/audio/wav.ts';
import { SoundPeaks, type Measured } from '../../../src/console/web/history/sound-peaks.ts';

/** Loud at 400 Hz from one time to another, and silent before and after. */
function voice(lengthMs: number, ...loud: readonly (readonly [fromMs: number, toMs: number])[]): Int16Array {
  return Int16Array.from({ length: lengthMs * 8 }, (_, at) =>
    loud.some(([from, to]) => at >= from * 8 && at < to * 8) ? 12_000 * Math.sin(at * 0.3) : 0,
  );
}

function measured(file: Uint8Array, partBytes: number): Measured {
  const peaks = new SoundPeaks();
  for (let at = 0; at < file.length; at += partBytes) peaks.take(file.subarray(at, at + partBytes));
  return peaks.measured;
}

const file = writeWav({
  format: MULAW_8K,
  channels: [voice(4_000, [500, 1_500]), voice(4_000, [2_300, 3_500])],
});

test.each([1, 7, 160, 4_096, file.length])('in parts of %i bytes, it measures the same', (partBytes) => {
  const { durationMs, peaks, answers } = measured(file, partBytes);
  expect(durationMs).toBe(4_000);
  const loud = peaks.map((side) => [...side].flatMap((peak, n) => (peak > 0.3 ? [n * 20] : [])));
  expect(loud.map((ms) => [ms[0], ms.at(-1)])).toEqual([
    [500, 1_480],
    [2_300, 3_480],
  ]);
  expect(peaks[0][0]).toBeLessThan(0.001);
  expect(answers).toEqual([{ atMs: 2_300, ms: 820 }]);
});

test('of a file without sound there is nothing', () => {
  expect(measured(writeWav({ format: MULAW_8K, channels: [voice(0), voice(0)] }), 10)).toMatchObject({
    durationMs: 0,
    answers: [],
  });
});
