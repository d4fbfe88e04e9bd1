import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { MAX_FILL_MS, Timeline } from '../../../src/carrier/twilio/timeline.ts';

const frame = (fill: number, ms = 20): Uint8Array => new Uint8Array(ms * 8).fill(fill);

/** Places frames `[timestamp, fill]` of 20 ms one after the other. */
const placeAll = (
  ...frames: readonly (readonly [number | undefined, number])[]
): (number | 'duplicate')[] => {
  const timeline = new Timeline(MULAW_8K);
  return frames.map(([timestampMs, fill]) => timeline.place(timestampMs, frame(fill)));
};

describe('gaps', () => {
  test('none before the first frame, wherever the carrier starts to count', () => {
    expect(placeAll([7_000, 1], [7_020, 2])).toEqual([0, 0]);
  });

  test('a lost frame is filled', () => {
    expect(placeAll([0, 1], [20, 2], [60, 3], [80, 4])).toEqual([0, 0, 20, 0]);
  });

  test('jitter below a frame is not', () => {
    expect(placeAll([5, 1], [26, 2], [43, 3], [66, 4], [85, 5])).toEqual([0, 0, 0, 0, 0]);
  });

  test('jitter that adds up to a frame is', () => {
    const frames = Array.from({ length: 25 }, (_, i) => [i * 21, i] as const);
    expect(placeAll(...frames).reduce<number>((sum, ms) => sum + Number(ms), 0)).toBe(20);
  });

  test('a frame of another length counts as long as it is', () => {
    const timeline = new Timeline(MULAW_8K);
    expect(timeline.place(0, frame(1, 100))).toBe(0);
    expect(timeline.place(100, frame(2, 10))).toBe(0);
    expect(timeline.place(310, frame(3, 20))).toBe(200);
  });

  test('a jump is filled up to the cap, and counting goes on from there', () => {
    expect(placeAll([0, 1], [3_600_000, 2], [3_600_020, 3])).toEqual([0, MAX_FILL_MS, 0]);
  });

  test('a frame without a time follows the one before', () => {
    expect(placeAll([0, 1], [undefined, 2], [40, 3], [undefined, 4], [100, 5])).toEqual([0, 0, 0, 0, 20]);
  });
});

describe('silence given because no media came', () => {
  test('is not given again when the timestamps jump', () => {
    const timeline = new Timeline(MULAW_8K);
    timeline.place(0, frame(1));
    timeline.silenceGiven(500);
    expect(timeline.place(620, frame(2))).toBe(100);
  });

  test('is not given again when the timestamps first go on and jump later', () => {
    const timeline = new Timeline(MULAW_8K);
    timeline.place(0, frame(1));
    timeline.silenceGiven(500);
    expect(timeline.place(20, frame(2))).toBe(0);
    expect(timeline.place(540, frame(3))).toBe(0);
    expect(timeline.place(660, frame(4))).toBe(100);
  });

  test('before the first frame belongs to no time of the carrier', () => {
    const timeline = new Timeline(MULAW_8K);
    timeline.silenceGiven(5_000);
    timeline.place(0, frame(1));
    expect(timeline.place(120, frame(2))).toBe(100);
  });
});

describe('duplicates and late frames', () => {
  test('the same sound of the same time is a duplicate', () => {
    expect(placeAll([0, 1], [20, 2], [20, 2], [0, 1], [40, 3])).toEqual([0, 0, 'duplicate', 'duplicate', 0]);
  });

  test('a duplicate after a late frame is one too', () => {
    expect(placeAll([0, 1], [40, 3], [20, 2], [40, 3], [60, 4])).toEqual([0, 20, 0, 'duplicate', 0]);
  });

  test('other sound of the same time is new, and the same sound of another time is', () => {
    expect(placeAll([0, 1], [0, 2], [20, 2], [40, 2])).toEqual([0, 0, 0, 0]);
  });

  test('a late frame whose place was filled shortens the next gap', () => {
    expect(placeAll([0, 1], [40, 3], [20, 2], [60, 4], [120, 5])).toEqual([0, 20, 0, 0, 20]);
  });

  test('a carrier whose clock starts anew loses nothing', () => {
    expect(placeAll([60_000, 1], [0, 2], [20, 3], [40, 4])).toEqual([0, 0, 0, 0]);
  });
});

test('whatever is lost, doubled or late: every new frame once, and never more time than the carrier counted', () => {
  const fates = fc.array(fc.constantFrom('sent', 'sent', 'sent', 'lost', 'doubled', 'late'), {
    minLength: 1,
    maxLength: 120,
  });
  fc.assert(
    fc.property(fates, (fate) => {
      const sent: { timestampMs: number; bytes: Uint8Array; isNew: boolean }[] = [];
      let held: (typeof sent)[number] | undefined;
      fate.forEach((what, i) => {
        const item = { timestampMs: i * 20, bytes: frame(i), isNew: true };
        if (what === 'late' && held === undefined) held = item;
        else if (what !== 'lost') sent.push(item);
        if (what === 'doubled') sent.push({ ...item, isNew: false });
        if (held !== undefined && held !== item) {
          sent.push(held);
          held = undefined;
        }
      });
      if (sent.length === 0) return;

      const timeline = new Timeline(MULAW_8K);
      let givenMs = 0;
      for (const { timestampMs, bytes, isNew } of sent) {
        const silenceMs = timeline.place(timestampMs, bytes);
        expect(silenceMs === 'duplicate').toBe(!isNew);
        if (silenceMs !== 'duplicate') givenMs += silenceMs + 20;
      }
      const startMs = sent[0]!.timestampMs;
      const endMs = Math.max(...sent.map(({ timestampMs }) => timestampMs)) + 20;
      const lateMs =
        20 * sent.filter(({ timestampMs }, i) => i > 0 && timestampMs < sent[i - 1]!.timestampMs).length;
      expect(givenMs).toBeGreaterThanOrEqual(endMs - startMs);
      expect(givenMs).toBeLessThanOrEqual(endMs - startMs + lateMs);
    }),
    { numRuns: 500 },
  );
});
