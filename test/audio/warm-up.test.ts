import { expect, test } from 'vitest';
import { MULAW_8K, PCM16_16K } from '../../src/audio/format.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { warmUp } from '../../src/audio/warm-up.ts';

test('warming up leaves nothing behind in calls', () => {
  const frame = Uint8Array.from({ length: 160 }, (_, i) => i);
  const open = createTranscoder(MULAW_8K, PCM16_16K);
  const undisturbed = createTranscoder(MULAW_8K, PCM16_16K);
  const first = undisturbed.push(frame);
  const second = undisturbed.push(frame);
  expect(open.push(frame)).toEqual(first);
  warmUp();
  expect(open.push(frame)).toEqual(second);
});
