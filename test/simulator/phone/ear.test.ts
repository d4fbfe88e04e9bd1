import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ear, MAX_QUEUED_MS } from '../../../src/simulator/phone/ear.ts';
import { Track } from '../../../src/simulator/phone/track.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const soundOf = (ms: number, code = 1): Uint8Array => new Uint8Array(ms * 8).fill(code);

function openEar(keepSound = true) {
  const clock = new ManualClock();
  clock.advance(1_000);
  const track = new Track(clock.nowMs(), keepSound);
  const marks: string[] = [];
  const sounds: number[] = [];
  let overflows = 0;
  const ear = new Ear(clock, track, {
    onSound: (atMs) => sounds.push(atMs),
    onMark: (name) => marks.push(name),
    onOverflow: () => (overflows += 1),
  });
  const advance = (ms: number): void => {
    clock.advance(ms);
    ear.tick(clock.nowMs());
  };
  return { clock, track, ear, marks, sounds, advance, overflows: () => overflows };
}

describe('playback', () => {
  test('sound is heard in real time, however fast it came', () => {
    const { ear, advance } = openEar();
    ear.play(soundOf(300));
    ear.play(soundOf(100));
    expect([ear.heardMs, ear.queuedMs, ear.receivedMs]).toEqual([0, 400, 400]);
    advance(150);
    expect([ear.heardMs, ear.queuedMs]).toEqual([150, 250]);
    advance(1_000);
    expect([ear.heardMs, ear.queuedMs]).toEqual([400, 0]);
  });

  test('silence between stretches is not heard sound, and each begins when it came', () => {
    const { ear, sounds, advance } = openEar();
    ear.play(soundOf(100, 1));
    advance(250);
    ear.play(soundOf(50, 2));
    ear.play(soundOf(50, 3));
    advance(75);
    expect(ear.heardMs).toBe(175);
    expect(sounds).toEqual([1_000, 1_250]);
    expect(ear.heard().map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [1_000, 1_100],
      [1_250, 1_325],
    ]);
    expect([...new Set(ear.heard()[1]!.sound)]).toEqual([2, 3]);
    expect([ear.heardAt(900), ear.heardAt(1_050), ear.heardAt(1_200), ear.heardAt(1_300)]).toEqual([
      0, 50, 100, 150,
    ]);
  });

  test('what was played lies in the track at its time, with silence around it', () => {
    const { track, ear, advance } = openEar();
    advance(10);
    ear.play(soundOf(10, 7));
    advance(30);
    const all = track.read(0, 40 * 8);
    expect([all[79], all[80], all[159], all[160]]).toEqual([0xff, 7, 7, 0xff]);
  });

  test('a track that keeps no sound still knows the times', () => {
    const { ear, advance } = openEar(false);
    ear.play(soundOf(100));
    advance(60);
    expect([ear.heardMs, ear.heard()[0]!.sound.length]).toEqual([60, 0]);
  });
});

describe('marks', () => {
  test('come back when everything before them was played', () => {
    const { ear, marks, advance } = openEar();
    ear.play(soundOf(100));
    ear.mark('a');
    ear.play(soundOf(50));
    ear.mark('b');
    advance(99);
    expect(marks).toEqual([]);
    advance(1);
    expect(marks).toEqual(['a']);
    advance(50);
    expect(marks).toEqual(['a', 'b']);
  });

  test('come back at once when nothing is queued, after those that were due', () => {
    const { clock, ear, marks } = openEar();
    ear.mark('idle');
    ear.play(soundOf(10));
    ear.mark('due');
    clock.advance(10);
    ear.mark('late');
    expect(marks).toEqual(['idle', 'due', 'late']);
  });
});

describe('clear', () => {
  test('forgets what is queued and returns the pending marks in order', () => {
    const { ear, marks, advance } = openEar();
    ear.play(soundOf(100));
    ear.mark('a');
    ear.play(soundOf(100));
    ear.mark('b');
    ear.mark('c');
    advance(120);
    expect(ear.clear()).toEqual({ forgottenMs: 80, heardMs: 120, marks: 2 });
    expect(marks).toEqual(['a', 'b', 'c']);
    advance(1_000);
    expect([ear.heardMs, ear.forgottenMs, ear.queuedMs]).toEqual([120, 80, 0]);
  });

  test('of an empty ear does nothing', () => {
    const { ear } = openEar();
    expect(ear.clear()).toEqual({ forgottenMs: 0, heardMs: 0, marks: 0 });
  });

  test('what comes after it is played at once', () => {
    const { ear, sounds, advance } = openEar();
    ear.play(soundOf(500, 1));
    advance(100);
    ear.clear();
    ear.play(soundOf(40, 2));
    advance(40);
    expect(ear.heardMs).toBe(140);
    expect(sounds).toEqual([1_000, 1_100]);
    expect(ear.heard().map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[1_000, 1_140]]);
  });
});

