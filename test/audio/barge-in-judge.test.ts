import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KINDS, sceneOf, SPEAKS, type Kind } from '../../bench/barge-in/corpus.ts';
import { BargeInJudge, type BargeInKind, type Verdict } from '../../src/audio/barge-in-judge.ts';
import { pcm16Bytes } from '../../src/audio/samples.ts';

const FRAME_BYTES = 640;
const SCENES_EACH = 6;

function judged(caller: Uint8Array, sent?: Uint8Array): Verdict[] {
  const judge = new BargeInJudge();
  const verdicts: Verdict[] = [];
  for (let at = 0; at < caller.length; at += FRAME_BYTES)
    verdicts.push(...judge.push(caller.subarray(at, at + FRAME_BYTES), sent?.subarray(at, at + FRAME_BYTES)));
  return verdicts;
}

/** The compiler takes what a property said for what it will say. */
const judging = (judge: BargeInJudge): boolean => judge.judging;

const scenes = (kind: Kind): ReturnType<typeof sceneOf>[] =>
  Array.from({ length: SCENES_EACH }, (_, n) => sceneOf(kind, 1, n));

describe('over an agent who speaks, told from one another', () => {
  test.each(KINDS.filter((kind) => SPEAKS.has(kind)))('%s: speech, within half a second', (kind) => {
    const inTime = scenes(kind).filter(({ caller, sent, fromMs }) =>
      judged(caller, sent).some(({ is, atMs }) => is === 'speech' && atMs >= fromMs && atMs <= fromMs + 500),
    );
    expect(inTime.length).toBeGreaterThanOrEqual(SCENES_EACH - 1);
  });

  test.each(KINDS.filter((kind) => !SPEAKS.has(kind)))('%s: not speech', (kind) => {
    const taken = scenes(kind).filter(({ caller, sent }) =>
      judged(caller, sent).some(({ is }) => is === 'speech'),
    );
    expect(taken.length).toBeLessThanOrEqual(1);
  });

  test.each<readonly [Kind, BargeInKind]>([
    ['echo -20 dB', 'echo'],
    ['echo -12 dB', 'echo'],
    ['echo -6 dB', 'echo'],
    ['mm-hm', 'backchannel'],
    ['cough', 'other'],
    ['hold music', 'other'],
  ])('%s: %s', (kind, as) => {
    const right = scenes(kind).filter(({ caller, sent }) => judged(caller, sent).some(({ is }) => is === as));
    expect(right.length).toBeGreaterThanOrEqual(SCENES_EACH / 2);
  });
});

test('an echo is nothing else than an echo because we know what we sent', () => {
  const { caller, sent } = sceneOf('echo -6 dB', 1, 0);
  expect(judged(caller, sent).map(({ is }) => is)).not.toContain('speech');
  expect(judged(caller).map(({ is }) => is)).toContain('speech');
});

test('music that goes on stays music, though 300 ms of it may resemble a vowel', () => {
  const taken = [1, 2, 5, 7, 28, 32, 36, 37]
    .map((n) => sceneOf('hold music', 3, n))
    .filter(({ caller, sent }) => judged(caller, sent).some(({ is }) => is === 'speech'));
  expect(taken.length).toBeLessThanOrEqual(1);
});

test('who speaks while we are silent is heard, too', () => {
  const { caller, fromMs } = sceneOf('interruption', 1, 1);
  const alone = caller.slice().fill(0, 0, Math.floor(fromMs / 20) * FRAME_BYTES);
  expect(judged(alone).map(({ is }) => is)).toContain('speech');
});

test('a verdict follows an onset by at most 300 ms, and judging is said in between', () => {
  const { caller, sent } = sceneOf('cough', 1, 2);
  const judge = new BargeInJudge();
  let sinceMs = -1;
  let judgements = 0;
  for (let at = 0; at < caller.length; at += FRAME_BYTES) {
    const atMs = at / 32 + 20;
    const was = judging(judge);
    const verdicts = judge.push(caller.subarray(at, at + FRAME_BYTES), sent.subarray(at, at + FRAME_BYTES));
    for (const verdict of verdicts) expect(verdict.atMs).toBe(atMs);
    if (judging(judge) && !was) sinceMs = atMs;
    if (was && !judging(judge)) {
      judgements++;
      expect(verdicts).toHaveLength(1);
      expect(atMs - verdicts[0]!.onsetMs).toBeLessThanOrEqual(300);
      expect(verdicts[0]!.onsetMs).toBe(sinceMs - 60);
    }
  }
  expect(judgements).toBeGreaterThanOrEqual(1);
});

test.each([0, 1, 900, -900])('silence at an offset of %d is nothing, whatever we send', (offset) => {
  const { sent } = sceneOf('echo -6 dB', 1, 1);
  const quiet = pcm16Bytes(new Int16Array(sent.length / 2).fill(offset));
  // The step from nothing to the offset is a click, and no more.
  expect(judged(quiet, sent)).toEqual([]);
});

test('the same verdicts however the stream is cut', () => {
  const { caller, sent } = sceneOf('interruption, -6 dB echo', 1, 1);
  const whole = judged(caller, sent);
  expect(whole.length).toBeGreaterThan(1);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(9), fc.nat(20_000)), { minLength: 1, maxLength: 40 }), (lengths) => {
      const judge = new BargeInJudge();
      const verdicts: Verdict[] = [];
      let at = 0;
      for (let i = 0; at < caller.length; i++) {
        const end = i < lengths.length ? at + lengths[i]! : caller.length;
        verdicts.push(...judge.push(caller.subarray(at, end), sent.subarray(at, end)));
        at = end;
      }
      expect(verdicts).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});

test('what was sent may be missing, short, long or odd: verdicts stay in order and in the stream', () => {
  const bytes = fc.uint8Array({ maxLength: 4_000 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(bytes, fc.option(bytes, { nil: undefined })), { maxLength: 30 }),
      (pieces) => {
        const judge = new BargeInJudge();
        let pushed = 0;
        let lastMs = 0;
        for (const [caller, sent] of pieces) {
          pushed += caller.length;
          for (const { onsetMs, atMs } of judge.push(caller, sent)) {
            expect(onsetMs).toBeGreaterThanOrEqual(0);
            expect(onsetMs).toBeLessThan(atMs);
            expect(atMs).toBeGreaterThan(lastMs);
            expect(atMs).toBeLessThanOrEqual(pushed / 32);
            lastMs = atMs;
          }
        }
      },
    ),
  );
});
