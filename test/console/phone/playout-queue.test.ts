import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlayoutQueue } from '../../../src/console/web/phone/playout-queue.ts';

const HZ = 8_000;
const QUANTUM = 128;
const sound = (samples: number, level = 0.5): Float32Array => new Float32Array(samples).fill(level);

/** Rendered as a browser does it: in quanta. */
function player(queue = new PlayoutQueue({ sampleRateHz: HZ })) {
  const heard: number[] = [];
  /** With how many samples had been heard by then. */
  const marks: [string, number][] = [];
  const render = (quanta: number): void => {
    for (let i = 0; i < quanta; i++) {
      const out = new Float32Array(QUANTUM);
      const due = queue.render(out);
      heard.push(...out);
      for (const name of due) marks.push([name, heard.length]);
    }
  };
  return { queue, heard, marks, render };
}

test('sound waits until 60 ms of it are there', () => {
  const { queue, heard, render } = player();
  queue.push(sound(479));
  render(1);
  expect(heard.every((sample) => sample === 0)).toBe(true);
  queue.push(sound(1));
  render(1);
  expect(heard.slice(QUANTUM)).toEqual([...sound(QUANTUM)]);
});

test('less than that is played too, once it has waited as long', () => {
  const { queue, heard, render } = player();
  queue.push(sound(100));
  render(4);
  expect(heard.every((sample) => sample === 0)).toBe(true);
  render(1);
  expect(heard.slice(4 * QUANTUM, 4 * QUANTUM + 100)).toEqual([...sound(100)]);
  expect(queue.queued).toBe(0);
});

test('what comes faster than it is played is kept, however much, and played without a gap', () => {
  const { queue, heard, render } = player();
  const samples = 60 * HZ;
  for (let i = 0; i < samples; i += 160) queue.push(sound(160, i / samples));
  render(Math.ceil(samples / QUANTUM));
  expect(heard.slice(0, samples)).toEqual(
    Array.from({ length: samples }, (_, i) => Math.fround((Math.floor(i / 160) * 160) / samples)),
  );
});

test('a mark comes back when all before it was rendered, and not before', () => {
  const { queue, marks, render } = player();
  queue.push(sound(1_000));
  queue.mark('one');
  queue.push(sound(1_000));
  queue.mark('two');
  queue.mark('three');
  render(7);
  expect(marks).toEqual([]);
  render(1);
  expect(marks).toEqual([['one', 1_024]]);
  render(8);
  expect(marks).toEqual([
    ['one', 1_024],
    ['two', 2_048],
    ['three', 2_048],
  ]);
});

test('a mark with nothing before it comes back at once', () => {
  const { queue, marks, render } = player();
  queue.mark('alone');
  render(1);
  expect(marks).toEqual([['alone', QUANTUM]]);
});

test('a mark waits for the loudspeaker that lags behind', () => {
  const { queue, marks, render } = player();
  queue.lag = 400;
  queue.push(sound(512));
  queue.mark('late');
  render(7);
  expect(marks).toEqual([]);
  render(1);
  expect(marks).toEqual([['late', 1_024]]);
});

test('clear: marks come back in order, those that only wait for the loudspeaker first; all is silent within 40 ms', () => {
  const { queue, heard, marks, render } = player();
  queue.lag = 10_000;
  queue.push(sound(512));
  queue.mark('heard');
  queue.push(sound(80_000, 1));
  queue.mark('first');
  queue.mark('second');
  render(8);
  expect(queue.clear()).toEqual(['heard', 'first', 'second']);
  expect(queue.queued).toBe(0);
  const cut = heard.length;
  render(10);
  expect(marks).toEqual([]);
  expect(heard.slice(cut + 320).every((sample) => sample === 0)).toBe(true);
  const steps = heard.slice(cut - 1).map((sample, i, all) => Math.abs(sample - (all[i - 1] ?? sample)));
  expect(Math.max(...steps), 'no click').toBeLessThan(0.11);
});

test('what comes after a clear is played as if nothing had been before', () => {
  const { queue, heard, marks, render } = player();
  queue.push(sound(4_000));
  render(2);
  queue.clear();
  queue.push(sound(640, -0.25));
  queue.mark('next');
  render(5);
  expect(heard.slice(2 * QUANTUM)).toEqual([...sound(640, -0.25)]);
  expect(marks).toEqual([['next', 7 * QUANTUM]]);
});

test('when it runs dry it fades, and waits until there is enough again', () => {
  const { queue, heard, render } = player();
  queue.push(sound(512));
  render(5);
  const fade = heard.slice(512);
  expect(fade[0]).toBeCloseTo(0.45);
  expect(fade.at(-1)).toBe(0);
  queue.push(sound(160));
  render(1);
  expect(heard.slice(640).every((sample) => sample === 0)).toBe(true);
  queue.push(sound(320));
  render(1);
  expect(heard.slice(768)).toEqual([...sound(QUANTUM)]);
});

test('whatever comes in whatever pieces: every sample once and in order, every mark once, behind all that came before it', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 700 }) }) },
    { weight: 3, arbitrary: fc.constant('mark' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
    { weight: 6, arbitrary: fc.record({ render: fc.integer({ min: 1, max: 8 }) }) },
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.nat(2_000), (acts, lag) => {
      const { queue, heard, marks, render } = player();
      queue.lag = lag;
      let sent = 0;
      const expected: number[] = [];
      const due = new Map<string, number>();
      const cleared: string[] = [];
      /** Samples are numbered from 1 on, and what fades is below the one before. */
      const played = (of = heard): number[] => {
        let last = 0;
        return of.filter((sample) => sample > last && (last = sample) > 0);
      };
      for (const one of acts) {
        if (one === 'mark') {
          const name = `m${due.size}`;
          due.set(name, expected.length);
          queue.mark(name);
        } else if (one === 'clear') {
          const lost = queue.queued;
          cleared.push(...queue.clear());
          expected.splice(expected.length - lost, lost);
          for (const [name, at] of due) due.set(name, Math.min(at, expected.length));
        } else if ('push' in one) {
          const piece = Float32Array.from({ length: one.push }, () => ++sent);
          queue.push(piece);
          expected.push(...piece);
        } else render(one.render);
      }
      render(450);
      expect(played()).toEqual(expected);
      const order = [...marks.map(([name]) => name), ...cleared];
      expect(order.toSorted()).toEqual([...due.keys()].toSorted());
      for (const [name, at] of marks)
        expect(played(heard.slice(0, at)).length).toBeGreaterThanOrEqual(due.get(name)!);
    }),
  );
});
