import { expect, test } from 'vitest';
import { Track } from '../../../src/simulator/phone/track.ts';

const soundOf = (samples: number, code: number): Uint8Array => new Uint8Array(samples).fill(code);

test('sound goes where it is put, or after what is there', () => {
  const track = new Track(0);
  expect(track.append(100, soundOf(10, 1))).toBe(100);
  expect(track.append(105, soundOf(10, 2))).toBe(110);
  expect(track.append(200, soundOf(5, 3))).toBe(200);
  expect(track.end).toBe(205);
  expect([...track.read(108, 122)]).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0xff, 0xff]);
  expect([...track.read(198, 202)]).toEqual([0xff, 0xff, 3, 3]);
  expect([...track.read(300, 302)]).toEqual([0xff, 0xff]);
});

test('nothing put changes nothing', () => {
  const track = new Track(0);
  expect(track.append(100, soundOf(0, 1))).toBe(100);
  expect([track.end, track.stretches(0, 1_000).length]).toEqual([0, 0]);
});

test('truncating takes whole stretches and parts of one, and sound can follow', () => {
  const track = new Track(0);
  track.append(0, soundOf(10, 1));
  track.append(20, soundOf(10, 2));
  track.append(40, soundOf(10, 3));
  expect(track.truncate(24)).toBe(16);
  expect(track.end).toBe(24);
  track.append(24, soundOf(4, 4));
  expect([...track.read(20, 30)]).toEqual([2, 2, 2, 2, 4, 4, 4, 4, 0xff, 0xff]);
  expect([0, 5, 15, 22, 28, 99].map((position) => track.soundBefore(position))).toEqual([
    0, 5, 10, 12, 18, 18,
  ]);
  expect(track.truncate(0)).toBe(18);
  expect([track.end, track.soundBefore(99)]).toEqual([0, 0]);
});

test('positions and clock times', () => {
  const track = new Track(1_000);
  expect([track.positionAt(1_000.2), track.positionAt(1_020), track.positionAt(3)]).toEqual([1, 160, 0]);
  expect(track.clockMsAt(160)).toBe(1_020);
});
