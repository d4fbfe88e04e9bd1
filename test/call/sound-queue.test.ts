import { expect, test } from 'vitest';
import { turnId } from '../../src/base/ids.ts';
import { SoundQueue } from '../../src/call/sound-queue.ts';

const one = turnId(1);
const two = turnId(2);
/** Frames of two bytes; every byte says which it is. */
const bytes = (from: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, n) => from + n);
const queue = (): SoundQueue => new SoundQueue(2);

test('gives whole frames, at most as many as asked for, however they came', () => {
  const sound = queue();
  sound.add(one, bytes(0, 6));
  sound.add(one, bytes(6, 2));
  sound.add(one, bytes(8, 6));
  expect(sound.bytes).toBe(14);
  expect(sound.take(1)).toEqual({ kind: 'sound', turn: one, bytes: bytes(0, 2) });
  expect(sound.take(2)).toEqual({ kind: 'sound', turn: one, bytes: bytes(2, 4) });
  expect(sound.take(3), 'across three chunks').toEqual({ kind: 'sound', turn: one, bytes: bytes(6, 6) });
  expect(sound.take(9)).toEqual({ kind: 'sound', turn: one, bytes: bytes(12, 2) });
  expect(sound.bytes).toBe(0);
  expect(sound.take(9), 'its end is not said yet').toBeUndefined();
  expect(sound.isEmpty).toBe(false);
  sound.end(one);
  expect(sound.take(9)).toEqual({ kind: 'end', turn: one });
  expect(sound.isEmpty).toBe(true);
});

test('asked for nothing it gives nothing, not even an end before its sound', () => {
  const sound = queue();
  sound.add(one, bytes(0, 2));
  sound.end(one);
  expect(sound.take(0)).toBeUndefined();
});

test('a turn ends when the next begins, and no two turns share a taking', () => {
  const sound = queue();
  sound.add(one, bytes(0, 2));
  sound.add(two, bytes(2, 2));
  expect(sound.nextTurn).toBe(one);
  expect(sound.take(9)).toMatchObject({ kind: 'sound', turn: one });
  expect(sound.nextTurn, 'the next with sound').toBe(two);
  expect(sound.take(9)).toEqual({ kind: 'end', turn: one });
  expect(sound.take(9)).toMatchObject({ kind: 'sound', turn: two });
});

test('nothing added is nothing that waits', () => {
  const sound = queue();
  sound.add(one, bytes(0, 0));
  expect(sound.isEmpty).toBe(true);
  expect(sound.nextTurn).toBeUndefined();
});

test('what is put back, last first, is given again as it was', () => {
  const sound = queue();
  sound.add(one, bytes(0, 4));
  sound.add(two, bytes(4, 4));
  const takings = [sound.take(1), sound.take(1), sound.take(1), sound.take(1)];
  for (const taken of takings.toReversed())
    if (taken?.kind === 'sound') sound.putBack({ turn: taken.turn, bytes: taken.bytes });
    else if (taken) sound.putBack({ turn: taken.turn, end: true });
  expect(sound.bytes).toBe(8);
  expect([sound.take(9), sound.take(9), sound.take(9)]).toEqual([
    { kind: 'sound', turn: one, bytes: bytes(0, 4) },
    { kind: 'end', turn: one },
    { kind: 'sound', turn: two, bytes: bytes(4, 4) },
  ]);
  sound.add(two, bytes(8, 2));
  expect(sound.take(9), 'and goes on').toMatchObject({ turn: two, bytes: bytes(8, 2) });
});

test('cleared, it holds nothing', () => {
  const sound = queue();
  sound.add(one, bytes(0, 4));
  sound.clear();
  expect([sound.isEmpty, sound.bytes, sound.take(9)]).toEqual([true, 0, undefined]);
});

test('what is left of a frame goes first and counts as one, so that the rest stays whole', () => {
  const sound = new SoundQueue(4);
  sound.add(one, bytes(4, 8));
  sound.putBack({ turn: one, bytes: bytes(1, 3) });
  expect(sound.take(0)).toBeUndefined();
  expect(sound.take(2)).toEqual({ kind: 'sound', turn: one, bytes: bytes(1, 7) });
  expect(sound.take(9)).toEqual({ kind: 'sound', turn: one, bytes: bytes(8, 4) });
  sound.putBack({ turn: one, bytes: bytes(1, 3) });
  expect(sound.take(1)).toEqual({ kind: 'sound', turn: one, bytes: bytes(1, 3) });
});

test('of a turn that was dropped nothing is left; its neighbours stay', () => {
  const sound = queue();
  sound.add(one, bytes(0, 4));
  sound.add(two, bytes(4, 4));
  sound.end(two);
  sound.drop(one);
  expect(sound.bytes).toBe(4);
  expect([sound.take(9), sound.take(9), sound.take(9)]).toEqual([
    { kind: 'sound', turn: two, bytes: bytes(4, 4) },
    { kind: 'end', turn: two },
    undefined,
  ]);
});
