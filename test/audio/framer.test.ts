import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framer } from '../../src/audio/framer.ts';

const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const streams = fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 20 });
const lengths = fc.integer({ min: 1, max: 200 });

test('whole frames only, every byte once and in order, however the stream is cut', () => {
  fc.assert(
    fc.property(lengths, streams, (frameBytes, chunks) => {
      const framer = new Framer(frameBytes, 0xff);
      const frames = chunks.map((chunk) => framer.push(chunk));
      const all = join(chunks);
      const left = all.length % frameBytes;
      for (const each of frames) expect(each.length % frameBytes).toBe(0);
      expect(join(frames)).toEqual(all.subarray(0, all.length - left));
      const last = framer.flush();
      expect(last).toHaveLength(left === 0 ? 0 : frameBytes);
      expect(last.subarray(0, left)).toEqual(all.subarray(all.length - left));
      expect(last.subarray(left).every((byte) => byte === 0xff)).toBe(true);
    }),
  );
});

test('a frame is out with its last byte, not later', () => {
  const framer = new Framer(4, 0);
  expect(framer.push(Uint8Array.of(1, 2, 3))).toHaveLength(0);
  expect(framer.push(Uint8Array.of(4))).toEqual(Uint8Array.of(1, 2, 3, 4));
});

test('after flush and after reset nothing of before is left', () => {
  const framer = new Framer(4, 0xd5);
  framer.push(Uint8Array.of(1, 2, 3, 4, 5));
  expect(framer.flush()).toEqual(Uint8Array.of(5, 0xd5, 0xd5, 0xd5));
  expect(framer.flush()).toHaveLength(0);
  framer.push(Uint8Array.of(6));
  framer.reset();
  expect(framer.flush()).toHaveLength(0);
  expect(framer.push(Uint8Array.of(7, 8, 9, 10))).toEqual(Uint8Array.of(7, 8, 9, 10));
});

test('answers memory of its own', () => {
  const framer = new Framer(2, 0);
  const chunk = Uint8Array.of(1, 2, 3);
  const frames = framer.push(chunk);
  chunk.fill(9);
  expect(frames).toEqual(Uint8Array.of(1, 2));
  const last = framer.flush();
  framer.push(Uint8Array.of(8));
  expect(last).toEqual(Uint8Array.of(3, 0));
});

test.each([0, -1, 1.5, Number.NaN])('a frame of %d bytes is refused', (frameBytes) => {
  expect(() => new Framer(frameBytes, 0)).toThrow(RangeError);
});
