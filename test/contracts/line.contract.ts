// The rules that every line keeps, run against each adapter by the tests that hand in a rig.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import type { Line, LineEvent } from '../../src/carrier/line.ts';

/** A line on an open stream, not yet listened to, and the carrier's side of it in the test's hand. */
export interface LineRig {
  readonly line: Line;
  /** The caller says a frame, presses a key. */
  speak(frame: Uint8Array): void;
  press(digit: string): void;
  /** The carrier says that the stream is over. */
  stop(): void;
  /** The socket is lost. */
  drop(): void;
  /** Until all that is under way, in either direction, has arrived. */
  settle(): Promise<void>;
  /** Lets time go by, for the carrier's playback too; then settles. */
  pass(ms: number): Promise<void>;
  /** What the carrier was told, in order. */
  readonly told: readonly ('play' | 'mark' | 'clear')[];
  /** What the caller heard so far. */
  readonly heard: Uint8Array;
  dispose(): Promise<void>;
}

const FRAME_BYTES = 160;
/** `count` frames, each filled with its own number from `first` on. */
const frames = (first: number, count = 1): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.alloc(FRAME_BYTES, first + i)));

type Told = LineEvent | { type: 'audio'; bytes: number[] };

/** Everything a line tells its listener, in order. */
function listenTo(line: Line): Told[] {
  const told: Told[] = [];
  line.listen({
    onAudio: (frame) => told.push({ type: 'audio', bytes: [...frame] }),
    onEvent: (event) => told.push(event),
  });
  return told;
}

const audio = (frame: Uint8Array): Told => ({ type: 'audio', bytes: [...frame] });
const marked = (name: string): Told => ({ type: 'marked', name });
const closings = (told: readonly Told[]): Told[] => told.filter(({ type }) => type === 'closed');

