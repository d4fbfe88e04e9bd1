// A phone whose keys sound: their tones are in the caller's sound, one after the other; otherwise there are none.
import { afterEach, expect, test } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { soundFromWav } from '../../../src/audio/wav.ts';
import { MULAW_DECODE } from '../../../src/audio/g711.ts';
import { keysIn } from '../../doubles/key-tones.ts';
import { closeServers, dial } from './dial.ts';

afterEach(closeServers);

test.each([
  [true, '4*0#'],
  [undefined, ''],
])('keysSound: %s', async (keysSound, tones) => {
  const { call } = await dial(
    {},
    { keysSound, script: [{ press: '4*0#' }, { hangUp: true, when: { afterMs: 900 } }] },
  );
  await call.done;
  expect(call.events.flatMap((event) => (event.type === 'digit' ? [event.digit] : [])).join('')).toBe('4*0#');
  const line = Int16Array.from(soundFromWav(call.recording(), MULAW_8K), (code) => MULAW_DECODE[code]!);
  expect(keysIn(new Uint8Array(line.buffer), MULAW_8K.sampleRateHz)).toBe(tones);
});
