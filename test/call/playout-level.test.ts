// The agent's voice made softer and louder again while it is heard. The ear's record is compared, sample for sample,
// with the sound that was given, scaled by a level that the test reckons for itself.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioFormat } from '../../src/audio/format.ts';
import { pcm16Bytes, pcm16Samples } from '../../src/audio/samples.ts';
import type { Delays } from '../doubles/carrier-playback.ts';
import { playoutRig, t } from './playout-rig.ts';

const PCM_8K: AudioFormat = { encoding: 'pcm16', sampleRateHz: 8_000 };
const RAMP = 80;

/** Loud, and no two samples in a row alike, so that one too many or too few does not go unseen. */
const noise = (from: number, samples: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, n) => {
    const bits = Math.imul(from + n + 1, 0x9e3779b1) >>> 16;
    return (bits & 1 ? 1 : -1) * (12_000 + (bits % 12_000));
  });

function levelRig(delays: Delays = {}) {
  const rig = playoutRig(delays, PCM_8K);
  let given = 0;
  const changes: { at: number; from: number; to: number }[] = [];
  const heard = (): Int16Array => pcm16Samples(Buffer.concat(rig.lines.map((line) => line.heard)));
  const scaleAt = (n: number): number => {
    const last = changes.findLast(({ at }) => at <= n);
    if (!last) return 1;
    return last.from + (last.to - last.from) * Math.min(1, (n - last.at + 1) / RAMP);
  };
  const change = (db: number): void => {
    const at = heard().length;
    const to = 10 ** (db / 20);
    if ((changes.at(-1)?.to ?? 1) === to) return;
    const last = changes.at(-1);
    // Of two changes with nothing heard between them the second starts where the first did.
    const before = last?.at === at ? last.from : scaleAt(at - 1);
    const from = at === given && db === 0 ? 1 : before;
    changes.push({ at, from, to });
  };
  return {
    ...rig,
    sound: (turn: number, ms: number): void => {
      rig.playout.accept(t(turn), pcm16Bytes(noise(given, ms * 8)));
      given += ms * 8;
    },
    lower: (db: number): void => {
      change(db);
      rig.playout.lower(db);
    },
    raise: (): void => {
      change(0);
      rig.playout.raise();
    },
    ear: heard,
    given: (): number => given,
    /** Every sample once, in order, and as loud as it should be. */
    expectWhole: (): void => {
      const ear = heard();
      const original = noise(0, given);
      expect(ear.length).toBeLessThanOrEqual(given);
      const wrong = ear.findIndex((sample, n) => Math.abs(sample - original[n]! * scaleAt(n)) > 1);
      expect(wrong).toBe(-1);
    },
  };
}

const clears = (log: readonly string[]): number => log.filter((what) => what === 'clear').length;