test('the end of the stream stops the sound, returns no mark, and is final', () => {
  const { ear, marks, advance } = openEar();
  ear.play(soundOf(100));
  ear.mark('a');
  advance(30);
  expect(ear.end()).toEqual({ forgottenMs: 70, heardMs: 30, marks: 1 });
  advance(500);
  ear.play(soundOf(10));
  ear.mark('b');
  expect(ear.end()).toEqual({ forgottenMs: 0, heardMs: 30, marks: 0 });
  expect([ear.heardMs, ear.receivedMs, ear.queuedMs]).toEqual([30, 100, 0]);
  expect(marks).toEqual([]);
});

test('a second stream of the call counts only its own sound', () => {
  const { clock, track, ear, advance } = openEar();
  ear.play(soundOf(100));
  advance(50);
  ear.end();
  advance(20);
  const second = new Ear(clock, track, { onSound: () => 0, onMark: () => 0, onOverflow: () => 0 });
  second.play(soundOf(30));
  clock.advance(30);
  expect([ear.heardMs, second.heardMs]).toEqual([50, 30]);
  expect(track.soundBefore(track.end)).toBe(80 * 8);
});

test('more than ten minutes queued: the excess is dropped and reported once', () => {
  const { ear, advance, overflows } = openEar(false);
  ear.play(soundOf(MAX_QUEUED_MS - 10));
  expect(overflows()).toBe(0);
  ear.play(soundOf(30));
  ear.play(soundOf(5));
  expect([ear.queuedMs, ear.droppedMs, overflows()]).toEqual([MAX_QUEUED_MS, 25, 1]);
  advance(100);
  ear.play(soundOf(200));
  expect([ear.queuedMs, ear.droppedMs, overflows()]).toEqual([MAX_QUEUED_MS, 125, 1]);
});

type Step =
  { do: 'play'; ms: number } | { do: 'mark' } | { do: 'clear' } | { do: 'wait'; ms: number; tick: boolean };
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('play' as const), ms: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ do: fc.constant('mark' as const) }),
    fc.record({ do: fc.constant('clear' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }), tick: fc.boolean() }),
  ),
  { maxLength: 60 },
);

/** The same rules counted in whole milliseconds, one after the other. */
function model(script: readonly Step[]) {
  let queued = 0;
  let heard = 0;
  let forgotten = 0;
  for (const step of script) {
    if (step.do === 'play') queued += step.ms;
    if (step.do === 'clear') {
      forgotten += queued;
      queued = 0;
    }
    if (step.do !== 'wait') continue;
    const played = Math.min(queued, step.ms);
    heard += played;
    queued -= played;
  }
  return { queued, heard, forgotten };
}

test('any order of sound, marks and clears: nothing is lost or invented, marks return once and in order', () => {
  fc.assert(
    fc.property(steps, (script: Step[]) => {
      const { clock, ear, marks, advance } = openEar();
      let sent = 0;
      let named = 0;
      script.forEach((step, index) => {
        if (step.do === 'play') {
          ear.play(soundOf(step.ms));
          sent += step.ms;
        } else if (step.do === 'mark') {
          ear.mark(String(named++));
        } else if (step.do === 'clear') {
          ear.clear();
          expect(marks).toHaveLength(named);
        } else if (step.tick) {
          advance(step.ms);
        } else {
          clock.advance(step.ms);
        }
        const { queued, heard, forgotten } = model(script.slice(0, index + 1));
        expect([ear.heardMs, ear.queuedMs, ear.forgottenMs]).toEqual([heard, queued, forgotten]);
        expect(ear.heardMs).toBeLessThanOrEqual(sent);
        expect(ear.heard().reduce((ms, { fromMs, toMs }) => ms + toMs - fromMs, 0)).toBeCloseTo(heard, 6);
      });
      advance(600_000);
      expect(marks).toEqual(Array.from({ length: named }, (_, index) => String(index)));
      expect(ear.heardMs + ear.forgottenMs + ear.droppedMs).toBe(sent);
    }),
  );
});

test('over the limit too: heard + forgotten + dropped is what was sent, and never more than the limit is queued', () => {
  const long = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: 200_000 }), fc.boolean()),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(long, (script) => {
      const { ear, advance } = openEar(false);
      let sent = 0;
      for (const [playMs, waitMs, clear] of script) {
        ear.play(soundOf(playMs));
        sent += playMs;
        expect(ear.queuedMs).toBeLessThanOrEqual(MAX_QUEUED_MS);
        if (clear) ear.clear();
        advance(waitMs);
      }
      expect(ear.heardMs + ear.queuedMs + ear.forgottenMs + ear.droppedMs).toBeCloseTo(sent, 6);
    }),
    { numRuns: 50 },
  );
});
