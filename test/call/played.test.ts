import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MULAW_8K, PCM16_24K } from '../../src/audio/format.ts';
import { Played } from '../../src/call/played.ts';

test('gives what was sent, in order, and silence where nothing plays', () => {
  const played = new Played(MULAW_8K);
  expect(played.take(2)).toEqual(Uint8Array.of(0xff, 0xff));
  played.sent(Uint8Array.of(1, 2, 3));
  played.sent(new Uint8Array(0));
  played.sent(Uint8Array.of(4, 5));
  expect(played.take(4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(played.take(0)).toHaveLength(0);
  expect(played.take(3)).toEqual(Uint8Array.of(5, 0xff, 0xff));
  expect(new Played(PCM16_24K).take(2)).toEqual(Uint8Array.of(0, 0));
});

test('what was cleared is not given', () => {
  const played = new Played(MULAW_8K);
  played.sent(Uint8Array.of(1, 2, 3));
  played.take(1);
  played.cleared();
  played.sent(Uint8Array.of(7));
  expect(played.take(2)).toEqual(Uint8Array.of(7, 0xff));
});

test('however it is sent and taken, nothing is lost, doubled or moved', () => {
  const op = fc.record({ sent: fc.nat(50), taken: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(op), (ops) => {
      const played = new Played(MULAW_8K);
      let next = 0;
      const waiting: number[] = [];
      for (const { sent, taken } of ops) {
        const bytes = Uint8Array.from({ length: sent }, () => next++ % 251);
        waiting.push(...bytes);
        played.sent(bytes);
        const expected = waiting.splice(0, taken);
        while (expected.length < taken) expected.push(0xff);
        expect([...played.take(taken)]).toEqual(expected);
      }
    }),
  );
});

test('keeps the newest 12 s when nobody takes', () => {
  const played = new Played(MULAW_8K);
  for (let second = 0; second < 20; second++) played.sent(new Uint8Array(8_000).fill(second));
  played.sent(new Uint8Array(10).fill(99));
  const kept = played.take(13 * 8_000);
  expect([kept[0], kept[7_989], kept[7_990], kept[12 * 8_000 - 1], kept[12 * 8_000]]).toEqual([
    8, 8, 9, 99, 0xff,
  ]);
});
