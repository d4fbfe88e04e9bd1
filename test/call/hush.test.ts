// Hush: what of a typing caller's sound reaches the model.
import { expect, test } from 'vitest';
import { FRAME_MS, MULAW_8K, silence } from '../../src/audio/format.ts';
import { keySound } from '../../src/simulator/phone/tones.ts';
import { Hush } from '../../src/call/hush.ts';

const FRAME_BYTES = 160;
const SILENT = silence(MULAW_8K, FRAME_MS);
/** Speech of which every frame is known again. */
const frame = (n: number): Uint8Array => new Uint8Array(FRAME_BYTES).fill(n);
const frames = (sound: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(sound.length / FRAME_BYTES) }, (_, n) =>
    sound.subarray(n * FRAME_BYTES, (n + 1) * FRAME_BYTES),
  );
const isSilent = (sound: Uint8Array): boolean => sound.every((byte) => byte === 0xff);

test('while something is typed all is silence, as long as the sound was', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  for (let n = 1; n < 50; n++) expect(hush.pass(frame(n))).toEqual(SILENT);
  expect(hush.rest()).toHaveLength(0);
});

test('afterwards what is said follows in order, from 400 ms after the last key on, and none of it is lost', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  hush.key();
  hush.entryIsOver();
  const out = Array.from({ length: 60 }, (_, n) => hush.pass(frame(n + 1)));
  out.push(...frames(hush.rest()));
  expect(out).toHaveLength(85);
  // Half a second late, and of that the first 400 ms silent.
  expect(out.slice(0, 45).every(isSilent)).toBe(true);
  expect(out.slice(45).map(([first]) => first)).toEqual(Array.from({ length: 40 }, (_, n) => n + 21));
  expect(out.every((sound) => new Set(sound).size === 1 && sound.length === FRAME_BYTES)).toBe(true);
});

test('the tone of a late key is in nothing that goes on, whether it sounds before the key is told or after', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  hush.entryIsOver();
  const out: Uint8Array[] = [];
  for (let n = 0; n < 30; n++) out.push(hush.pass(frame(7)));
  // 9 is the mark of a stretch that a key is told for: 300 ms before it, and 200 after.
  for (let n = 0; n < 15; n++) out.push(hush.pass(frame(9)));
  hush.key();
  for (let n = 0; n < 10; n++) out.push(hush.pass(frame(9)));
  for (let n = 0; n < 60; n++) out.push(hush.pass(frame(7)));
  out.push(hush.rest());
  expect(out.some((sound) => sound.includes(9))).toBe(false);
  expect(out.some((sound) => sound.includes(7))).toBe(true);
});

test('a tone of which nobody is told is taken out too', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  hush.entryIsOver();
  const out: Uint8Array[] = [];
  for (let n = 0; n < 30; n++) out.push(hush.pass(SILENT));
  for (const sound of frames(keySound('5'))) out.push(hush.pass(sound));
  for (let n = 0; n < 60; n++) out.push(hush.pass(SILENT));
  out.push(hush.rest());
  expect(out.every(isSilent)).toBe(true);
});

test('when no key was pressed for long, everything that is said from the end on follows', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  hush.key();
  for (let n = 0; n < 20; n++) hush.pass(frame(1));
  hush.entryIsOver();
  for (let n = 0; n < 25; n++) expect(hush.pass(frame(n + 2))).toEqual(Buffer.from(SILENT));
  expect(Array.from({ length: 20 }, () => hush.pass(SILENT)[0])).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 2),
  );
});

test('another entry lets go of what was kept', () => {
  const hush = new Hush(MULAW_8K);
  hush.begin();
  hush.entryIsOver();
  for (let n = 0; n < 40; n++) hush.pass(frame(7));
  hush.begin();
  expect(hush.pass(frame(7))).toEqual(SILENT);
  expect(hush.rest()).toHaveLength(0);
});