describe('a voice that is lowered and raised', () => {
  test('is heard whole, once and in order, as loud as it should be, and each turn’s end is reported once', () => {
    const op = fc.oneof(
      fc.record({ do: fc.constant('say' as const), by: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ do: fc.constant('end' as const), by: fc.constant(0) }),
      fc.record({ do: fc.constant('lower' as const), by: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ do: fc.constant('raise' as const), by: fc.constant(0) }),
      // In samples of 8 kHz: the ear knows no part of one.
      fc.record({ do: fc.constant('wait' as const), by: fc.oneof(fc.nat(200), fc.nat(6_000)) }),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 40 }), (ops) => {
        const rig = levelRig();
        const line = rig.open();
        let turn = 1;
        for (const { do: what, by } of ops) {
          if (what === 'say') rig.sound(turn, by * 20);
          if (what === 'end') rig.playout.endTurn(t(turn++));
          if (what === 'lower') rig.lower(-by);
          if (what === 'raise') rig.raise();
          if (what === 'wait') rig.clock.advance(by / 8);
          expect(line.queuedMs).toBeLessThanOrEqual(400);
          rig.expectWhole();
        }
        rig.playout.endTurn(t(turn));
        rig.clock.advance(60_000);
        expect(rig.ear().length).toBe(rig.given());
        rig.expectWhole();
        expect(rig.heard.map((heard) => heard.turn)).toEqual(Array.from({ length: turn }, (_, n) => n + 1));
        expect(rig.playout.unheardMs).toBe(0);
        expect(rig.clock.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('in its first frame', () => {
    const rig = levelRig();
    rig.open();
    rig.sound(1, 100);
    rig.playout.endTurn(t(1));
    rig.lower(-12);
    rig.clock.advance(7.125);
    rig.raise();
    rig.clock.advance(200);
    rig.expectWhole();
    expect(rig.heard).toEqual([{ turn: 1, atMs: 100 }]);
    expect(rig.playout.account(t(1))).toEqual({ acceptedMs: 100, sentMs: 100, heardMs: 100 });
  });

  test('to where it is: clears nothing', () => {
    const rig = levelRig();
    const line = rig.open();
    rig.raise();
    rig.sound(1, 1_000);
    rig.playout.raise();
    expect(clears(line.log)).toBe(0);
    rig.lower(-12);
    rig.lower(-12);
    expect(clears(line.log)).toBe(1);
    rig.raise();
    rig.raise();
    expect(clears(line.log)).toBe(2);
  });

  test('when only the end is still to come back: clears nothing, and the end is reported', () => {
    const rig = levelRig({ upMs: 100 });
    const line = rig.open();
    rig.sound(1, 100);
    rig.clock.advance(1_000);
    rig.sound(1, 100);
    rig.playout.endTurn(t(1));
    rig.clock.advance(150);
    expect(rig.playout.unheardMs).toBe(0);
    expect(line.pendingMarks).toHaveLength(1);
    rig.playout.lower(-12);
    expect(clears(line.log)).toBe(0);
    rig.clock.advance(1_000);
    expect(rig.heard.map(({ turn }) => turn)).toEqual([1]);
  });

  test('raised after everything was heard, speaks its next turn at its own level, to the bit', () => {
    const rig = levelRig();
    rig.open();
    rig.sound(1, 100);
    rig.lower(-12);
    rig.clock.advance(200);
    rig.raise();
    rig.sound(2, 100);
    rig.clock.advance(200);
    expect(rig.ear().subarray(800)).toEqual(noise(800, 800));
  });

  test('keeps account, hearing and the turn behind, and takes both turns along', () => {
    const rig = levelRig();
    rig.open();
    rig.sound(1, 100);
    rig.playout.endTurn(t(1));
    rig.sound(2, 1_000);
    rig.clock.advance(50.5);
    rig.lower(-6);
    expect(rig.playout.hearing()).toBe(1);
    expect(rig.playout.account(t(1))).toEqual({ acceptedMs: 100, sentMs: 100, heardMs: 50.5 });
    expect(rig.playout.unheardMs).toBe(1_049.5);
    rig.clock.advance(60);
    expect(rig.heard).toEqual([{ turn: 1, atMs: 100 }]);
    expect(rig.playout.account(t(2)).heardMs).toBe(10.5);
    rig.expectWhole();
  });

  test('lowered, then cut: the next turn is at its own level at once', () => {
    const rig = levelRig();
    rig.open();
    rig.sound(1, 1_000);
    rig.clock.advance(100);
    rig.lower(-12);
    rig.clock.advance(100);
    rig.cut(1);
    expect(rig.playout.account(t(1)).heardMs).toBe(200);
    rig.playout.accept(t(2), pcm16Bytes(noise(0, 800)));
    rig.clock.advance(100);
    expect(rig.ear().subarray(1_600)).toEqual(noise(0, 800));
    expect(rig.heard).toEqual([]);
  });

  test('lowered, then without a line: on the next one all is heard, at its own level', () => {
    const rig = levelRig();
    const line = rig.open();
    rig.sound(1, 1_000);
    rig.playout.endTurn(t(1));
    rig.clock.advance(103.125);
    rig.lower(-12);
    rig.clock.advance(30);
    rig.lose(line);
    const next = rig.open();
    rig.clock.advance(2_000);
    // Lowering took what the clock says for heard; no mark came back since.
    expect(pcm16Samples(next.heard)).toEqual(noise(825, 8_000 - 825));
    expect(rig.heard).toHaveLength(1);
    rig.lose(next);
    rig.playout.lower(-12);
    rig.playout.accept(t(2), pcm16Bytes(noise(0, 800)));
    const third = rig.open();
    rig.clock.advance(200);
    const [softer, loud] = [pcm16Samples(third.heard), noise(0, 800)];
    expect(softer[400]! / loud[400]!).toBeCloseTo(10 ** (-12 / 20), 3);
  });

  test('[PL4] marks that the clear returns late count for nothing, and behind a network too nothing is heard twice', () => {
    const rig = playoutRig({ downMs: 40, upMs: 60 }, PCM_8K);
    const line = rig.open();
    rig.playout.accept(t(1), pcm16Bytes(noise(0, 8_000)));
    rig.playout.endTurn(t(1));
    rig.clock.advance(700);
    rig.playout.lower(-12);
    rig.clock.advance(3_000);
    expect(rig.heard.map(({ turn }) => turn)).toEqual([1]);
    expect(line.heardMs).toBeGreaterThanOrEqual(1_000);
    expect(line.heardMs).toBeLessThanOrEqual(1_001);
    expect(rig.playout.account(t(1))).toEqual({ acceptedMs: 1_000, sentMs: 1_000, heardMs: 1_000 });
  });

  test.each([
    [20, 20],
    [80, 60],
    [0, 200],
    [150, 100],
  ])('behind a network of %d ms there and %d ms back, whenever it is lowered and raised', (downMs, upMs) => {
    for (const atMs of [5, 50, 150, 300, 333, 700, 1_111]) {
      const rig = playoutRig({ downMs, upMs }, PCM_8K);
      const line = rig.open();
      rig.playout.accept(t(1), pcm16Bytes(noise(0, 8 * 3_000)));
      rig.playout.endTurn(t(1));
      rig.clock.advance(atMs);
      rig.playout.lower(-12);
      rig.clock.advance(300);
      rig.playout.raise();
      rig.clock.advance(5_000);
      expect(Math.abs(line.heardMs - 3_000), `lowered at ${atMs} ms`).toBeLessThanOrEqual(1);
      expect(rig.heard).toHaveLength(1);
    }
  });

  test('is what the echo’s reference holds: the line’s own bytes, from where it is heard', () => {
    const rig = levelRig();
    const line = rig.open();
    rig.sound(1, 2_000);
    const reference: Uint8Array[] = [];
    for (let frame = 0; frame < 100; frame++) {
      reference.push(rig.played.take(320));
      rig.clock.advance(20);
      if (frame === 20) rig.lower(-15);
      if (frame === 31) rig.raise();
    }
    expect(Buffer.concat(reference).equals(line.heard)).toBe(true);
    rig.sound(2, 1_000);
    rig.cut(2);
    expect(rig.played.take(320)).toEqual(new Uint8Array(320));
    rig.sound(3, 1_000);
    rig.lose(line);
    expect(rig.played.take(320)).toEqual(new Uint8Array(320));
  });
});

describe('a turn that is dropped', () => {
  test('before any of it was sent is never heard of again', () => {
    const rig = levelRig();
    const line = rig.open();
    rig.sound(1, 1_000);
    rig.playout.endTurn(t(1));
    rig.playout.accept(t(2), pcm16Bytes(noise(0, 800)));
    expect(rig.playout.drop(t(2))).toBe(true);
    rig.playout.accept(t(2), pcm16Bytes(noise(0, 800)));
    rig.playout.endTurn(t(2));
    expect(rig.playout.drop(t(2)), 'twice').toBe(true);
    expect([rig.playout.isDead(t(1)), rig.playout.isDead(t(2)), rig.playout.isDead(t(3))]).toEqual([
      false,
      true,
      false,
    ]);
    expect(rig.playout.unheardMs).toBe(1_000);
    rig.clock.advance(2_000);
    expect(line.heardMs).toBe(1_000);
    expect(rig.heard.map(({ turn }) => turn)).toEqual([1]);
    expect(rig.playout.account(t(2))).toEqual({ acceptedMs: 100, sentMs: 0, heardMs: 0 });
    expect(rig.clock.pending).toBe(0);
  });

  test('too late stays as it is: some was sent, was sent on a line that is lost, or its end alone was', () => {
    const rig = levelRig();
    const line = rig.open();
    rig.sound(1, 100);
    expect(rig.playout.drop(t(1))).toBe(false);
    rig.lose(line);
    expect(rig.playout.drop(t(1))).toBe(false);
    rig.playout.endTurn(t(1));
    rig.open();
    rig.playout.endTurn(t(2));
    rig.clock.advance(50);
    expect(rig.playout.drop(t(2))).toBe(false);
    rig.clock.advance(1_000);
    expect(rig.heard.map(({ turn }) => turn)).toEqual([1, 2]);
  });
});
