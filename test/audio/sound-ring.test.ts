import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SoundRing } from '../../src/audio/sound-ring.ts';

const PIECE = 640;

test('whatever is pushed and forgotten: what is read from anywhere is the stream itself, in pieces of 20 ms at most', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.nat(20_000), keep: fc.nat(40_000) }), { maxLength: 30 }),
      fc.nat(60_000),
      (steps, fromByte) => {
        const ring = new SoundRing();
        const all: number[] = [];
        for (const { bytes, keep } of steps) {
          const sound = Uint8Array.from({ length: bytes }, (_, at) => (all.length + at) % 251);
          all.push(...sound);
          const before = ring.startByte;
          ring.push(sound);
          sound.fill(0);
          ring.forget(ring.endByte - keep);
          expect(ring.endByte).toBe(all.length);
          expect(ring.startByte % PIECE).toBe(0);
          expect(ring.startByte).toBeLessThanOrEqual(Math.max(before, ring.endByte - keep));
          expect(ring.startByte).toBeGreaterThan(ring.endByte - keep - PIECE);
        }
        const pieces = [...ring.read(fromByte)].map((piece) => Buffer.from(piece));
        expect(pieces.every(({ length }) => length > 0 && length <= PIECE)).toBe(true);
        const start = Math.max(fromByte, ring.startByte);
        expect(Buffer.concat(pieces).equals(Buffer.from(all.slice(start)))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('all forgotten while it is read: nothing more comes', () => {
  const ring = new SoundRing();
  ring.push(new Uint8Array(100 * PIECE));
  let pieces = 0;
  for (const piece of ring.read(0)) {
    pieces += 1;
    expect(piece.length).toBe(PIECE);
    ring.forget(Infinity);
  }
  expect(pieces).toBeLessThan(100);
});