export function lineContract(name: string, open: () => Promise<LineRig> | LineRig): void {
  const rule = (title: string, body: (rig: LineRig) => Promise<void>): void =>
    test(title, async () => {
      const rig = await open();
      try {
        await body(rig);
      } finally {
        await rig.dispose();
      }
    });

  describe(`a line: ${name}`, () => {
    rule('[LN1] says its format and the name of its stream', async ({ line }) => {
      expect(line.format).toEqual(MULAW_8K);
      expect(line.streamId).not.toBe('');
      await Promise.resolve();
    });

    rule("[LN2] gives the caller's frames and keys in the order in which they came", async (rig) => {
      const told = listenTo(rig.line);
      rig.speak(frames(1));
      rig.press('5');
      rig.speak(frames(2));
      rig.press('#');
      await rig.settle();
      expect(told).toEqual([
        audio(frames(1)),
        { type: 'digit', digit: '5' },
        audio(frames(2)),
        { type: 'digit', digit: '#' },
      ]);
    });

    rule('[LN3] keeps what came before listen() and gives it first, in order', async (rig) => {
      rig.speak(frames(1));
      rig.press('7');
      rig.speak(frames(2));
      await rig.settle();
      const told = listenTo(rig.line);
      rig.speak(frames(3));
      await rig.settle();
      expect(told).toEqual([
        audio(frames(1)),
        { type: 'digit', digit: '7' },
        audio(frames(2)),
        audio(frames(3)),
      ]);
    });

    rule('[LN4] keeps even the end of the line for a listener that comes late', async (rig) => {
      rig.press('1');
      rig.stop();
      await rig.settle();
      rig.drop();
      await rig.settle();
      const told = listenTo(rig.line);
      expect(told.map(({ type }) => type)).toEqual(['digit', 'stopped', 'closed']);
    });

    rule('[LN5] has the caller hear what is played, whole and in order, in real time', async (rig) => {
      listenTo(rig.line);
      rig.line.play(frames(1, 2));
      rig.line.play(frames(3));
      await rig.settle();
      await rig.pass(30);
      expect(rig.heard).toEqual(Buffer.concat([frames(1), frames(2).subarray(0, 80)]));
      await rig.pass(1_000);
      expect(rig.heard).toEqual(frames(1, 3));
    });

    rule('[LN6] does not need the bytes any more once play() returned', async (rig) => {
      listenTo(rig.line);
      // In the middle of a larger buffer, as a framer hands them out.
      const buffer = new Uint8Array(FRAME_BYTES * 3).fill(9);
      const bytes = buffer.subarray(FRAME_BYTES, FRAME_BYTES * 2).fill(42);
      rig.line.play(bytes);
      buffer.fill(0);
      await rig.settle();
      await rig.pass(40);
      expect(rig.heard).toEqual(frames(42));
    });

    rule(
      '[LN20] plays the rest of a frame without a gap, as after a clear in the middle of one',
      async (rig) => {
        listenTo(rig.line);
        rig.line.play(frames(1).subarray(0, 60));
        rig.line.play(frames(2));
        await rig.settle();
        await rig.pass(1_000);
        expect(rig.heard).toEqual(Buffer.concat([frames(1).subarray(0, 60), frames(2)]));
      },
    );

    rule('[LN7] returns a mark once all before it was played, each once, in order', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1, 5));
      rig.line.mark('a');
      rig.line.play(frames(6, 5));
      rig.line.mark('b');
      rig.line.mark('c');
      await rig.settle();
      await rig.pass(99);
      expect(told).toEqual([]);
      await rig.pass(1);
      expect(told).toEqual([marked('a')]);
      await rig.pass(99);
      expect(told).toEqual([marked('a')]);
      await rig.pass(1);
      expect(told).toEqual([marked('a'), marked('b'), marked('c')]);
    });

    rule('[LN8] returns a mark at once when nothing is queued', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.mark('idle "mark" \\ é');
      await rig.settle();
      await rig.pass(0);
      expect(told).toEqual([marked('idle "mark" \\ é')]);
    });

    rule('[LN9] returns a name as often as it was marked', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1));
      rig.line.mark('again');
      rig.line.play(frames(2));
      rig.line.mark('again');
      await rig.settle();
      await rig.pass(100);
      expect(told).toEqual([marked('again'), marked('again')]);
    });

    rule(
      '[LN10] clear() forgets what was not heard yet and returns the pending marks in order',
      async (rig) => {
        const told = listenTo(rig.line);
        rig.line.play(frames(1, 10));
        rig.line.mark('a');
        rig.line.play(frames(11, 10));
        rig.line.mark('b');
        await rig.settle();
        await rig.pass(60);
        rig.line.clear();
        await rig.settle();
        await rig.pass(0);
        expect(told).toEqual([marked('a'), marked('b')]);
        await rig.pass(400);
        expect(rig.heard).toEqual(frames(1, 3));
        expect(told).toHaveLength(2);
      },
    );

    rule('[LN11] plays on after a clear()', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1, 10));
      await rig.settle();
      await rig.pass(20);
      rig.line.clear();
      rig.line.play(frames(50));
      rig.line.mark('after');
      await rig.settle();
      await rig.pass(20);
      expect(rig.heard).toEqual(Buffer.concat([frames(1), frames(50)]));
      expect(told).toEqual([marked('after')]);
    });

    rule('[LN12] takes a clear() of nothing', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.clear();
      rig.line.clear();
      rig.line.play(frames(1));
      await rig.settle();
      await rig.pass(20);
      expect(rig.heard).toEqual(frames(1));
      expect(told).toEqual([]);
    });

    rule('[LN13] says `stopped` once, then nothing but `closed`, and sends nothing more', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1, 10));
      rig.line.mark('never heard');
      await rig.settle();
      rig.stop();
      rig.stop();
      rig.speak(frames(1));
      rig.press('1');
      await rig.settle();
      await rig.pass(1_000);
      expect(told).toEqual([{ type: 'stopped' }]);
      rig.line.play(frames(1));
      rig.line.mark('too late');
      rig.line.clear();
      await rig.settle();
      expect(rig.told).toEqual(['play', 'mark']);
      rig.line.close();
      await rig.settle();
      await rig.pass(0);
      expect(told.map(({ type }) => type)).toEqual(['stopped', 'closed']);
    });

    rule('[LN14] says `closed` once and last, whoever closes and however often', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1, 10));
      rig.line.mark('never heard');
      rig.line.close();
      rig.line.close();
      rig.speak(frames(1));
      rig.press('1');
      await rig.settle();
      await rig.pass(1_000);
      rig.drop();
      rig.line.close();
      await rig.settle();
      expect(told).toEqual([{ type: 'closed', code: 1000, reason: expect.any(String) as string }]);
    });

    rule('[LN15] says `closed` once when the socket is lost', async (rig) => {
      const told = listenTo(rig.line);
      rig.line.play(frames(1, 10));
      rig.line.mark('never heard');
      await rig.settle();
      rig.drop();
      await rig.settle();
      await rig.pass(1_000);
      rig.line.close();
      await rig.settle();
      expect(told).toEqual([{ type: 'closed', code: 1006, reason: '' }]);
    });

    rule('[LN16] does nothing on a dead line, and does not throw', async (rig) => {
      const told = listenTo(rig.line);
      rig.drop();
      await rig.settle();
      const before = rig.told.length;
      rig.line.play(frames(1));
      rig.line.mark('x');
      rig.line.clear();
      rig.line.close();
      await rig.settle();
      await rig.pass(100);
      expect(rig.told.length).toBe(before);
      expect(closings(told)).toHaveLength(1);
      expect(told).toHaveLength(1);
    });

    rule('[LN17] sends nothing after close()', async (rig) => {
      listenTo(rig.line);
      rig.line.play(frames(1));
      rig.line.close();
      rig.line.play(frames(2));
      rig.line.mark('x');
      rig.line.clear();
      await rig.settle();
      expect(rig.told).toEqual(['play']);
    });

    rule('[LN18] can be used from within its own listener', async (rig) => {
      const told: string[] = [];
      rig.line.listen({
        onAudio: () => rig.line.clear(),
        onEvent: (event) => {
          told.push(event.type);
          if (event.type === 'digit') rig.line.mark('echo');
          if (event.type === 'marked') rig.line.close();
          if (event.type === 'closed') rig.line.play(frames(1));
        },
      });
      rig.speak(frames(1));
      rig.press('1');
      await rig.settle();
      await rig.pass(0);
      await rig.pass(0);
      expect(told).toEqual(['digit', 'marked', 'closed']);
      expect(rig.told).toEqual(['clear', 'mark']);
    });

    test('[LN19] whatever is played, marked and cleared: the carrier is told it in order, each mark comes back once', async () => {
      const doing = fc.oneof(
        fc.record({ do: fc.constant('play' as const), count: fc.integer({ min: 1, max: 4 }) }),
        fc.record({ do: fc.constant('mark' as const) }),
        fc.record({ do: fc.constant('clear' as const) }),
        fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 90 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(doing, { maxLength: 20 }), async (steps) => {
          const rig = await open();
          try {
            const told = listenTo(rig.line);
            const expected: string[] = [];
            const marks: string[] = [];
            for (const step of steps) {
              if (step.do === 'pass') {
                await rig.settle();
                await rig.pass(step.ms);
                continue;
              }
              expected.push(step.do);
              if (step.do === 'play') rig.line.play(frames(1, step.count));
              else if (step.do === 'clear') rig.line.clear();
              else {
                marks.push(`m${marks.length}`);
                rig.line.mark(marks.at(-1)!);
              }
            }
            await rig.settle();
            // More than all of it lasts.
            await rig.pass(20 * 4 * 20);
            expect(rig.told).toEqual(expected);
            expect(told.filter(({ type }) => type === 'marked')).toEqual(marks.map(marked));
          } finally {
            await rig.dispose();
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}
